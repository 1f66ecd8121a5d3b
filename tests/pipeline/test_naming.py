"""The personal alert: who gave their number is told first and personally, and nobody else learns it."""

from types import SimpleNamespace
from typing import Any, cast

from placement_alerts.core.delivery import Priority
from placement_alerts.core.eligibility import deliveries_for
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind
from placement_alerts.core.student import OffReason, Student
from placement_alerts.pipeline.planning import ENROLLMENTS, PAGE, Planner
from placement_alerts.store.base import Claim, Store
from tests.builders import a_notice, after, facts
from tests.pipeline.conftest import ME, Works

MEERA, RAVI = "22103998", "22104001"
HEADING = "🎯 You are on the list"


def shortlist(*numbers: str, **values: Any) -> Facts:
    students = tuple(ListedStudent(name=f"Student {number}", enrollment=number) for number in numbers)
    return facts(**({"kind": NoticeKind.SHORTLIST, "deadline": None, "students": students} | values))


async def enroll(works: Works, student: Student, number: str) -> None:
    key = enrollment_key(number, await works.store.secret(ENROLLMENTS))
    assert await works.store.students.enroll(student.id, key, number[-3:])


async def test_only_the_listed_student_sees_the_heading(works: Works) -> None:
    meera, ravi, _ = await works.join(1, 2, 3)
    await enroll(works, meera, MEERA)
    await enroll(works, ravi, RAVI)
    listed = shortlist(MEERA, event_at=after(hours=3), venue="LT-1")

    await works.publish(a_notice(title="Round 1", facts=listed, text=f"Selected:\nMeera {MEERA}\nDev 22104777"))
    await works.carry()

    (hers,), (his,), (theirs,) = works.texts(1), works.texts(2), works.texts(3)
    assert hers.splitlines()[:3] == [HEADING, "When: Mon 10 Nov 2025, 3:00 PM IST", "Venue: LT-1"]
    assert his == theirs
    assert his.splitlines()[0] == "Round 1"
    assert "You are" not in his
    assert not any(number in text for number in (MEERA, "22104777") for text in (hers, his))


async def test_a_listed_student_of_another_year_is_told(works: Works) -> None:
    (meera,) = await works.join(1, year="202627")
    await enroll(works, meera, MEERA)

    await works.publish(a_notice(facts=shortlist(MEERA)))
    await works.carry()

    assert works.texts(1)[0].startswith(HEADING)


async def test_who_stopped_is_not_told(works: Works) -> None:
    (meera,) = await works.join(1)
    await enroll(works, meera, MEERA)
    await works.store.students.switch_off(meera.addresses[0].id, OffReason.STOPPED)

    await works.publish(a_notice(facts=shortlist(MEERA)))
    await works.carry()

    assert works.texts(1) == []


async def test_nobody_is_told_of_an_archived_list(works: Works) -> None:
    (meera,) = await works.join(1)
    await enroll(works, meera, MEERA)

    await works.publish(a_notice(facts=shortlist(MEERA), archived=True))

    assert await works.rows() == []


async def test_listed_students_are_claimed_before_everybody_else(works: Works) -> None:
    *_, last = await works.join(*range(1, 30))
    await enroll(works, last, MEERA)

    await works.publish(a_notice(facts=shortlist(MEERA)))

    (first,) = await works.store.deliveries.exchange([], Claim("telegram", ME, "t", 1, works.now()))
    assert (first.student_id, first.personal, first.priority) == (last.id, True, Priority.URGENT)


async def test_who_is_newly_listed_by_a_small_change_is_told_with_a_sound_and_once(works: Works) -> None:
    meera, ravi = await works.join(1, 2)
    await enroll(works, meera, MEERA)
    await enroll(works, ravi, RAVI)
    await works.publish(a_notice(title="Round 1", facts=shortlist(MEERA)))
    await works.carry()

    for revision in (2, 3):
        await works.publish(a_notice(revision=revision, title="Round 1", facts=shortlist(MEERA, RAVI)))
        await works.carry()

    edited, line = works.texts(2)
    assert edited.startswith(HEADING)
    assert line.splitlines() == [HEADING, "Round 1"]
    assert not works.telegram.world.chats[2].messages[max(works.telegram.world.chats[2].messages)].silent
    (hers,) = works.texts(1)
    assert hers.startswith(HEADING)


async def test_who_drops_off_a_list_reads_it_without_the_heading_and_is_told_nothing(works: Works) -> None:
    meera, elsewhere = (*await works.join(1), *await works.join(2, year="202627"))
    await enroll(works, meera, MEERA)
    await enroll(works, elsewhere, RAVI)
    await works.publish(a_notice(title="Round 1", facts=shortlist(MEERA, RAVI)))
    await works.carry()

    await works.publish(a_notice(revision=2, title="Round 1", facts=shortlist("22103111")))
    await works.carry()

    assert [text.splitlines()[0] for chat in (1, 2) for text in works.texts(chat)] == ["Round 1", "Round 1"]


async def test_a_withdrawn_list_is_struck_through_for_whom_it_named(works: Works) -> None:
    (meera,) = await works.join(1, year="202627")
    await enroll(works, meera, MEERA)
    await works.publish(a_notice(facts=shortlist(MEERA)))
    await works.carry()

    gone: dict[str, Any] = {"withdrawn": True, "announcement": "Withdrawn by the placement office", "matters": True}
    await works.publish(a_notice(revision=2, facts=shortlist(MEERA), **gone))
    await works.carry()

    edited, line = works.texts(1)
    assert edited.startswith("🚫 Withdrawn")
    assert line.startswith("🔔 Withdrawn")


async def test_a_listed_student_whose_row_a_crash_left_behind_gets_no_second_one(works: Works) -> None:
    meera, _ = await works.join(1, 2)
    await enroll(works, meera, MEERA)
    notice = a_notice(facts=shortlist(MEERA))
    await works.store.deliveries.plan(list(deliveries_for(notice, meera, [], works.now(), listed=True)))

    await works.publish(notice)

    assert sorted((row.target, row.personal) for row in await works.rows()) == [("1", True), ("2", False)]


class Counted:
    """A repository whose calls are counted."""

    def __init__(self, repository: object) -> None:
        self._repository = repository
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._repository, name)


async def test_a_list_of_ten_thousand_costs_a_query_a_page(works: Works) -> None:
    meera, _ = await works.join(1, 2)
    await enroll(works, meera, "22109999")
    numbers = [str(22100000 + index) for index in range(10_000)]
    students, deliveries = Counted(works.store.students), Counted(works.store.deliveries)
    parts = SimpleNamespace(
        notices=works.store.notices, students=students, deliveries=deliveries, secret=works.store.secret
    )
    await works.store.notices.save(a_notice(facts=shortlist(*numbers)))

    await Planner(cast("Store", parts), works.lanes, works.showing, works.now).run_once()

    assert [row.personal for row in await works.rows()].count(True) == 1
    assert students.calls <= len(numbers) / PAGE + 5
    assert deliveries.calls <= 5
