"""Planning: turns a stored revision into a delivery for each address it goes to, and a reason for everybody else."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.eligibility import deliveries_for, enrollment_numbers
from placement_alerts.core.enrollment import enrollment_key
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
ENROLLMENTS = "enrollment"  # name of the secret that enrollment keys are made with

log = structlog.get_logger(__name__)


class Planner:
    """Plans whatever is not planned yet; safe to stop anywhere and to start again.

    tell: awaited with each revision before it counts as planned; may be called twice for one.
    """

    def __init__(
        self,
        store: Store,
        lanes: Sequence[Lane],
        showing: Showing,
        now: Callable[[], datetime],
        tell: Callable[[Notice], Awaitable[None]] | None = None,
    ) -> None:
        self.flag = Flag()
        self._tell = tell
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
        plan = _Plan(notice, [past for past in before if past.revision < notice.revision])
        await self._plan_named(plan)
        await self._plan_year(plan)
        if self._tell is not None:
            await self._tell(notice)
        await self._store.notices.mark_planned(notice.id, notice.revision)
        log.info(
            "notice.planned", notice=notice.id, revision=notice.revision, deliveries=plan.stored, urgent=notice.urgent
        )

    async def _plan_named(self, plan: "_Plan") -> None:
        """Plan for the students whom the notice names or named, of whatever year, before anybody else."""
        secret: bytes | None = None
        for is_current, numbers in _number_pages(plan):
            secret = secret or await self._store.secret(ENROLLMENTS)
            keys = [enrollment_key(number, secret) for number in numbers]
            if is_current:
                plan.listed.update(keys)
            await self._plan_page(plan, partial(self._store.students.by_enrollments, keys))

    async def _plan_year(self, plan: "_Plan") -> None:
        after: StudentId | None = None
        while page := await self._plan_page(plan, partial(self._store.students.of_year, plan.notice.year, after, PAGE)):
            after = page[-1].id

    async def _plan_page(self, plan: "_Plan", read: Callable[[], Awaitable[list[Student]]]) -> list[Student]:
        """Plan for the students that `read` returns, and return them."""
        students = await read()
        if students:
            plan.stored += await self._store.deliveries.plan(await self._rows(plan, students))
            await self._close_switched_off(students, await read())
            for lane in self._lanes:
                lane.flag.set()
        await asyncio.sleep(0)  # a large year leaves room for others between pages
        return students

    async def _close_switched_off(self, planned: Sequence[Student], students: Sequence[Student]) -> None:
        """Close the addresses that were switched off while we planned: what waited was closed before our rows came."""
        on = {address.id for student in planned for address in student.addresses if address.off is None}
        for address in (address for student in students for address in student.addresses):
            if address.off is not None and address.id in on:
                await self._store.deliveries.close_address(address.id, address.off.value, self._now())

    async def _rows(self, plan: "_Plan", students: Sequence[Student]) -> list[Delivery]:
        notice = plan.notice
        earlier: dict[StudentId, list[Delivery]] = defaultdict(list)
        if notice.revision > 1:
            for row in await self._store.deliveries.of_students(notice.id, [student.id for student in students]):
                if row.revision < notice.revision:
                    earlier[row.student_id].append(row)
        now = self._now()
        return [
            row
            for student in students
            for row in deliveries_for(
                notice, student, earlier[student.id], now, plan.before, listed=student.enrollment_key in plan.listed
            )
        ]


@dataclass(slots=True)
class _Plan:
    """The planning of one revision. before: earlier ones, oldest first. stored: deliveries so far.

    listed: enrollment keys of the students whom this revision names.
    """

    notice: Notice
    before: Sequence[Notice]
    listed: set[str] = field(default_factory=set)
    stored: int = 0


def _number_pages(plan: _Plan) -> Iterator[tuple[bool, list[str]]]:
    """Yield pages of the numbers that this revision lists (True), then of those that only earlier ones do (False)."""
    met: set[str] = set()
    for notice in (plan.notice, *reversed(plan.before)):
        students = notice.facts.students
        for start in range(0, len(students), PAGE):
            numbers = [one for one in enrollment_numbers(students[start : start + PAGE]) if one not in met]
            if numbers:
                met.update(numbers)
                yield notice is plan.notice, numbers
