"""How an update gets to its handler: once, in order, and not before the store can keep what it says."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware, Dispatcher
from aiogram.types import ErrorEvent, TelegramObject, Update

from placement_alerts.bot.admin import make_admin_router
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.blocks import make_block_router
from placement_alerts.bot.commands import Now, make_command_router
from placement_alerts.bot.enrollment import Enrollments
from placement_alerts.bot.figures import make_figures_router
from placement_alerts.bot.policies import make_policy_router
from placement_alerts.bot.presses import make_press_router
from placement_alerts.bot.settings import BotSettings
from placement_alerts.bot.signing_in import make_signing_in_router
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
REMEMBERED = 1000  # update ids; Telegram repeats at most the last hundred
LONGEST_WAIT_S = 10.0

Handle = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Once(BaseMiddleware):
    """Lets each update through once, one at a time. last: the latest that was handled.

    handling: held while one is handled; who holds it knows that no handler runs.
    """

    def __init__(self) -> None:
        self.handling = asyncio.Lock()
        self.last: int | None = None
        self._ids: deque[int] = deque(maxlen=REMEMBERED)

    async def __call__(self, handler: Handle, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Handle the update unless it was handled before."""
        if not isinstance(event, Update):
            raise TypeError("this belongs around updates")
        handled = True
        async with self.handling:
            if event.update_id in self._ids:
                return None
            try:
                return await handler(event, data)
            except asyncio.CancelledError:
                handled = False  # Telegram brings it again
                raise
            finally:
                if handled:  # an update that no handler can bear counts too: it would never end
                    self._ids.append(event.update_id)
                    self.last = event.update_id


class WaitForStore(BaseMiddleware):
    """Repeats an update until the store took it, so that a /stop during an outage counts. Every handler may repeat."""

    async def __call__(self, handler: Handle, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Handle the update; updates behind it wait at Telegram meanwhile."""
        wait_s = 0.5
        while True:
            try:
                return await handler(event, data)
            except StoreUnavailable:
                log.warning("update.waits_for_store", wait_s=wait_s)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)


async def report(event: ErrorEvent) -> bool:
    """Note that a handler failed, and go on with the next update."""
    log.error("update.failed", update=event.update.update_id, kind=event.update.event_type, exc_info=event.exception)
    return True


def make_dispatcher(
    store: Store,
    answers: Answers,
    settings: BotSettings,
    now: Now,
    answered: Flag | None = None,
    signing_in: SigningIn | None = None,
) -> tuple[Dispatcher, Once]:
    """Return a dispatcher with every router, and what knows which updates were handled.

    answered: set when an admin's answer is stored. signing_in: what the pages sign students in with; None: one made
    here, which does the same.
    """
    dispatcher = Dispatcher(
        disable_fsm=True,
        store=store,
        answers=answers,
        settings=settings,
        now=now,
        answered=answered or Flag(),
        signing_in=signing_in or SigningIn(store, now),
    )
    once = Once()
    dispatcher.update.outer_middleware(once)
    dispatcher.update.outer_middleware(WaitForStore())
    dispatcher.errors.register(report)
    dispatcher.include_routers(
        make_admin_router(),
        Enrollments().router(),
        make_figures_router(),
        make_policy_router(),
        make_signing_in_router(),
        make_command_router(),  # knows what to say to everything else
        make_press_router(),
        make_block_router(),
    )
    return dispatcher, once
