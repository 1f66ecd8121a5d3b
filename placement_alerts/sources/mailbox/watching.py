"""Being told at once that mail arrived: IDLE on a connection for each folder, and a look now and then beside it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import NoReturn

import structlog

from placement_alerts.core.retry import RetryPolicy, backoff
from placement_alerts.errors import PeerError, PeerRefused
from placement_alerts.sources.mailbox.access import connect
from placement_alerts.sources.mailbox.connection import Connection
from placement_alerts.sources.mailbox.settings import MailboxSettings

RECONNECT = RetryPolicy(first=timedelta(seconds=1), longest=timedelta(seconds=30))  # PROOF.md, R7
REFUSED_WAIT_S = 300.0  # a password does not become right by itself, and a provider locks who guesses
STEADY_S = 60.0  # a connection that held so long has recovered
MOST_LISTENING = 5  # folders; servers allow a user ten (Dovecot) to fifteen (Gmail) connections, for all programs
RING_GAP_S = 0.5  # mails that arrive together are one ring

log = structlog.get_logger(__name__)


class Watch:
    """Watches the folders, the first five with a connection for each; rings when mail arrived or may have."""

    def __init__(
        self,
        settings: MailboxSettings,
        tls: ssl.SSLContext | None,
        ring: Callable[[], None],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._tls = tls
        self._ring = ring
        self._sleep = sleep
        self._door = asyncio.Lock()
        self._lost: dict[str, str] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_now_and_then(), name="mailbox-poll")
            if self._settings.idle:
                for folder in self._settings.folders[:MOST_LISTENING]:
                    tasks.create_task(self._follow(folder), name="mailbox-idle")

    async def _look_now_and_then(self) -> NoReturn:
        while True:
            await self._sleep(self._settings.poll_s)
            self._ring()

    async def _follow(self, folder: str) -> NoReturn:
        """Listen to one folder, on one connection after another."""
        failures = 0
        clock = asyncio.get_running_loop()
        while True:
            began = clock.time()
            try:
                await self._listen(folder)
            except PeerRefused as error:  # no IDLE, or no such folder
                self._note_loss(folder, error)
                wait_s = REFUSED_WAIT_S
            except PeerError as error:
                self._note_loss(folder, error)
                failures = 1 if clock.time() - began >= STEADY_S else failures + 1
                wait_s = backoff(failures, RECONNECT, 0.0).total_seconds()
            await self._sleep(wait_s)

    async def _listen(self, folder: str) -> NoReturn:
        async with AsyncExitStack() as stack:
            connection = await self._enter(folder, stack)
            await connection.open_folder(folder)
            self._ring()  # for what came before; from now on the server tells
            while True:
                if await connection.wait_for_change(self._settings.renew_s, lambda: self._note_recovery(folder)):
                    self._ring()
                    await self._sleep(RING_GAP_S)

    async def _enter(self, folder: str, stack: AsyncExitStack) -> Connection:
        """Log in, one folder after another: a refused password is tried every few minutes, not by each of them."""
        async with self._door:
            while True:
                try:
                    return await stack.enter_async_context(connect(self._settings, self._tls))
                except PeerRefused as error:
                    self._note_loss(folder, error)
                    await self._sleep(REFUSED_WAIT_S)

    def _note_loss(self, folder: str, error: PeerError) -> None:
        """Log why a folder is not watched, unless that is known."""
        if self._lost.get(folder) != error.error_class:
            self._lost[folder] = error.error_class
            fields = {"error_class": error.error_class, "reason": str(error)}
            log.warning("source.watch_lost", source="mailbox", folder=folder, **fields)

    def _note_recovery(self, folder: str) -> None:
        if self._lost.pop(folder, None) is not None:
            log.info("source.watch_restored", source="mailbox", folder=folder)
