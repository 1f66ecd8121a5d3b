"""Receiving by long polling. aiogram's poller outlives a cancelled task, so it is stopped its own way, always."""

import asyncio
import contextlib
from collections.abc import Collection, Coroutine, Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import AiogramError
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from placement_alerts.bot.answers import Answers
from placement_alerts.bot.dispatching import ALLOWED_UPDATES, Once
from placement_alerts.bot.texts import ADMIN_COMMANDS, COMMANDS, Command

log = structlog.get_logger(__name__)

POLL_S = 25  # how long Telegram may hold an empty answer back
CALL_S = 10
LAST_HANDLER_S = 2.0
LAST_ANSWERS_S = 2.0
LONGEST_WAIT_S = 60.0


class WatchPolls(BaseRequestMiddleware):
    """Notes how the last getUpdates went, because aiogram's poller only logs and tries again for ever."""

    def __init__(self) -> None:
        self.trouble: str | None = None

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        """Make the call."""
        polls = isinstance(method, GetUpdates)
        try:
            response = await make_request(bot, method)
        except AiogramError as error:
            self.trouble = type(error).__name__ if polls else self.trouble
            raise
        self.trouble = None if polls else self.trouble
        return response


class Polling:
    """Receives updates and sends answers until `stop`. admins: whose menus show more commands."""

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, once: Once, answers: Answers, admins: Collection[int] = ()
    ) -> None:
        self._trouble: str | None = None
        self._polls = WatchPolls()
        bot.session.middleware(self._polls)
        self._bot = bot
        self._dispatcher = dispatcher
        self._once = once
        self._answers = answers
        self._admins = frozenset(admins)
        self._stopping = asyncio.Event()

    @property
    def trouble(self) -> str | None:
        """The class of what keeps updates from coming in; None while they do."""
        return self._trouble or self._polls.trouble

    def stop(self) -> None:
        """Let `run` come to its end: the update in hand is finished, the last answers are sent."""
        self._stopping.set()

    async def run(self) -> None:
        """Receive until `stop` or until cancelled; either way nothing of aiogram is left running."""
        async with asyncio.TaskGroup() as group:
            answering = group.create_task(self._answers.run(), name="answers")
            try:
                if await self._introduce():
                    await self._receive()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LAST_ANSWERS_S):
                        await self._answers.drain()
            finally:
                answering.cancel()

    async def _introduce(self) -> bool:
        """Tell Telegram that we poll, and our commands, as often as it takes; False if stopped before.

        Pending updates are kept: a /stop sent while we were down must count.
        """
        scope = BotCommandScopeAllPrivateChats()
        wait_s = 1.0
        while not self._stopping.is_set():
            try:
                await self._bot.me()  # kept by the Bot: its poller asks for it and could not bear a failure
                await self._bot.delete_webhook(drop_pending_updates=False, request_timeout=CALL_S)
                await self._bot.set_my_commands(_menu(COMMANDS), scope=scope, request_timeout=CALL_S)
            except (AiogramError, TimeoutError) as error:
                if self._trouble != type(error).__name__:
                    log.warning(
                        "bot.not_started", error=type(error).__name__, check="telegram.token and telegram.api_base"
                    )
                self._trouble = type(error).__name__
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._stopping.wait()
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            else:
                self._trouble = None
                await self._extend_menus()
                log.info("bot.started")
                return True
        return False

    async def _extend_menus(self) -> None:
        """Show admins their commands too. Who never pressed Start has no menu; the commands work all the same."""
        for admin in sorted(self._admins):
            scope = BotCommandScopeChat(chat_id=admin)
            try:
                await self._bot.set_my_commands(_menu((*COMMANDS, *ADMIN_COMMANDS)), scope, request_timeout=CALL_S)
            except (AiogramError, TimeoutError) as error:
                log.info("menu.not_extended", admin=admin, error=type(error).__name__)

    async def _receive(self) -> None:
        polling = asyncio.create_task(
            self._dispatcher.start_polling(
                self._bot,
                polling_timeout=POLL_S,
                handle_as_tasks=False,  # the offset moves only when a handler has finished
                allowed_updates=ALLOWED_UPDATES,
                handle_signals=False,
                close_bot_session=False,
            ),
            name="aiogram",
        )
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await _see_through(self._end(polling))

    async def _end(self, polling: asyncio.Task[None]) -> None:
        held = await self._hold_handlers()
        while not polling.done():
            try:
                await self._dispatcher.stop_polling()
            except RuntimeError:  # it has not come so far as to start
                await asyncio.sleep(0)
                continue
            await asyncio.wait({polling})
        if held:
            self._once.handling.release()
        await self._confirm()
        polling.result()

    async def _hold_handlers(self) -> bool:
        """Wait until the update in hand is handled and let no other begin; False if it takes too long."""
        try:
            async with asyncio.timeout(LAST_HANDLER_S):
                return await self._once.handling.acquire()
        except TimeoutError:
            return False

    async def _confirm(self) -> None:
        """Tell Telegram what was handled: an update is confirmed by the call after it, and there will be none."""
        if self._once.last is None:
            return
        with contextlib.suppress(AiogramError, TimeoutError):
            async with asyncio.timeout(LAST_HANDLER_S):
                await self._bot.get_updates(
                    offset=self._once.last + 1, limit=1, timeout=0, allowed_updates=ALLOWED_UPDATES
                )


def _menu(commands: Sequence[Command]) -> list[BotCommand]:
    return [BotCommand(command=one.name, description=one.description) for one in commands]


async def _see_through(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` to its end even if cancelled meanwhile, then let the cancellation go on."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
