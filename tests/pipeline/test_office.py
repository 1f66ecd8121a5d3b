"""What the office publishes, changes and withdraws."""

import pytest

from placement_alerts.core.notice import Audience, NoticeId
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_draft, a_notice
from tests.pipeline.conftest import Hand, Works


@pytest.fixture
def stored() -> Flag:
    return Flag()


@pytest.fixture
def office(store: Store, stored: Flag, now: Hand) -> Office:
    return Office(store, stored, now, [YEAR, "202627"])


async def test_a_notice_is_published_at_once_and_planning_is_woken(office: Office, store: Store, stored: Flag) -> None:
    notice = await office.publish(a_draft(text="Come **now**."))

    assert notice is not None
    assert await store.notices.get(notice.id) == notice
    assert (notice.source, notice.html, notice.text) == (
        "office", "<p>Come <strong>now</strong>.</p>\n", "Come now."
    )  # fmt: skip
    assert (stored.count, await store.drafts.all(10)) == (1, [])


async def test_publishing_twice_makes_one_notice(office: Office, store: Store, now: Hand) -> None:
    first = await office.publish(a_draft())
    now.turn(minutes=1)

    assert await office.publish(a_draft()) == first
    assert len(await store.notices.latest(YEAR, 10)) == 1


async def test_a_year_that_does_not_exist_is_refused(office: Office) -> None:
    with pytest.raises(NotPossible, match="no placement year"):
        await office.publish(a_draft(year="199900"))


async def test_a_change_of_a_notice_announces_what_changed(office: Office, now: Hand) -> None:
    notice = await office.publish(a_draft(venue="LT1"))
    assert notice is not None
    now.turn(hours=1)

    revision = await office.revise(notice.id, a_draft(venue="LT2"), 1)

    assert (revision.revision, revision.announcement) == (2, "Venue changed: LT1 → LT2")


async def test_the_same_change_twice_is_one_revision(office: Office, now: Hand) -> None:
    notice = await office.publish(a_draft(venue="LT1"))
    assert notice is not None
    first = await office.revise(notice.id, a_draft(venue="LT2"), 1)

    assert await office.revise(notice.id, a_draft(venue="LT2"), 1) == first


async def test_a_change_of_an_old_revision_is_refused(office: Office) -> None:
    notice = await office.publish(a_draft(venue="LT1"))
    assert notice is not None
    await office.revise(notice.id, a_draft(venue="LT2"), 1)

    with pytest.raises(NotPossible, match="changed meanwhile"):
        await office.revise(notice.id, a_draft(venue="LT3"), 1)


async def test_a_published_notice_stays_in_its_year(office: Office) -> None:
    notice = await office.publish(a_draft())
    assert notice is not None

    with pytest.raises(NotPossible, match="stays in its placement year"):
        await office.revise(notice.id, a_draft(year="202627"), 1)


async def test_only_the_offices_own_notices_are_changed(office: Office, store: Store) -> None:
    await store.notices.save(a_notice())

    with pytest.raises(NotPossible, match="came from superset"):
        await office.revise(NoticeId("n1"), a_draft(), 1)


async def test_an_unknown_notice_is_neither_changed_nor_withdrawn(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.revise(NoticeId("n1"), a_draft(), 1)
    with pytest.raises(NotFound):
        await office.withdraw(NoticeId("n1"))


async def test_a_notice_of_any_source_is_withdrawn_once(office: Office, store: Store, stored: Flag) -> None:
    await store.notices.save(a_notice())

    first = await office.withdraw(NoticeId("n1"))

    assert (first.withdrawn, first.revision) == (True, 2)
    assert await office.withdraw(NoticeId("n1")) == first
    assert stored.count == 1


async def test_a_withdrawn_notice_reaches_who_got_it_and_nobody_else(works: Works, office: Office) -> None:
    got, _ = await works.join(1, 2)
    await works.store.students.set_profile(got.id, YEAR, "CSE", None)
    other = await works.store.students.by_address("telegram", "2")
    assert other is not None
    await works.store.students.set_profile(other.id, YEAR, "ECE", None)
    notice = await office.publish(a_draft(audience=Audience(branches=("CSE",))))
    assert notice is not None
    await works.planner.run_once()
    await works.carry()
    await works.store.students.set_profile(got.id, YEAR, "BT", None)  # they got it, whatever they say they are now

    await office.withdraw(notice.id)
    await works.planner.run_once()
    await works.carry()

    assert "Withdrawn by the placement office" in works.texts(1)[0]
    assert works.texts(2) == []
