"""What the office is told beforehand about whom a notice reaches."""

from collections import Counter

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import Audience
from placement_alerts.core.student import OffReason
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_draft
from tests.pipeline.conftest import Hand, Works


@pytest.fixture
def office(store: Store, now: Hand) -> Office:
    return Office(store, Flag(), now, [YEAR, "202627"])


async def a_mixed_population(works: Works) -> None:
    """Students, of more than one page, of all branches, channels, years and states; some with a number."""
    students, secret = works.store.students, await works.store.secret(ENROLLMENTS)
    for number in range(250):
        _, student = await students.join(
            "telegram", str(number + 1), "202627" if number % 11 == 0 else YEAR, {}, works.now()
        )
        branch = (None, "CSE", "ECE", "IT")[number % 4]
        await students.set_profile(student.id, student.year, branch, None)
        if number % 3 == 0:
            await students.attach(student.id, "webpush", f"https://push.example/{number}", works.now())
        if number % 7 == 0:
            await students.switch_off(student.addresses[0].id, OffReason.BLOCKED)
        if number % 5 == 0:
            await students.enroll(student.id, enrollment_key(str(22_100_000 + number), secret), "000")


@pytest.mark.parametrize(
    ("audience", "numbers"),
    [
        (Audience(), ()),
        (Audience(branches=("CSE", "IT")), ()),
        (Audience(branches=("CSE",), channels=("webpush",)), ("22100010", "22100011")),
        (Audience(only_named=True), tuple(str(22_100_000 + number) for number in range(300))),
        (Audience(channels=("nothing",)), ("22100000",)),
    ],
)
async def test_the_preview_says_what_planning_does(
    works: Works, office: Office, audience: Audience, numbers: tuple[str, ...]
) -> None:
    await a_mixed_population(works)

    reach = await office.reach(YEAR, audience, numbers)
    notice = await office.publish(a_draft(audience=audience, enrollments=numbers))
    await works.planner.run_once()

    assert notice is not None
    rows = await works.rows(notice.id)
    due = [row for row in rows if row.state is DeliveryState.DUE]
    unreached = [row for row in rows if row.reason.startswith(("no address is on", "has no address"))]
    assert reach.by_channel == dict(Counter(row.channel for row in due))
    assert reach.concerned == len({row.student_id for row in due})
    assert reach.unreachable == len({row.student_id for row in unreached})
    assert reach.students == 227


async def test_the_preview_tells_named_students_and_unknown_branches(works: Works, office: Office) -> None:
    first, second = await works.join(1, 2)
    await works.store.students.set_profile(first.id, YEAR, "CSE", None)
    await works.store.students.enroll(
        second.id, enrollment_key("22103998", await works.store.secret(ENROLLMENTS)), "998"
    )

    reach = await office.reach(YEAR, Audience(branches=("CSE",)), ["22103998", "22103999", "nonsense"])

    assert (reach.students, reach.concerned, reach.named, reach.unknown_branch) == (2, 2, 1, 1)
