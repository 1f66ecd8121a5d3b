from collections.abc import Callable
from datetime import timedelta
from math import inf, nan

import pytest
from aiogram import Bot
from structlog.testing import capture_logs

from placement_alerts.channels.pacing import LONGEST_PAUSE_S, Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.channels.telegram.errors import HINTS, Failure, failure_in, judge, without_personal_data
from placement_alerts.core.delivery import Priority
from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.student import OffReason
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_faults import FaultKind
from tests.channels.conftest import STUDENT, Deliver, Records, a_message, a_parcel, texts

FORBIDDEN = [
    ("bot was blocked by the user", "blocked", OffReason.BLOCKED),
    ("user is deactivated", "deactivated", OffReason.GONE),
    ("bot can't initiate conversation with a user", "never_started", OffReason.GONE),
    ("bot was kicked from the group chat", "kicked", OffReason.GONE),
    ("bot was kicked from the supergroup chat", "kicked", OffReason.GONE),
    ("bot was kicked from the channel chat", "kicked", OffReason.GONE),
    ("bot is not a member of the supergroup chat", "not_member", OffReason.GONE),
    ("bot is not a member of the channel chat", "not_member", OffReason.GONE),
    ("the group chat was deleted", "chat_deleted", OffReason.GONE),
    ("not enough rights to send text messages to the chat", "muted", None),
    ("bots can't send messages to bots", "bot_target", OffReason.GONE),
    ("the bot can't send messages to the bot", "bot_target", OffReason.GONE),
]
BAD_REQUEST = [
    ("chat not found", "chat_not_found", OffReason.GONE),
    ("have no rights to send a message", "no_rights", None),
    ("CHAT_ADMIN_REQUIRED", "no_rights", None),
    ("CHAT_WRITE_FORBIDDEN", "no_rights", None),
    ("TOPIC_CLOSED", "topic_gone", OffReason.GONE),
    ("message thread not found", "topic_gone", OffReason.GONE),
]
ROWS = [
    *((403, f"Forbidden: {text}", kind, off) for text, kind, off in FORBIDDEN),
    *((400, f"Bad Request: {text}", kind, off) for text, kind, off in BAD_REQUEST),
]


@pytest.mark.parametrize(("code", "description", "error_class", "off"), ROWS)
async def test_permanent_refusal_is_tried_once_and_says_whether_the_address_ends(
    telegram_api: SimulatedTelegram,
    deliver: Deliver,
    code: int,
    description: str,
    error_class: str,
    off: OffReason | None,
) -> None:
    telegram_api.answer("sendMessage", error=code, description=description)

    outcome = await deliver()

    assert isinstance(outcome, Refused)
    assert (outcome.error_class, outcome.switch_off) == (error_class, off)
    assert not outcome.our_fault
    assert not outcome.unclear
    assert len(telegram_api.calls) == 1


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text + ", and further words"])
@pytest.mark.parametrize(("code", "description", "error_class", "off"), ROWS)
def test_descriptions_are_compared_by_beginning_without_case(
    code: int, description: str, error_class: str, off: OffReason | None, change: Callable[[str], str]
) -> None:
    outcome = judge(Failure(code, change(description))).outcome

    assert isinstance(outcome, Refused)
    assert outcome.error_class == error_class


async def test_unknown_refusal_is_unclear(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=403, description="Forbidden: a new reason for chat 123456789")

    outcome = await deliver()

    assert isinstance(outcome, Refused)
    assert outcome.unclear
    assert outcome.switch_off is None
    assert "123456789" not in outcome.error


async def test_unknown_bad_request_is_our_fault_and_the_address_stays(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    telegram_api.answer("sendMessage", error=400, description="Bad Request: something new")

    outcome = await deliver()

    assert isinstance(outcome, Refused)
    assert outcome.our_fault
    assert outcome.switch_off is None


async def test_blocked_and_never_started_are_refused_as_the_peer_says_it(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    telegram_api.add_person(8, started=False)
    telegram_api.world.block(STUDENT)

    outcomes = [await deliver(), await deliver(a_parcel(target="8")), await deliver(a_parcel(target="9"))]

    assert [outcome.error_class for outcome in outcomes if isinstance(outcome, Refused)] == [
        "blocked",
        "never_started",
        "chat_not_found",
    ]


async def test_migrated_group_is_followed_at_once_and_reported(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    telegram_api.add_person(-5).migrated_to = -1005
    telegram_api.add_person(-1005)

    outcome = await deliver(a_parcel(target="-5"))

    assert isinstance(outcome, Sent)
    assert outcome.moved_to == "-1005"
    assert texts(telegram_api, -1005) == ["Acme Labs is hiring"]


async def test_migrated_group_is_reported_even_if_the_new_one_fails(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    telegram_api.answer("sendMessage", error=400, description="x", parameters={"migrate_to_chat_id": -1005})
    telegram_api.answer("sendMessage", error=500, description="Internal Server Error")

    outcome = await deliver(a_parcel(target="-5"))

    assert isinstance(outcome, Deferred)
    assert outcome.moved_to == "-1005"


@pytest.mark.parametrize("text", ["message is too long", "message caption is too long", "message text is empty"])
async def test_refused_length_is_split_again_once(telegram_api: SimulatedTelegram, deliver: Deliver, text: str) -> None:
    telegram_api.answer("sendMessage", error=400, description=f"Bad Request: {text}")
    words = "word " * 700

    outcome = await deliver(a_parcel(a_message(words)))

    assert isinstance(outcome, Sent)
    assert len(outcome.message_ids) == 2
    assert " ".join(texts(telegram_api)).split() == words.split()


async def test_length_refused_twice_is_our_fault(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=400, description="Bad Request: message is too long", times=None)

    outcome = await deliver()

    assert isinstance(outcome, Refused)
    assert outcome.our_fault
    assert len(telegram_api.calls) == 2


async def test_refused_entities_are_left_out_once(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=400, description="Bad Request: can't parse entities: whatever")
    bold = Message((Block((Span("Acme", frozenset({Style.BOLD})),)),))

    outcome = await deliver(a_parcel(bold))

    assert isinstance(outcome, Sent)
    assert [message.entities for message in telegram_api.world.chats[STUDENT].messages.values()] == [[]]


@pytest.mark.parametrize("text", ["BUTTON_DATA_INVALID", "reply markup is too long"])
async def test_refused_keyboard_is_left_out_once(telegram_api: SimulatedTelegram, deliver: Deliver, text: str) -> None:
    telegram_api.answer("sendMessage", error=400, description=f"Bad Request: {text}")
    message = Message(a_message().blocks, buttons=((Button("Seen", data="seen:1"),),))

    outcome = await deliver(a_parcel(message))

    assert isinstance(outcome, Sent)
    assert [message.keyboard for message in telegram_api.world.chats[STUDENT].messages.values()] == [None]


async def test_button_data_of_64_bytes_passes_and_65_goes_without(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    for length in (64, 65):
        await deliver(a_parcel(Message(a_message().blocks, buttons=((Button("Seen", data="x" * length),),))))

    keyboards = [message.keyboard for message in telegram_api.world.chats[STUDENT].messages.values()]
    assert keyboards == [[[{"text": "Seen", "callback_data": "x" * 64}]], None]


@pytest.mark.parametrize(("code", "description"), [(401, "Unauthorized"), (404, "Not Found")])
async def test_wrong_token_stops_sending_without_using_attempts(
    telegram_api: SimulatedTelegram, deliver: Deliver, channel: TelegramChannel, code: int, description: str
) -> None:
    telegram_api.answer("sendMessage", error=code, description=description)

    outcome = await deliver()

    assert outcome == Deferred("unauthorized", counts=False)
    assert channel.trouble == "unauthorized"
    assert not channel.gate.try_turn()


async def test_trouble_is_explained_once_when_it_begins_and_told_when_it_ends(
    telegram_api: SimulatedTelegram, bot: Bot, records: Records
) -> None:
    telegram_api.answer("sendMessage", error=401, description="Unauthorized", times=3)
    channel = TelegramChannel(bot, Pacer(1000, per_target_s=0))

    with capture_logs() as lines:
        for _ in range(4):
            await channel.deliver(a_parcel(), Priority.NORMAL, records)

    told = [line for line in lines if line["event"].startswith("channel.")]
    assert [(line["event"], line.get("hint")) for line in told] == [
        ("channel.degraded", HINTS["unauthorized"]),
        ("channel.recovered", None),
    ]


@pytest.mark.parametrize(
    "failure", [Failure(401), Failure(429), Failure(500), Failure(None), Failure(None, "", None, None, False)]
)
def test_every_trouble_has_its_hint(failure: Failure) -> None:
    assert judge(failure).trouble in HINTS


async def test_413_is_our_fault(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=413, description="Request Entity Too Large")

    outcome = await deliver()

    assert isinstance(outcome, Refused)
    assert (outcome.error_class, outcome.our_fault) == ("too_large", True)


async def test_409_is_not_the_deliverys_fault(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=409, description="Conflict: terminated by other getUpdates request")

    assert await deliver() == Deferred("conflict", counts=False)


async def test_429_asks_for_its_wait_and_uses_no_attempt(
    telegram_api: SimulatedTelegram, deliver: Deliver, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=429, description="Too Many Requests", parameters={"retry_after": 30})

    outcome = await deliver()

    assert outcome == Deferred("flood", wait=timedelta(seconds=30), counts=False)
    assert channel.gate.paused_for() > 29


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        (0.5, 0.5),
        (LONGEST_PAUSE_S, LONGEST_PAUSE_S),
        (LONGEST_PAUSE_S + 1, LONGEST_PAUSE_S),
        (1e300, LONGEST_PAUSE_S),
        (10**400, LONGEST_PAUSE_S),
        (inf, LONGEST_PAUSE_S),
    ],
)
def test_wait_is_at_most_a_day(asked: float, wait_s: float) -> None:
    verdict = judge(failure_in(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": asked}}))

    assert verdict.outcome == Deferred("flood", wait=timedelta(seconds=wait_s), counts=False)


@pytest.mark.parametrize("asked", [-1, 0, nan, -inf, True, "5", None])
def test_wait_that_is_none_is_a_flood_without_a_wait(asked: object) -> None:
    verdict = judge(failure_in(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": asked}}))

    assert verdict.outcome == Deferred("flood", counts=False)


async def test_5xx_is_retried_and_counted(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.answer("sendMessage", error=502, description="Bad Gateway")

    assert await deliver() == Deferred("server_error")


async def test_page_of_a_front_end_is_a_5xx(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    telegram_api.fail("sendMessage", FaultKind.PAGE, code=502)

    assert await deliver() == Deferred("server_error")


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.RESET, FaultKind.PAGE])
async def test_answer_lost_on_the_way_is_possibly_delivered(
    telegram_api: SimulatedTelegram, deliver: Deliver, kind: FaultKind
) -> None:
    telegram_api.fail("sendMessage", kind, code=200)

    assert await deliver() == Deferred("unknown", possibly_delivered=True)


async def test_answer_that_never_comes_is_possibly_delivered(
    telegram_api: SimulatedTelegram, deliver: Deliver, channel: TelegramChannel
) -> None:
    channel._deadline_s = 0.2  # the promise is about the deadline, not about its length
    telegram_api.fail("sendMessage", FaultKind.LOST_HANG)

    assert await deliver() == Deferred("unknown", possibly_delivered=True)
    assert texts(telegram_api) == ["Acme Labs is hiring"]


async def test_lost_answer_to_an_edit_delivers_nothing_twice(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    first = await deliver()
    assert isinstance(first, Sent)
    telegram_api.fail("editMessageText", FaultKind.LOST)
    parcel = a_parcel(a_message("Acme Labs, new deadline"), shown=first.message_ids)

    outcomes = [await deliver(parcel), await deliver(parcel)]

    assert outcomes == [Deferred("unknown"), first]
    assert texts(telegram_api) == ["Acme Labs, new deadline"]


async def test_refused_connection_is_a_plain_failure_and_holds_the_gate(
    telegram_api: SimulatedTelegram, deliver: Deliver, channel: TelegramChannel
) -> None:
    await telegram_api.close()

    outcome = await deliver()

    assert outcome == Deferred("unreachable")
    assert channel.trouble == "unreachable"
    assert not channel.gate.try_turn()


@pytest.mark.parametrize("code", [400, 403])
def test_receipts_name_no_person(code: int) -> None:
    outcome = judge(Failure(code, "chat -1001234567890 of @some_student is odd")).outcome

    assert isinstance(outcome, Refused)
    assert "1234567890" not in outcome.error
    assert "some_student" not in outcome.error


def test_words_of_the_peer_are_short() -> None:
    assert len(without_personal_data("so " * 1000)) <= 120
