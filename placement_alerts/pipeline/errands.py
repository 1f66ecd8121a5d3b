"""Errands: what one-shot commands ask the running process to do, through the store (DESIGN.md, section 2)."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog

from placement_alerts.core.delivery import WAITING, DeliveryState
from placement_alerts.errors import ConfigError, PlacementAlertsError, StoreUnavailable
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.membership import somebody_runs
from placement_alerts.pipeline.updating import Updater
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import OwnerId, Request, RequestId, RequestState, Store

DUTY = "scheduler"  # whoever holds it does errands
LOOK_S = 0.5  # how often requests are looked for, and how often progress is shown
KEPT = timedelta(days=1)

log = structlog.get_logger(__name__)


class ErrandKind(StrEnum):
    """What can be asked."""

    UPDATE = "update"
    SEND = "send"


class Errands:
    """Does what is asked, one request at a time, and reports in the request's row."""

    def __init__(self, store: Store, updater: Updater, lanes: Sequence[Lane], now: Callable[[], datetime]) -> None:
        self._store = store
        self._updater = updater
        self._lanes = lanes
        self._now = now
        self._stopping = Flag()
        self._stopped = False

    async def run(self) -> None:
        """Look for requests until `stop`."""
        while not self._stopped:
            try:
                request = await self._store.requests.take()
                if request is not None:
                    await self._store.requests.clean(self._now() - KEPT)
                    await self._do(request)
                    continue
            except StoreUnavailable as error:
                log.warning("errand.postponed", error=str(error))
            await self._stopping.wait(0, LOOK_S)

    def stop(self) -> None:
        """Take no further request."""
        self._stopped = True
        self._stopping.set()

    async def _do(self, request: Request) -> None:
        try:
            done = replace(request, state=RequestState.DONE, result=await self._result(request))
        except PlacementAlertsError as error:
            done = replace(request, state=RequestState.FAILED, progress=str(error))
        except Exception:  # bulkhead: one errand's run
            log.exception("errand.crashed", kind=request.kind)
            done = replace(request, state=RequestState.FAILED, progress="the running process has a bug; see its log")
        await self._report(done)

    async def _result(self, request: Request) -> dict[str, Any]:
        match ErrandKind(request.kind):
            case ErrandKind.UPDATE:
                return await update_all(self._updater, request.args.get("source"))
            case ErrandKind.SEND:
                return await self._send(request)

    async def _report(self, done: Request) -> None:
        """Report the end, however long the store is away: somebody waits for it."""
        while not self._stopped:
            try:
                return await self._store.requests.report(done)
            except StoreUnavailable as error:
                log.warning("errand.not_reported", error=str(error))
            await self._stopping.wait(0, LOOK_S)
        return await self._store.requests.report(done)

    async def _send(self, request: Request) -> dict[str, Any]:
        wanted = request.args.get("channel")
        lanes = [lane for lane in self._lanes if wanted in (None, lane.channel.name)]
        if not lanes:
            raise ConfigError([f"the running process does not send on {wanted or 'any channel'}; see its settings"])
        before = await sent_and_failed(self._store, lanes)
        for lane in lanes:
            lane.flag.set()
        while not self._stopped and (waiting := await due_now(self._store, lanes, self._now())):
            await self._store.requests.report(replace(request, progress=f"{waiting} due"))
            await self._stopping.wait(0, LOOK_S)
        return difference(before, await sent_and_failed(self._store, lanes), lanes)


async def update_all(updater: Updater, only: str | None) -> dict[str, Any]:
    """Poll the sources (or the one that is named) and return their reports.

    Raises StoreBusy if one is busy, ConfigError if this process started without it.
    """
    names = [only] if only else sorted(updater.sources)
    if not set(names) <= set(updater.sources):
        raise ConfigError([f"{only} was not configured when the running process started; start it again"])
    return {name: asdict(await updater.update(name)) for name in names}


async def due_now(store: Store, lanes: Sequence[Lane], now: datetime) -> int:
    """Return how many deliveries wait on channels where something is due or under way; 0: nothing more can be done."""
    counts = await store.deliveries.counts()
    waiting = 0
    for name in (lane.channel.name for lane in lanes):
        next_due = await store.deliveries.next_due(name)
        if counts.get((name, DeliveryState.SENDING), 0) or (next_due is not None and next_due <= now):
            waiting += sum(counts.get((name, state), 0) for state in (*WAITING, DeliveryState.SENDING))
    return waiting


async def sent_and_failed(store: Store, lanes: Sequence[Lane]) -> Mapping[str, tuple[int, int]]:
    """Return (sent, failed) for each lane's channel so far."""
    counts = await store.deliveries.counts()
    good = (DeliveryState.SENT, DeliveryState.SEEN)
    bad = (DeliveryState.REFUSED, DeliveryState.DEAD)
    return {
        name: (sum(counts.get((name, s), 0) for s in good), sum(counts.get((name, s), 0) for s in bad))
        for name in (lane.channel.name for lane in lanes)
    }


def difference(
    before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]], lanes: Sequence[Lane]
) -> dict[str, Any]:
    """Return the result of `send` in the existing bot's shape (reference/existing-interface.md, section 3)."""
    sent = sum(after[name][0] - before[name][0] for name in after)
    failed = sum(after[name][1] - before[name][1] for name in after)
    channels = [lane.channel.name for lane in lanes]
    return {"total": sent + failed, "sent": sent, "failed": failed, "channels": channels}


async def ask(
    store: Store, kind: ErrandKind, args: Mapping[str, Any], now: datetime, show: Callable[[str], None]
) -> Request:
    """Ask the running process and wait for the end, showing its progress. Returns the request, DONE or FAILED.

    FAILED too if the process that does errands ends meanwhile: what it had taken nobody finishes.
    """
    doer = await store.processes.holder(DUTY)
    request = Request(RequestId(secrets.token_hex(8)), kind, args, RequestState.ASKED, now)
    await store.requests.ask(request)
    while True:
        found = await store.requests.get(request.id)
        if found is None or found.state in (RequestState.DONE, RequestState.FAILED):
            return found or replace(request, state=RequestState.FAILED, progress="the request was forgotten")
        if doer is not None and not await _works_still(store, doer):
            return replace(found, state=RequestState.FAILED, progress="the running process ended meanwhile; ask again")
        if found.progress:
            show(found.progress)
        await asyncio.sleep(LOOK_S)


async def _works_still(store: Store, doer: OwnerId) -> bool:
    return await store.processes.holder(DUTY) == doer and await somebody_runs(store)
