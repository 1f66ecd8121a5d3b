import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiogram import Bot

from placement_alerts.bot.answers import Answers
from placement_alerts.bot.polling import Polling
from placement_alerts.bot.texts import ADMIN_COMMANDS, COMMANDS
from placement_alerts.core.student import Student
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Store, StudentRepository
from tests.bot.conftest import Telegram, a_dispatcher, a_message


@pytest.fixture
def polling(bot: Bot, store: Store) -> Polling:
    answers = Answers(bot)
    dispatcher, once = a_dispatcher(store, answers)
    return Polling(bot, dispatcher, once, answers)


@asynccontextmanager
async def running(polling: Polling) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(polling.run())
    try:
        yield task
    finally:
        polling.stop()
        async with asyncio.timeout(10):
            with suppress(asyncio.CancelledError):
                await task


async def idle(telegram: Telegram) -> None:
    """Wait until the bot asks for updates and there are none left."""
    async with asyncio.timeout(10):
        await telegram.polled.wait()


async def test_start_keeps_pending_updates_and_sets_the_menu(polling: Polling, telegram: Telegram) -> None:
    async with running(polling):
        await idle(telegram)

    assert telegram.named("deleteWebhook") == [{"drop_pending_updates": False}]
    (menu,) = telegram.named("setMyCommands")
    assert [one["command"] for one in menu["commands"]] == [one.name for one in COMMANDS]
    assert menu["scope"] == {"type": "all_private_chats"}
    assert telegram.named("getUpdates")[0]["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_the_menus_of_admins_show_their_commands_too(bot: Bot, telegram: Telegram, store: Store) -> None:
    answers = Answers(bot)
    async with running(Polling(bot, *a_dispatcher(store, answers), answers, admins=(9,))):
        await idle(telegram)

    _, menu = telegram.named("setMyCommands")
    assert menu["scope"] == {"type": "chat", "chat_id": 9}
    assert [one["command"] for one in menu["commands"]] == [one.name for one in (*COMMANDS, *ADMIN_COMMANDS)]


async def test_stop_sent_while_we_were_down_is_in_force(polling: Polling, telegram: Telegram, store: Store) -> None:
    telegram.post(message=a_message("/start"))
    telegram.post(message=a_message("/stop"))

    async with running(polling):
        await idle(telegram)

    student = await store.students.by_address("telegram", "7")
    assert student is not None
    assert student.addresses[0].off is not None
    assert len(telegram.said()) == 2


async def test_what_was_handled_is_confirmed_at_the_end(polling: Polling, telegram: Telegram) -> None:
    async with running(polling):
        await idle(telegram)
        telegram.post(message=a_message("/help"))
        await idle(telegram)

    assert telegram.updates == []
    assert telegram.named("getUpdates")[-1]["offset"] == 2


@pytest.mark.parametrize("cancel", [True, False])
async def test_nothing_polls_after_the_end(polling: Polling, telegram: Telegram, cancel: bool) -> None:
    async with running(polling) as task:
        await idle(telegram)
        if cancel:
            task.cancel()
        else:
            polling.stop()
        await asyncio.wait({task})
        calls = len(telegram.calls)
        others = asyncio.all_tasks() - {asyncio.current_task()}

    assert not [task for task in others if "poll" in repr(task.get_coro())]
    assert len(telegram.calls) == calls


async def test_stop_before_the_first_turn_ends_at_once(polling: Polling, telegram: Telegram) -> None:
    polling.stop()

    async with running(polling):
        pass

    assert telegram.calls == []


async def test_repeated_update_is_handled_once(polling: Polling, telegram: Telegram) -> None:
    async with running(polling):
        await idle(telegram)
        telegram.post(message=a_message("/help"))
        await idle(telegram)
        telegram.number -= 1
        telegram.post(message=a_message("/help"))
        telegram.post(message=a_message("/web"))
        await idle(telegram)

    assert len(telegram.said()) == 2


async def test_telegram_that_refuses_is_asked_again(polling: Polling, telegram: Telegram) -> None:
    telegram.failing["deleteWebhook"] = 401
    async with running(polling):
        async with asyncio.timeout(10):
            await telegram.refused.get()
            await telegram.refused.get()
        assert polling.trouble == "TelegramUnauthorizedError"
        telegram.failing.clear()
        await idle(telegram)

        assert polling.trouble is None


class LeakyStudents:
    """Students whose store is away for the first calls, and one whose rows break the handler."""

    def __init__(self, students: StudentRepository, failures: list[Exception]) -> None:
        self._students = students
        self._failures = failures

    async def by_address(self, channel: str, value: str) -> Student | None:
        if self._failures:
            raise self._failures.pop(0)
        return await self._students.by_address(channel, value)


class LeakyStore:
    def __init__(self, store: Store, failures: list[Exception]) -> None:
        self.students = LeakyStudents(store.students, failures)
        self.deliveries = store.deliveries


def leaky(bot: Bot, store: Store, *failures: Exception) -> Polling:
    answers = Answers(bot)
    dispatcher, once = a_dispatcher(LeakyStore(store, list(failures)), answers)  # type: ignore[arg-type]  # a part of it
    return Polling(bot, dispatcher, once, answers)


async def test_command_during_an_outage_of_the_store_counts_afterwards(
    bot: Bot, store: Store, telegram: Telegram
) -> None:
    telegram.post(message=a_message("/status"))

    async with running(leaky(bot, store, StoreUnavailable("away"))):
        await idle(telegram)

    assert telegram.said() == ["There is no registration for you yet. /start creates one."]


async def test_handler_that_breaks_does_not_stop_the_next(
    bot: Bot, store: Store, telegram: Telegram, log: io.StringIO
) -> None:
    telegram.post(message=a_message("/status"))
    telegram.post(message=a_message("/help"))

    async with running(leaky(bot, store, ZeroDivisionError())):
        await idle(telegram)

    assert "update.failed" in log.getvalue()
    assert "Asha" not in log.getvalue()
    assert len(telegram.said()) == 1
    assert telegram.said()[0].startswith("I bring you")
