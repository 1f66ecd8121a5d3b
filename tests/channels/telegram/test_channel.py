import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.core.delivery import Priority
from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.outcome import Deferred, Sent
from placement_alerts.errors import PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_faults import FaultKind
from tests.channels.conftest import STUDENT, Deliver, Records, a_message, a_parcel, open_bot, texts

THREE_PARTS = a_message("a" * 4000, "b" * 4000, "c" * 4000)


@pytest.mark.parametrize("text", ["CTC < 5", "R&D", "3*4*5", "<b>not bold</b>", "_a_ [b](c) `d` &amp;"])
async def test_text_arrives_as_written(telegram_api: SimulatedTelegram, deliver: Deliver, text: str) -> None:
    await deliver(a_parcel(a_message(text)))

    (message,) = telegram_api.world.chats[STUDENT].messages.values()
    assert (message.text, message.entities) == (text, [])


async def test_looks_links_and_buttons_arrive(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    message = Message(
        (Block((Span("😀 "), Span("Acme", frozenset({Style.BOLD})), Span(" page", url="https://acme.example/"))),),
        buttons=((Button("Seen", data="seen:1"), Button("Open", url="https://acme.example/")),),
        silent=True,
    )

    await deliver(a_parcel(message))

    (arrived,) = telegram_api.world.chats[STUDENT].messages.values()
    assert arrived.text == "😀 Acme page"
    assert arrived.entities == [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 7, "length": 5, "url": "https://acme.example/"},
    ]
    assert arrived.keyboard == [
        [{"text": "Seen", "callback_data": "seen:1"}, {"text": "Open", "url": "https://acme.example/"}]
    ]
    assert arrived.silent


async def test_9000_characters_arrive_whole_with_bold_and_link_over_the_cuts(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    bold = Span("bold " * 900, frozenset({Style.BOLD}))
    link = Span("link " * 900, url="https://acme.example/")

    outcome = await deliver(a_parcel(Message((Block((bold, link)),))))

    assert isinstance(outcome, Sent)
    assert len(outcome.message_ids) == 3
    assert " ".join(texts(telegram_api)) == (bold.text + link.text).strip()
    kinds = [
        {entity["type"] for entity in message.entities}
        for message in telegram_api.world.chats[STUDENT].messages.values()
    ]
    assert kinds[0] == {"bold"}
    assert kinds[-1] == {"text_link"}


async def test_keyboard_is_on_the_last_part(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    await deliver(a_parcel(Message(THREE_PARTS.blocks, buttons=((Button("Seen", data="seen:1"),),))))

    keyboards = [message.keyboard for message in telegram_api.world.chats[STUDENT].messages.values()]
    assert [keyboard is not None for keyboard in keyboards] == [False, False, True]


async def test_every_part_but_the_last_is_recorded(deliver: Deliver, records: Records) -> None:
    outcome = await deliver(a_parcel(THREE_PARTS))

    assert isinstance(outcome, Sent)
    first, second, _ = outcome.message_ids
    assert records.parts == [((first,), None), ((first, second), None)]


async def test_failed_part_is_resumed_from_that_part(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    first = await deliver(a_parcel(a_message("a" * 4000)))
    assert isinstance(first, Sent)

    outcome = await deliver(a_parcel(THREE_PARTS, done=first.message_ids))

    assert isinstance(outcome, Sent)
    assert outcome.message_ids[0] == first.message_ids[0]
    assert [text[0] for text in texts(telegram_api)] == ["a", "b", "c"]


async def test_revision_is_edited_in_place_with_its_keyboard(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    buttons = ((Button("Seen", data="seen:1"),),)
    first = await deliver(a_parcel(Message(a_message("old").blocks, buttons)))
    assert isinstance(first, Sent)

    outcome = await deliver(a_parcel(Message(a_message("new").blocks, buttons), shown=first.message_ids))

    assert outcome == first
    (message,) = telegram_api.world.chats[STUDENT].messages.values()
    assert message.text == "new"
    assert message.keyboard is not None
    assert message.edit_date is not None


async def test_unchanged_edit_is_a_success(deliver: Deliver) -> None:
    first = await deliver()
    assert isinstance(first, Sent)

    assert await deliver(a_parcel(shown=first.message_ids)) == first


@pytest.mark.parametrize("description", ["message to edit not found", "message can't be edited"])
async def test_part_that_cannot_be_edited_is_sent_anew(
    telegram_api: SimulatedTelegram, deliver: Deliver, description: str
) -> None:
    first = await deliver()
    assert isinstance(first, Sent)
    telegram_api.answer("editMessageText", error=400, description=f"Bad Request: {description}")

    outcome = await deliver(a_parcel(a_message("new"), shown=first.message_ids))

    assert isinstance(outcome, Sent)
    assert outcome.message_ids != first.message_ids
    assert texts(telegram_api)[-1] == "new"


async def test_shorter_revision_takes_its_surplus_parts_away(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    long = await deliver(a_parcel(THREE_PARTS))
    assert isinstance(long, Sent)

    outcome = await deliver(a_parcel(a_message("short"), shown=long.message_ids))

    assert outcome == Sent(long.message_ids[:1])
    assert texts(telegram_api) == ["short"]


async def test_surplus_part_too_old_to_delete_becomes_a_dash(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    long = await deliver(a_parcel(a_message("a" * 4000, "b" * 4000)))
    assert isinstance(long, Sent)
    telegram_api.answer("deleteMessage", error=400, description="Bad Request: message can't be deleted for everyone")

    await deliver(a_parcel(a_message("short"), shown=long.message_ids))

    assert texts(telegram_api) == ["short", "–"]


async def test_surplus_part_that_is_gone_is_no_failure(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    first = await deliver()
    assert isinstance(first, Sent)

    outcome = await deliver(a_parcel(shown=(*first.message_ids, "999")))

    assert outcome == first


async def test_longer_revision_sends_what_is_missing(telegram_api: SimulatedTelegram, deliver: Deliver) -> None:
    first = await deliver()
    assert isinstance(first, Sent)

    outcome = await deliver(a_parcel(THREE_PARTS, shown=first.message_ids))

    assert isinstance(outcome, Sent)
    assert outcome.message_ids[0] == first.message_ids[0]
    assert [text[0] for text in texts(telegram_api)] == ["a", "b", "c"]


async def test_change_is_announced_as_a_reply_once(
    telegram_api: SimulatedTelegram, deliver: Deliver, records: Records
) -> None:
    first = await deliver()
    assert isinstance(first, Sent)
    line = a_message("Deadline moved")

    outcome = await deliver(a_parcel(a_message("new"), shown=first.message_ids, announcement=line))
    assert isinstance(outcome, Sent)
    again = await deliver(
        a_parcel(
            a_message("new"),
            shown=first.message_ids,
            done=outcome.message_ids,
            announcement=line,
            announced_id=outcome.announced_id,
        )
    )

    assert texts(telegram_api) == ["new", "Deadline moved"]
    replies = [str(message.reply_to) for message in telegram_api.world.chats[STUDENT].messages.values()]
    assert replies == ["None", first.message_ids[0]]
    assert records.parts == [(first.message_ids, None)]
    assert again == outcome


async def test_announcement_goes_without_reply_when_its_message_is_gone(
    telegram_api: SimulatedTelegram, deliver: Deliver
) -> None:
    telegram_api.answer("sendMessage", error=400, description="Bad Request: message to be replied not found")

    outcome = await deliver(a_parcel(done=("1",), announcement=a_message("Deadline moved")))

    assert isinstance(outcome, Sent)
    assert texts(telegram_api) == ["Deadline moved"]


async def test_delivery_that_needs_no_call_gives_its_turn_back(bot: Bot) -> None:
    channel = TelegramChannel(bot, Pacer(0.001, burst=1))
    await channel.gate.turn(Priority.NORMAL)

    outcome = await channel.deliver(a_parcel(done=("1",)), Priority.NORMAL, Records())

    assert outcome == Sent(("1",))
    assert channel.gate.try_turn()


async def test_message_without_text_is_our_fault(deliver: Deliver) -> None:
    outcome = await deliver(a_parcel(Message((Block(()), Block((Span("  "),))))))

    assert getattr(outcome, "our_fault", False)


async def test_target_rests_after_its_delivery(bot: Bot) -> None:
    channel = TelegramChannel(bot, Pacer(1000, per_target_s=60))
    await channel.gate.turn(Priority.NORMAL)

    await channel.deliver(a_parcel(), Priority.NORMAL, Records())

    assert channel.gate.resting() == (str(STUDENT),)
    assert 55 < (channel.gate.rested_in() or 0) <= 60


async def test_no_call_of_any_kind_begins_in_the_pause_after_a_429(
    telegram_api: SimulatedTelegram, bot: Bot, channel: TelegramChannel, deliver: Deliver
) -> None:
    telegram_api.answer("sendMessage", error=429, description="Too Many Requests", parameters={"retry_after": 1})
    await deliver()

    async with asyncio.TaskGroup() as calls:
        calls.create_task(deliver())  # type: ignore[arg-type]  # a coroutine in fact
        calls.create_task(bot.set_my_commands([]))
        calls.create_task(bot.send_chat_action(STUDENT, "typing"))
        calls.create_task(bot.get_updates())

    refused, *others = telegram_api.calls
    assert refused.code == 429
    assert len(others) == 4
    assert min(call.at for call in others) >= refused.answered_at + 1


async def test_answer_refused_by_a_429_is_made_once_more(
    telegram_api: SimulatedTelegram, bot: Bot, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=429, description="Too Many Requests", parameters={"retry_after": 1})

    await bot.send_message(STUDENT, "welcome")

    assert texts(telegram_api) == ["welcome"]
    assert [call.code for call in telegram_api.calls] == [429, 200]


async def test_answer_is_not_kept_for_longer_than_anybody_waits(
    telegram_api: SimulatedTelegram, bot: Bot, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=429, description="Too Many Requests", parameters={"retry_after": 600})

    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(STUDENT, "welcome")

    assert channel.gate.paused_for() > 590


async def test_turn_taken_before_a_pause_is_not_used_in_it(channel: TelegramChannel) -> None:
    await channel.gate.turn(Priority.NORMAL)
    channel.gate.pause(30)

    outcome = await channel.deliver(a_parcel(), Priority.NORMAL, Records())

    assert isinstance(outcome, Deferred)
    assert (outcome.error_class, outcome.counts) == ("flood", False)


async def test_deliveries_are_paced_once(telegram_api: SimulatedTelegram, bot: Bot) -> None:
    channel = TelegramChannel(bot, Pacer(0.001, burst=2))
    bot.session.middleware(channel.turns)
    await channel.gate.turn(Priority.NORMAL)

    await channel.deliver(a_parcel(), Priority.NORMAL, Records())

    assert channel.gate.try_turn()


async def test_many_failures_of_several_chats_are_the_peers_and_use_no_attempts(
    telegram_api: SimulatedTelegram, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=500, description="Internal Server Error", times=None)

    outcomes = [
        await channel.deliver(a_parcel(target=str(target)), Priority.NORMAL, Records()) for target in range(1, 8)
    ]

    counted = [isinstance(outcome, Deferred) and outcome.counts for outcome in outcomes]
    assert counted == [True] * 4 + [False] * 3
    assert channel.trouble == "server_error"


async def test_one_sick_chat_is_not_the_peers_trouble(
    telegram_api: SimulatedTelegram, deliver: Deliver, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=500, description="Internal Server Error", times=None)

    outcomes = [await deliver() for _ in range(10)]

    assert outcomes == [Deferred("server_error")] * 10
    assert channel.trouble is None


async def test_any_answer_ends_the_trouble(
    telegram_api: SimulatedTelegram, deliver: Deliver, bot: Bot, channel: TelegramChannel
) -> None:
    telegram_api.answer("sendMessage", error=401, description="Unauthorized")
    await deliver()

    await bot.get_updates()

    assert channel.trouble is None
    assert channel.gate.try_turn()


async def test_check_names_the_bot(channel: TelegramChannel) -> None:
    assert await channel.check() == "@placement_sandbox_bot (id 42)"


@pytest.mark.parametrize("token", ["42:wrong", "1:"])
async def test_check_says_that_the_token_is_wrong(telegram_api: SimulatedTelegram, token: str) -> None:
    async with open_bot(telegram_api.base_url, token.ljust(4, "x")) as bot:
        with pytest.raises(PeerRefused, match="token"):
            await TelegramChannel(bot, Pacer(30)).check()


@pytest.mark.parametrize(("kind", "deadline_s"), [(FaultKind.RESET, 2), (FaultKind.HANG, 0.2), (FaultKind.PAGE, 2)])
async def test_check_says_that_telegram_is_away(
    telegram_api: SimulatedTelegram, bot: Bot, kind: FaultKind, deadline_s: float
) -> None:
    telegram_api.fail("getMe", kind)

    with pytest.raises(PeerUnreachable):
        await TelegramChannel(bot, Pacer(30), deadline_s=deadline_s).check()


async def test_check_says_that_there_is_no_connection(telegram_api: SimulatedTelegram, bot: Bot) -> None:
    await telegram_api.close()

    with pytest.raises(PeerUnreachable, match="no connection"):
        await TelegramChannel(bot, Pacer(30)).check()


async def test_check_says_that_the_address_is_wrong(telegram_api: SimulatedTelegram, bot: Bot) -> None:
    telegram_api.answer("getMe", error=400, description="Bad Request: who are you")

    with pytest.raises(PeerNonsense, match="api_base"):
        await TelegramChannel(bot, Pacer(30)).check()


async def test_check_says_that_another_server_answers(telegram_api: SimulatedTelegram, bot: Bot) -> None:
    telegram_api.fail("getMe", FaultKind.PAGE, code=200)

    with pytest.raises(PeerNonsense, match="api_base"):
        await TelegramChannel(bot, Pacer(30)).check()
