"""Housekeeping: forgets what expired, once an hour, a bounded lot at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.store.base import Store

EVERY_S = 3600.0
CALLS_KEPT = timedelta(days=30)  # ended webhook calls, for the log that integrators look at

log = structlog.get_logger(__name__)


class Housekeeping:
    """Cleans sessions, sign-ins, idempotency keys, webhook calls and silent subscriptions."""

    def __init__(self, store: Store, subscribing: Subscribing, now: Callable[[], datetime]) -> None:
        self._store = store
        self._subscribing = subscribing
        self._now = now
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Clean now and once an hour until `stop`."""
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
        }
        for name, chore in chores.items():
            forgotten = 0
            while not self._stopping.is_set() and (lot := await chore()):
                forgotten += lot
            if forgotten:
                log.info("housekeeping.forgot", what=name, count=forgotten)
