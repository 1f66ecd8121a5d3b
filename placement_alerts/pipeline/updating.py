"""Polls the sources when the clock rings or somebody asks; one poll of a source at a time in all processes together."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from placement_alerts.errors import PeerError, StoreBusy, StoreUnavailable
from placement_alerts.pipeline.crashes import trace_of
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import OwnerId, PollState, Store

POLL_TIMEOUT_S = 15 * 60  # every call inside has its own, shorter deadline; this ends a portal that drips for ever
POSTPONED_S = 60.0  # after which a poll that the store did not let happen is tried again
IDLE_S = 3600.0  # a flag wakes at once; this only bounds the wait

log = structlog.get_logger(__name__)


class Poll(Protocol):
    """One source with what takes in what it brings."""

    async def run_once(self, *, first: bool) -> IntakeReport:
        """Read the source once and store what it brings. first: it was never read before. Raises PeerError."""


class Updater:
    """Lets the sources be polled, one poll of a source at a time, and keeps how it went."""

    def __init__(
        self,
        store: Store,
        polls: Mapping[str, Poll],
        owner: OwnerId,
        now: Callable[[], datetime],
        *,
        postponed_s: float = POSTPONED_S,
    ) -> None:
        self._flags: dict[str, Flag] = {}
        self._polls: dict[str, Poll] = {}
        self._polling: set[str] = set()  # a duty keeps other processes away, but not another task of this one
        self._postponed_s = postponed_s
        self._store = store
        self._owner = owner
        self._now = now
        for name, poll in polls.items():
            self.add(name, poll)

    def add(self, name: str, poll: Poll) -> None:
        """Let a source be polled too; before `run`."""
        self._polls[name] = poll
        self._flags[name] = Flag()

    @property
    def sources(self) -> Collection[str]:
        """The names of the sources that are on."""
        return self._polls.keys()

    def ring(self, *names: str) -> None:
        """Poll these sources as soon as possible. Only sets flags."""
        for name in names:
            self._flags[name].set()

    async def run(self) -> None:
        """Poll what is rung for, each source on its own. May be cancelled: what was not stored is read again."""
        async with asyncio.TaskGroup() as sources:
            for name in self._polls:
                sources.create_task(self._watch(name), name=f"source-{name}")

    async def _watch(self, name: str) -> None:
        polled, postponed = 0, False
        while True:
            await self._flags[name].wait(polled, timeout_s=self._postponed_s if postponed else IDLE_S)
            if postponed or self._flags[name].count != polled:
                polled = self._flags[name].count
                postponed = not await self._poll_if_possible(name)

    async def update(self, name: str) -> IntakeReport:
        """Poll one source once. Raises StoreBusy if it is being polled already; a failing peer is in the report."""
        if name in self._polling:
            raise StoreBusy(f"an update of {name} is already running; wait for it to end")
        self._polling.add(name)
        try:
            return await self._poll_on_duty(name)
        finally:
            self._polling.discard(name)

    async def _poll_on_duty(self, name: str) -> IntakeReport:
        duty = f"update:{name}"
        if not await self._store.processes.take(duty, self._owner):
            raise StoreBusy(f"an update of {name} is already running; wait for it to end")
        try:
            return await self._poll(name)
        finally:
            await self._drop(duty)

    async def _drop(self, duty: str) -> None:
        try:
            await self._store.processes.drop(duty, self._owner)
        except StoreUnavailable as error:  # it stays ours: we may take it again, and leave it when we end
            log.warning("duty.not_dropped", duty=duty, error=str(error))

    async def _poll_if_possible(self, name: str) -> bool:
        """Return False if the store was away: nothing is lost, but it should not take until the next ring."""
        try:
            await self.update(name)
        except StoreBusy:
            log.info("source.skipped", source=name, reason="already running")
        except StoreUnavailable as error:
            log.warning("source.postponed", source=name, error=str(error))
            return False
        return True

    async def _poll(self, name: str) -> IntakeReport:
        state = await self._store.sources.poll(name)
        try:
            async with asyncio.timeout(POLL_TIMEOUT_S):
                report = await self._polls[name].run_once(first=state.last_success_at is None)
        except PeerError as error:
            return await self._failed(name, state, error.error_class, str(error))
        except TimeoutError:
            return await self._failed(name, state, "timeout", f"gave up after {POLL_TIMEOUT_S // 60} minutes")
        except StoreUnavailable:
            raise
        except Exception as error:  # bulkhead: one source's poll
            log.error("source.crashed", source=name, error=type(error).__name__, trace=trace_of(error))
            return await self._failed(name, state, "bug", type(error).__name__)
        await self._succeeded(state, report)
        return report

    async def _succeeded(self, state: PollState, report: IntakeReport) -> None:
        now = self._now()
        trouble = "strange" if report.strange else "partial" if report.failures else None
        said = report.strange or "; ".join(report.failures)
        if state.error_class != trouble:
            log.info("source.recovered" if trouble is None else "source.degraded", source=report.source, now=trouble)
        fresh = PollState(
            last_poll_at=now,
            last_success_at=now,
            error_class=trouble,
            error=said or None,
            items=report.items,
            rejected=report.rejected,
        )
        await self._store.sources.save_poll(report.source, fresh)

    async def _failed(self, name: str, state: PollState, error_class: str, error: str) -> IntakeReport:
        if state.error_class != error_class:
            log.warning("source.failed", source=name, error_class=error_class, error=error)
        failed = replace(
            state,
            last_poll_at=self._now(),
            failures_in_a_row=state.failures_in_a_row + 1,
            error_class=error_class,
            error=error,
        )
        await self._store.sources.save_poll(name, failed)
        return IntakeReport(name, failures=(error,), failed=True)
