from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.eligibility import deliveries_for
from placement_alerts.core.student import OffReason
from placement_alerts.pipeline.planning import Planner
from placement_alerts.store.base import DeliveryFilter, DeliveryRepository, Store
from tests.builders import a_notice, after
from tests.pipeline.conftest import Works

S = DeliveryState


async def test_a_notice_goes_to_its_own_years_students_only(works: Works) -> None:
    await works.join(1)
    await works.join(2, year="202627")

    await works.publish(a_notice())

    assert [row.target for row in await works.rows()] == ["1"]


async def test_planning_again_changes_nothing(works: Works) -> None:
    await works.join(1, 2)
    await works.publish(a_notice())
    before = await works.rows()

    await works.planner.run_once()

    assert await works.store.notices.unplanned(10) == []
    assert await works.rows() == before


async def test_a_plan_that_a_crash_cut_short_is_completed(works: Works) -> None:
    students = await works.join(*range(1, 11))
    notice = a_notice()
    await works.store.notices.save(notice)
    before_the_crash = [row for one in students[:4] for row in deliveries_for(notice, one, [], works.now())]
    await works.store.deliveries.plan(before_the_crash)

    await works.planner.run_once()

    assert sorted(int(row.target) for row in await works.rows()) == list(range(1, 11))
    assert await works.store.notices.unplanned(10) == []


async def test_an_archived_notice_is_planned_for_nobody(works: Works) -> None:
    await works.join(1)

    await works.publish(a_notice(archived=True))

    assert await works.rows() == []


async def test_fifty_old_notices_do_not_reach_who_joins_later(works: Works) -> None:
    for number in range(50):
        await works.publish(a_notice(f"n{number}"))
    works.now.turn(minutes=1)
    await works.join(1)

    await works.publish(a_notice("fresh", title="Fresh", stored_at=after(minutes=2)))
    await works.carry()

    assert [text.splitlines()[0] for text in works.texts(1)] == ["Fresh"]


async def test_every_student_of_the_year_has_a_row_with_a_reason(works: Works) -> None:
    first, second = await works.join(1, 2)
    await works.store.students.switch_off(second.addresses[0].id, OffReason.STOPPED)

    await works.publish(a_notice())

    reasons = {row.student_id: (row.state, row.reason) for row in await works.rows()}
    assert reasons == {
        first.id: (S.DUE, "of the notice's year"),
        second.id: (S.SUPPRESSED, "no address is on: stopped"),
    }


async def test_who_came_back_gets_what_is_stored_from_then_on(works: Works) -> None:
    (student,) = await works.join(1)
    await works.store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)
    await works.store.notices.save(a_notice("missed", stored_at=after(minutes=1)))
    works.now.turn(minutes=2)
    await works.join(1)

    await works.planner.run_once()
    await works.publish(a_notice("next", stored_at=after(minutes=3)))
    await works.carry()

    assert len(works.texts(1)) == 1


async def test_a_year_of_many_pages_is_planned_whole(works: Works) -> None:
    for number in range(1, 1202):
        await works.store.students.join("telegram", str(number), "202526", {}, works.now())

    await works.publish(a_notice())

    assert sum((await works.store.deliveries.counts()).values()) == 1201


class Meanwhile:
    """The real deliveries; just before rows are planned, something else happens once."""

    def __init__(self, deliveries: DeliveryRepository, what: Callable[[], Awaitable[object]]) -> None:
        self._deliveries = deliveries
        self._what: Callable[[], Awaitable[object]] | None = what

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deliveries, name)

    async def plan(self, rows: Sequence[Delivery]) -> int:
        what, self._what = self._what, None
        if what is not None:
            await what()
        return await self._deliveries.plan(rows)


def planner_with(works: Works, what: Callable[[], Awaitable[object]]) -> Planner:
    """Return a planner that is overtaken by `what` between reading the students and storing their rows."""
    deliveries = Meanwhile(works.store.deliveries, what)
    parts = SimpleNamespace(notices=works.store.notices, students=works.store.students, deliveries=deliveries)
    return Planner(cast("Store", parts), works.lanes, works.showing, works.now)


async def test_who_stops_while_a_notice_is_planned_does_not_get_it(works: Works) -> None:
    first, _ = await works.join(1, 2)
    await works.store.notices.save(a_notice())

    async def stop() -> None:
        await works.store.students.switch_off(first.addresses[0].id, OffReason.STOPPED)
        await works.store.deliveries.close_address(first.addresses[0].id, "stopped", works.now())

    await planner_with(works, stop).run_once()
    await works.carry()

    assert (works.texts(1), len(works.texts(2))) == ([], 1)


async def test_an_urgent_notice_that_is_stored_while_others_are_planned_is_next(works: Works) -> None:
    await works.join(1)
    for number in range(5):
        await works.store.notices.save(a_notice(f"n{number}"))
    works.now.turn(seconds=1)

    async def publish() -> None:
        await works.store.notices.save(a_notice("urgent", urgent=True))
        works.now.turn(seconds=1)

    planner = planner_with(works, publish)
    await planner.run_once()

    rows = await works.store.deliveries.find(DeliveryFilter(), None, 10)
    assert len(rows) == 6
    assert [row.notice_id for row in sorted(rows, key=lambda row: (row.planned_at, row.priority))][1] == "urgent"


async def test_a_revision_that_is_stored_while_its_predecessor_is_planned_is_planned_too(works: Works) -> None:
    await works.join(1)
    await works.store.notices.save(a_notice())

    async def edit() -> None:
        await works.store.notices.save(a_notice(revision=2, title="Second"))

    await planner_with(works, edit).run_once()
    await works.carry()

    assert [text.splitlines()[0] for text in works.texts(1)] == ["Second"]
