"""How this process is doing, part by part: what `/health` answers (reference/operations.md, section 2)."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from placement_alerts.core.delivery import WAITING, DeliveryState
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.wakeups import Clock
from placement_alerts.store.base import PollState, Store

PING_S = 1.0
LANE_SILENT = timedelta(seconds=30)
CLOCK_SILENT_S = 90.0
PARTS = ("store", "telegram", "webpush", "live", "scheduler", "superset", "mailbox", "official", "fanout", "tasks")


class PartState(StrEnum):
    """How a part is doing. DEGRADED: it fails, the process goes on. OFF: not configured or not this process's role."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Part:
    """One part. error: a class, never a text. backlog: waiting deliveries; oldest_due_s: how long the first waits."""

    state: PartState
    last_success: datetime | None = None
    next_run: datetime | None = None
    backlog: int | None = None
    oldest_due_s: float | None = None
    error: str | None = None


_OFF = Part(PartState.OFF)


class Vitals:
    """Looks at the parts when asked. lanes and clock: those that this process runs.

    receiving: says what keeps a channel's incoming side from working, None when nothing does; by channel.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[str],
        lanes: Sequence[Lane],
        clock: Clock | None,
        now: Callable[[], datetime],
        receiving: Mapping[str, Callable[[], str | None]] = MappingProxyType({}),
    ) -> None:
        self.stopping = False
        self._receiving = receiving
        self._store = store
        self._sources = sources
        self._lanes = lanes
        self._clock = clock
        self._now = now
        self._store_seen: datetime | None = None

    async def ready(self) -> list[str]:
        """Return why this process should get no traffic; empty when it is ready."""
        reasons = ["stopping"] if self.stopping else []
        if not await self._ping():
            reasons.append("store does not answer")
        reasons += [f"{lane.channel.name} fan-out stands still" for lane in self._lanes if not self._turns(lane)]
        if self._clock and time.monotonic() - self._clock.ticked_at > CLOCK_SILENT_S:
            reasons.append("scheduler stands still")
        return reasons

    async def parts(self) -> Mapping[str, Part]:
        """Return every part by name, those that are off too."""
        try:
            if await self._ping():
                return await self._look()
        except StoreUnavailable:  # it answered the ping and then no more
            pass
        return dict.fromkeys(PARTS, _OFF) | {"store": Part(PartState.DOWN, self._store_seen, error="unavailable")}

    async def _look(self) -> Mapping[str, Part]:
        parts = dict.fromkeys(PARTS, _OFF) | {"store": Part(PartState.OK, self._store_seen)}
        if self._clock:
            parts["scheduler"] = Part(PartState.OK, next_run=self._clock.next_run("update"))
        for name in self._sources:
            parts[name] = self._source(name, await self._store.sources.poll(name))
        counts = await self._store.deliveries.counts()
        lanes = {lane.channel.name: await self._lane(lane, counts) for lane in self._lanes}
        if lanes:
            parts |= lanes
            parts["fanout"] = _together(list(lanes.values()))
        for name, trouble in self._receiving.items():
            if error := trouble():
                parts[name] = replace(parts[name], state=PartState.DEGRADED, error=parts[name].error or error)
        return parts

    async def _ping(self) -> bool:
        try:
            async with asyncio.timeout(PING_S):
                await self._store.ping()
        except (StoreUnavailable, TimeoutError):
            return False
        self._store_seen = self._now()
        return True

    def _source(self, name: str, state: PollState) -> Part:
        next_run = self._clock.next_run("official" if name == "official" else "update") if self._clock else None
        if state.error_class is None:
            return Part(PartState.OK, state.last_success_at, next_run)
        return Part(PartState.DEGRADED, state.last_success_at, next_run, error=state.error_class)

    async def _lane(self, lane: Lane, counts: Mapping[tuple[str, DeliveryState], int]) -> Part:
        name = lane.channel.name
        next_due = await self._store.deliveries.next_due(name)
        trouble = lane.channel.trouble
        stuck = None if self._turns(lane) else "stuck"
        return Part(
            PartState.DOWN if stuck else PartState.DEGRADED if trouble else PartState.OK,
            lane.sent_at,
            backlog=sum(counts.get((name, state), 0) for state in WAITING),
            oldest_due_s=max(0.0, (self._now() - next_due).total_seconds()) if next_due else None,
            error=stuck or trouble,
        )

    def _turns(self, lane: Lane) -> bool:
        return lane.turned_at is None or self._now() - lane.turned_at < LANE_SILENT


def _together(parts: Sequence[Part]) -> Part:
    worst = max(parts, key=lambda part: list(PartState)[:3].index(part.state))
    successes = [part.last_success for part in parts if part.last_success]
    waits = [part.oldest_due_s for part in parts if part.oldest_due_s is not None]
    return Part(
        worst.state,
        max(successes, default=None),
        backlog=sum(part.backlog or 0 for part in parts),
        oldest_due_s=max(waits, default=None),
        error=worst.error,
    )
