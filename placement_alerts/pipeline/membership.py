"""Who works on this store: beats for this process, and frees what dead processes held.

Wall clocks are never compared: a process is dead when its beat stood still for `dead_after_s` of our own monotonic
clock, or when it ran on this machine and is provably gone (reference/mongo.md, section 1).
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from placement_alerts.errors import StoreBusy, StoreUnavailable
from placement_alerts.store.base import OwnerId, Process, Store

BEAT_S = 5.0
BLIND_BEATS = 3  # of ours without a look at the others: what they did meanwhile we cannot say

log = structlog.get_logger(__name__)


def this_process() -> Process:
    """Return a fresh row for this process. Reads /proc, where there is one, off the event loop's way: call at start."""
    pid = os.getpid()
    return Process(OwnerId(secrets.token_hex(8)), _home(), pid, _started(pid) or 0, beat=0)


class Membership:
    """Keeps the row of this process and watches the others'.

    alone: the store admits one running process, so every other row is dead.
    """

    def __init__(
        self,
        store: Store,
        me: Process,
        now: Callable[[], datetime],
        *,
        alone: bool,
        dead_after_s: float,
        beat_s: float = BEAT_S,
    ) -> None:
        self._store = store
        self._me = me
        self._now = now
        self._alone = alone
        self._beat_s = beat_s
        self._dead_after_s = dead_after_s
        self._seen: dict[OwnerId, tuple[int, float]] = {}
        self._looked_at = time.monotonic()
        self._duties: set[str] = set()
        self._ending = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def owner(self) -> OwnerId:
        """The name under which this process claims."""
        return self._me.owner

    async def join(self) -> None:
        """Make this process known and free what the provably dead left behind."""
        await self._store.processes.beat(self._me)
        await self._free_dead()

    async def run(self) -> None:
        """Beat until `stop`. A store that is away is waited for.

        Raises StoreBusy when another process took over a duty because this one stood still: carrying on would do the
        work twice, so the process ends and starts afresh.
        """
        while not await _set_within(self._stopping, self._beat_s):
            try:
                self._me = replace(self._me, beat=self._me.beat + 1)
                await self._store.processes.beat(self._me)
                await self._free_dead()
                for duty in tuple(self._duties):  # one may join while we wait for the store
                    if not await self._store.processes.take(duty, self._me.owner):
                        raise StoreBusy(f"another process took over {duty} while this one stood still; start it again")
            except StoreUnavailable as error:
                log.warning("process.missed_beat", error=str(error))

    def take_no_more(self) -> None:
        """Let who waits in `hold` go: this process ends."""
        self._ending.set()

    def stop(self) -> None:
        """Beat no more."""
        self._ending.set()
        self._stopping.set()

    async def leave(self) -> None:
        """Forget this process. What it was still sending when the grace period ended is due again, as after a crash."""
        freed = await self._store.deliveries.free([self._me.owner], self._now())
        if freed:
            log.warning("process.left_sends", deliveries=freed)
        await self._store.processes.remove([self._me.owner])

    async def hold(self, duty: str) -> bool:
        """Wait until this process holds the duty; False if it stops first."""
        while not self._ending.is_set():
            try:
                if await self._store.processes.take(duty, self._me.owner):
                    self._duties.add(duty)
                    return True
            except StoreUnavailable as error:
                log.warning("duty.not_taken", duty=duty, error=str(error))
            await _set_within(self._ending, self._beat_s)
        return False

    async def _free_dead(self) -> None:
        processes = await self._store.processes.all()
        if time.monotonic() - self._looked_at > BLIND_BEATS * self._beat_s:
            self._seen.clear()  # the store was away, or we stood still ourselves: nobody is dead of that
        self._looked_at = time.monotonic()
        dead = [process.owner for process in processes if self._is_dead(process)]
        if dead:
            freed = await self._store.deliveries.free(dead, self._now())
            await self._store.processes.remove(dead)
            log.info("process.buried", processes=len(dead), deliveries=freed)

    def _is_dead(self, process: Process) -> bool:
        if process.owner == self._me.owner:
            return False
        if self._alone:
            return True
        if process.home == self._me.home and _started(process.pid) != process.started:
            return True
        beat, since = self._seen.get(process.owner, (-1, 0.0))
        if beat != process.beat:
            self._seen[process.owner] = (process.beat, time.monotonic())
            return False
        return time.monotonic() - since > self._dead_after_s


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({waiting}, timeout=seconds)
    waiting.cancel()
    await asyncio.wait({waiting})
    return event.is_set()


async def somebody_runs(store: Store) -> bool:
    """Say whether a process works on this store: one of this machine that is there, or one whose beat moves."""
    before = {process.owner: process for process in await store.processes.all()}
    if any(process.home == _home() and _started(process.pid) == process.started for process in before.values()):
        return True
    if not any(process.home != _home() for process in before.values()):
        return False
    await asyncio.sleep(BEAT_S + 1.0)
    after = await store.processes.all()
    return any(process.owner not in before or process.beat != before[process.owner].beat for process in after)


def _home() -> str:
    """Return what tells machines and pid namespaces apart, so that a pid is compared only where it means something."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no /proc: never the same home as anybody, so only the beat counts
        return f"{socket.gethostname()}/{secrets.token_hex(8)}"


def _started(pid: int) -> int | None:
    """Return when the process started, in clock ticks since boot; None if there is none, or only its zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # from field 3 of proc(5) on
    return None if fields[0] in "ZX" else int(fields[19])  # a zombie is dead, its parent has not looked yet
