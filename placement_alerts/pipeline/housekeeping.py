"""Housekeeping: forgets what expired, every 10 minutes, a bounded lot at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.base import Store

EVERY_S = 600.0  # as long as a sign-in lives
CALLS_KEPT = timedelta(days=30)  # ended webhook calls, for the log that integrators look at
STRANGERS_KEPT = timedelta(days=1)  # browsers that nobody linked, from when they came

log = structlog.get_logger(__name__)


class Housekeeping:
    """Cleans sessions, sign-ins, idempotency keys, webhook calls, silent subscriptions and browsers nobody linked."""

    def __init__(self, store: Store, subscribing: Subscribing, now: Callable[[], datetime]) -> None:
        self._store = store
        self._subscribing = subscribing
        self._now = now
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Clean now and every 10 minutes until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.run_once()
            except StoreUnavailable as error:
                log.warning("housekeeping.postponed", error=str(error))
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()

    async def run_once(self) -> None:
        """Forget everything that expired."""
        store, now = self._store, self._now()
        chores: dict[str, Callable[[], Awaitable[int]]] = {
            "sessions": lambda: store.sessions.clean(now),
            "answers": lambda: store.answers.clean(now),
            "webhook_calls": lambda: store.webhooks.clean(now - CALLS_KEPT),
            "subscriptions": self._subscribing.sweep,
            # last: those whose session and subscription went just now
            "students": lambda: store.students.forget_unreachable(now - STRANGERS_KEPT, FORGOTTEN_AT_ONCE),
        }
        for name, chore in chores.items():
            forgotten = 0
            while not self._stopping.is_set() and (lot := await chore()):
                forgotten += lot
            if forgotten:
                log.info("housekeeping.forgot", what=name, count=forgotten)
