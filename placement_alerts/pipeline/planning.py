"""Planning: turns a stored revision into a delivery for each address it goes to, and a reason for everybody else."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.eligibility import deliveries_for
from placement_alerts.core.notice import Notice
from placement_alerts.core.student import Student, StudentId
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.showing import Showing
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

PAGE = 200  # students judged and stored at once: bounds memory, and what one turn of the loop costs
BATCH = 20  # revisions planned before `run_once` returns
IDLE_S = 1.0

log = structlog.get_logger(__name__)


class Planner:
    """Plans whatever is not planned yet; safe to stop anywhere and to start again."""

    def __init__(self, store: Store, lanes: Sequence[Lane], showing: Showing, now: Callable[[], datetime]) -> None:
        self.flag = Flag()
        self._store = store
        self._lanes = lanes
        self._showing = showing
        self._now = now
        self._stopping = False

    async def run(self) -> None:
        """Plan until `stop`."""
        while not self._stopping:
            since = self.flag.count
            try:
                planned = await self.run_once()
            except StoreUnavailable as error:
                log.warning("planning.postponed", error=str(error))
                planned = 0
            if planned == 0:
                await self.flag.wait(since, IDLE_S)

    def stop(self) -> None:
        """Begin no further notice."""
        self._stopping = True
        self.flag.set()

    async def run_once(self) -> int:
        """Plan what is stored now, urgent notices first; return how many revisions were planned."""
        planned = 0
        while planned < BATCH and not self._stopping and (notices := await self._store.notices.unplanned(1)):
            await self._plan(notices[0])  # one at a time: an urgent one that is stored meanwhile is next
            planned += 1
        return planned

    async def _plan(self, notice: Notice) -> None:
        self._showing.forget(notice.id)
        if notice.revision > 1:
            closing = DeliveryState.WITHDRAWN if notice.withdrawn else DeliveryState.SUPERSEDED
            await self._store.deliveries.close_waiting(notice.id, notice.revision, closing)
        before = await self._store.notices.revisions(notice.id) if notice.revision > 1 else []
        before = [past for past in before if past.revision < notice.revision]
        planned, after = 0, None
        while students := await self._store.students.of_year(notice.year, after, PAGE):
            planned += await self._store.deliveries.plan(await self._rows(notice, students, before))
            await self._close_switched_off(students, await self._store.students.of_year(notice.year, after, PAGE))
            after = students[-1].id
            for lane in self._lanes:
                lane.flag.set()
            await asyncio.sleep(0)  # a large year leaves room for others between pages
        await self._store.notices.mark_planned(notice.id, notice.revision)
        log.info("notice.planned", notice=notice.id, revision=notice.revision, deliveries=planned, urgent=notice.urgent)

    async def _close_switched_off(self, planned: Sequence[Student], students: Sequence[Student]) -> None:
        """Close the addresses that were switched off while we planned: what waited was closed before our rows came."""
        on = {address.id for student in planned for address in student.addresses if address.off is None}
        for address in (address for student in students for address in student.addresses):
            if address.off is not None and address.id in on:
                await self._store.deliveries.close_address(address.id, address.off.value, self._now())

    async def _rows(self, notice: Notice, students: Sequence[Student], before: Sequence[Notice]) -> list[Delivery]:
        earlier: dict[StudentId, list[Delivery]] = defaultdict(list)
        if notice.revision > 1:
            for row in await self._store.deliveries.of_students(notice.id, [student.id for student in students]):
                if row.revision < notice.revision:
                    earlier[row.student_id].append(row)
        now = self._now()
        return [
            row for student in students for row in deliveries_for(notice, student, earlier[student.id], now, before)
        ]
