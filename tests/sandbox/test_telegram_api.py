"""The simulated Bot API answers, refuses and limits as Telegram does."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_chats import DELETABLE_AFTER
from placement_alerts.sandbox.telegram_limits import FloodControl, Limits
from placement_alerts.sandbox.telegram_rules import ApiError, check_entities, trimmed
from tests.sandbox.conftest import STUDENT, Caller


async def test_sent_message_is_logged_for_its_chat(telegram: SimulatedTelegram, call: Caller) -> None:
    answer = await call("sendMessage", chat_id=STUDENT, text="hello")

    assert answer["result"]["text"] == "hello"
    assert [sent.text for sent in telegram.sends[STUDENT]] == ["hello"]
    assert [(logged.method, logged.chat_id, logged.code) for logged in telegram.calls] == [("sendMessage", 7, 200)]


@pytest.mark.parametrize("as_file", [False, True])
async def test_forms_are_understood_as_aiogram_sends_them(
    telegram: SimulatedTelegram, call: Caller, as_file: bool
) -> None:
    form = aiohttp.FormData(default_to_multipart=as_file)
    form.add_field("chat_id", "7")
    form.add_field("text", "bold")
    form.add_field("entities", json.dumps([{"type": "bold", "offset": 0, "length": 4}]))

    async with call.session.post(f"{telegram.base_url}/bot{telegram.token}/sendMessage", data=form) as response:
        answer = await response.json()

    assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 4}]


@pytest.mark.parametrize(("token", "code"), [("42:wrong", 401), ("nonsense", 404), ("42:", 404)])
async def test_wrong_token_is_refused(call: Caller, token: str, code: int) -> None:
    assert (await call("getMe", token=token))["error_code"] == code


async def test_unknown_method_is_not_found(call: Caller) -> None:
    assert (await call("sendNothing"))["error_code"] == 404


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"chat_id": 99, "text": "x"}, "chat not found"),
        ({"chat_id": "abc", "text": "x"}, 'field "chat_id" must be a valid Number'),
        ({"chat_id": 7, "text": " \n "}, "message text is empty"),
        ({"chat_id": 7, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": 7, "text": "😀" * 2049}, "message is too long"),
        ({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        (
            {
                "chat_id": 7,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "x"}] * 101]}},
            "reply markup is too long",
        ),
    ],
)
async def test_what_telegram_refuses_is_refused(call: Caller, params: dict[str, Any], description: str) -> None:
    answer = await call("sendMessage", **params)

    assert (answer["error_code"], answer["description"]) == (400, f"Bad Request: {description}")


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, "  " + "x" * 4096 + "\n"])
async def test_4096_units_after_trimming_pass(call: Caller, text: str) -> None:
    assert (await call("sendMessage", chat_id=STUDENT, text=text))["result"]["text"] == text.strip()


@pytest.mark.parametrize(
    "entities",
    [
        [{"type": "shiny", "offset": 0, "length": 1}],
        [{"type": "bold", "offset": 0, "length": 99}],
        [{"type": "bold", "offset": -1, "length": 2}],
        [{"type": "bold", "offset": 0, "length": 0}],
        [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}],
        [{"type": "code", "offset": 0, "length": 4}, {"type": "bold", "offset": 1, "length": 2}],
        [{"type": "text_link", "offset": 0, "length": 4}],
        [{"type": "bold", "offset": 7, "length": 1}],
    ],
)
def test_entities_that_telegram_cannot_parse_are_refused(entities: list[dict[str, Any]]) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        check_entities("letters😀", entities)


def test_trimming_moves_and_clips_entities() -> None:
    text, entities = trimmed(" \n bold ", [{"type": "bold", "offset": 0, "length": 8}])

    assert (text, entities) == ("bold", [{"type": "bold", "offset": 0, "length": 4}])


async def test_unchanged_edit_is_refused_as_not_modified(call: Caller) -> None:
    sent = await call("sendMessage", chat_id=STUDENT, text="x")

    answer = await call("editMessageText", chat_id=STUDENT, message_id=sent["result"]["message_id"], text="x")

    assert answer["description"].startswith("Bad Request: message is not modified")


async def test_edit_without_keyboard_takes_it_away(telegram: SimulatedTelegram, call: Caller) -> None:
    markup = {"inline_keyboard": [[{"text": "Seen", "callback_data": "seen:1"}]]}
    sent = await call("sendMessage", chat_id=STUDENT, text="x", reply_markup=markup)

    await call("editMessageText", chat_id=STUDENT, message_id=sent["result"]["message_id"], text="y")

    assert [message.keyboard for message in telegram.world.chats[STUDENT].messages.values()] == [None]


async def test_deleted_message_can_neither_be_edited_nor_deleted(call: Caller) -> None:
    where: dict[str, Any] = {"chat_id": STUDENT}
    where["message_id"] = (await call("sendMessage", **where, text="x"))["result"]["message_id"]

    answers = [await call("deleteMessage", **where) for _ in range(2)]
    answers.append(await call("editMessageText", **where, text="y"))

    assert [answer.get("description") for answer in answers] == [
        None,
        "Bad Request: message to delete not found",
        "Bad Request: message to edit not found",
    ]


async def test_old_message_cannot_be_deleted(telegram: SimulatedTelegram, call: Caller) -> None:
    sent = await call("sendMessage", chat_id=STUDENT, text="x")
    message = telegram.world.chats[STUDENT].messages[sent["result"]["message_id"]]
    message.date -= int(DELETABLE_AFTER.total_seconds()) + 60

    answer = await call("deleteMessage", chat_id=STUDENT, message_id=message.id)

    assert answer["description"] == "Bad Request: message can't be deleted for everyone"


async def test_update_is_confirmed_by_a_higher_offset(telegram: SimulatedTelegram, call: Caller) -> None:
    telegram.world.start(STUDENT, "notice-1")
    telegram.world.say(STUDENT, "hi")

    first = (await call("getUpdates"))["result"]
    again = (await call("getUpdates"))["result"]
    rest = (await call("getUpdates", offset=first[0]["update_id"] + 1))["result"]

    assert [update["message"]["text"] for update in first] == ["/start notice-1", "hi"]
    assert again == first
    assert rest == first[1:]


async def test_long_poll_ends_with_the_first_update(telegram: SimulatedTelegram, call: Caller) -> None:
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
        poll = tasks.create_task(call("getUpdates", timeout=50))
        await telegram.world.polled.wait()
        telegram.world.block(STUDENT)

    (update,) = poll.result()["result"]
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"


async def test_second_poller_ends_the_first_with_409(telegram: SimulatedTelegram, call: Caller) -> None:
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(5):
        first = tasks.create_task(call("getUpdates", timeout=50))
        await telegram.world.polled.wait()
        second = await call("getUpdates")

    assert first.result()["error_code"] == 409
    assert second["ok"]


async def test_polling_with_a_webhook_set_is_a_conflict(call: Caller) -> None:
    await call("setWebhook", url="https://placement.example/telegram/webhook")
    refused = await call("getUpdates")
    await call("deleteWebhook")

    assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook is active")
    assert (await call("getUpdates"))["ok"]


async def test_kinds_that_were_not_asked_for_are_not_sent(telegram: SimulatedTelegram, call: Caller) -> None:
    await call("getUpdates", allowed_updates=["callback_query"])

    telegram.world.say(STUDENT, "hi")

    assert (await call("getUpdates"))["result"] == []


async def test_button_press_is_answered_once(telegram: SimulatedTelegram, call: Caller) -> None:
    sent = await call("sendMessage", chat_id=STUDENT, text="x")
    telegram.world.press(STUDENT, sent["result"]["message_id"], "seen:1")
    (update,) = (await call("getUpdates"))["result"]
    query_id = update["callback_query"]["id"]

    answers = [await call("answerCallbackQuery", callback_query_id=query_id, text="Noted") for _ in range(2)]

    assert [answer["ok"] for answer in answers] == [True, False]
    assert answers[1]["description"].startswith("Bad Request: query is too old")


async def test_commands_are_kept_by_scope(call: Caller) -> None:
    commands = [{"command": "start", "description": "Begin"}]
    await call("setMyCommands", commands=commands, scope={"type": "all_private_chats"})

    assert (await call("getMyCommands", scope={"type": "all_private_chats"}))["result"] == commands
    assert (await call("getMyCommands"))["result"] == []


def test_bucket_refuses_the_call_after_the_burst_and_punishes() -> None:
    flood = FloodControl(Limits(rate=30, burst=30, penalty_s=3, per_chat_rate=None), 0.0)

    burst = [flood.retry_after(0.0, None) for _ in range(31)]

    assert burst == [None] * 30 + [3]
    assert flood.retry_after(2.9, None) == 1
    assert flood.retry_after(3.0, None) is None


def test_steady_calls_at_the_rate_are_never_refused() -> None:
    flood = FloodControl(Limits(), 0.0)

    assert not any(flood.retry_after(index / 30 + 0.001, index) for index in range(3000))


def test_one_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    flood = FloodControl(Limits(rate=None), 0.0)

    assert [flood.retry_after(0.0, STUDENT) for _ in range(6)] == [None] * 5 + [1]
    assert flood.retry_after(0.0, 8) is None
    assert flood.retry_after(1.0, STUDENT) is None


async def test_violation_is_answered_with_its_wait(telegram: SimulatedTelegram) -> None:
    async with (
        SimulatedTelegram(limits=Limits(rate=1, burst=1, penalty_s=3)) as strict,
        aiohttp.ClientSession() as session,
    ):
        strict.add_person(STUDENT)
        call = Caller(session, strict)

        answers = [await call("sendMessage", chat_id=STUDENT, text="x") for _ in range(2)]

    assert [answer.get("parameters") for answer in answers] == [None, {"retry_after": 3}]
    assert [logged.retry_after for logged in strict.calls] == [None, 3]
