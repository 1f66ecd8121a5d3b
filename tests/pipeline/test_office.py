import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.draft import DraftId
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import Audience, NoticeId
from placement_alerts.core.student import OffReason
from placement_alerts.errors import NotFound, NotPossible, StoreUnavailable
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.office_text import to_html
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_draft, a_notice, after
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


async def test_a_draft_waits_for_its_hour(office: Office, store: Store, now: Hand) -> None:
    assert await office.publish(a_draft(publish_at=after(hours=2))) is None
    assert await office.run_once() == 0

    now.turn(hours=2)

    assert await office.run_once() == 1
    assert [one.published_at for one in await store.notices.latest(YEAR, 10)] == [after(hours=2)]
    assert await store.drafts.all(10) == []


async def test_scheduling_twice_keeps_one_draft(office: Office, store: Store) -> None:
    draft = a_draft(publish_at=after(hours=2))
    await office.publish(draft)
    await office.publish(draft)

    assert await store.drafts.all(10) == [draft]


async def test_draft_that_is_asked_for_again_when_its_hour_has_come_is_published_once(
    office: Office, store: Store, now: Hand
) -> None:
    draft = a_draft(publish_at=after(hours=2))
    await office.publish(draft)
    now.turn(hours=2)

    notice = await office.publish(draft)

    assert notice is not None
    assert await office.run_once() == 0
    assert await store.notices.latest(YEAR, 10) == [notice]


async def test_the_run_publishes_a_draft_when_its_hour_comes(office: Office, stored: Flag, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.run())
        now.turn(hours=2)
        office.flag.set()
        await stored.wait(0, 5)
        office.stop()

    assert stored.count == 1


async def test_a_draft_is_changed_from_the_version_that_was_read(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    changed = a_draft(version=2, title="Open on Friday", publish_at=after(hours=3))
    await office.publish(changed)

    with pytest.raises(NotPossible, match="changed meanwhile"):
        await office.publish(changed.model_copy(update={"title": "Somebody else's"}))

    assert await store.drafts.get(DraftId("d1")) == changed


async def test_a_scheduled_draft_can_be_published_now(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))

    notice = await office.publish(a_draft(version=2, title="Open on Friday"))

    assert notice is not None
    assert (notice.title, await store.drafts.all(10)) == ("Open on Friday", [])


async def test_publishing_an_old_version_now_is_refused(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    await office.publish(a_draft(version=2, publish_at=after(hours=3)))

    with pytest.raises(NotPossible, match="changed meanwhile"):
        await office.publish(a_draft(version=2))

    assert await store.notices.latest(YEAR, 10) == []


async def test_a_draft_whose_hour_has_come_is_not_changed_any_more(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    with pytest.raises(NotPossible, match="being published"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_a_change_of_a_published_draft_is_refused(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)
    await office.run_once()

    with pytest.raises(NotPossible, match="was published; change the notice instead"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_a_draft_that_is_given_up_is_never_published(office: Office, store: Store, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))

    assert await office.give_up(DraftId("d1"))
    now.turn(hours=3)

    assert (await office.run_once(), await store.drafts.all(10), await store.notices.latest(YEAR, 10)) == (0, [], [])


async def test_a_change_of_a_draft_that_was_given_up_is_refused(office: Office) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    await office.give_up(DraftId("d1"))

    with pytest.raises(NotPossible, match="given up"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_what_is_published_or_unknown_cannot_be_given_up(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    assert not await office.give_up(DraftId("d1"))
    assert not await office.give_up(DraftId("unknown"))


class Killed(Exception):
    pass


class Dies:
    """The real drafts; the process dies before a draft is removed."""

    def __init__(self, drafts: Any) -> None:
        self._drafts = drafts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drafts, name)

    async def remove(self, draft_id: DraftId) -> bool:
        raise Killed


def parts_of(store: Store, drafts: Any) -> Store:
    return cast(
        "Store", SimpleNamespace(notices=store.notices, students=store.students, drafts=drafts, secret=store.secret)
    )


async def test_a_kill_between_notice_and_draft_leaves_exactly_one_notice(store: Store, now: Hand) -> None:
    office = Office(store, Flag(), now, [YEAR])
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    with pytest.raises(Killed):
        await Office(parts_of(store, Dies(store.drafts)), Flag(), now, [YEAR]).run_once()
    assert (len(await store.notices.latest(YEAR, 10)), len(await store.drafts.all(10))) == (1, 1)
    now.turn(minutes=1)
    await office.run_once()

    assert [one.revision for one in await store.notices.latest(YEAR, 10)] == [1]
    assert await store.drafts.all(10) == []


class Meanwhile:
    """The real drafts; after the due ones are read, somebody else acts."""

    def __init__(self, drafts: Any, act: Any) -> None:
        self._drafts = drafts
        self._act = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drafts, name)

    async def due(self, *given: Any) -> Any:
        found = await self._drafts.due(*given)
        await self._act()
        return found


async def test_a_change_that_comes_just_before_the_hour_is_what_is_published(
    office: Office, store: Store, now: Hand
) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    async def change() -> None:
        changed = a_draft(version=2, title="Last word", publish_at=after(hours=2))
        await store.drafts.save(changed)

    late = Office(parts_of(store, Meanwhile(store.drafts, change)), Flag(), now, [YEAR])
    assert await late.run_once() == 0
    await office.run_once()

    assert [one.title for one in await store.notices.latest(YEAR, 10)] == ["Last word"]


async def test_one_draft_that_cannot_be_published_does_not_stop_the_others(store: Store, now: Hand) -> None:
    both = Office(store, Flag(), now, [YEAR, "202627"])
    await both.publish(a_draft("d1", year="202627", publish_at=after(hours=1)))
    await both.publish(a_draft("d2", publish_at=after(hours=2)))
    now.turn(hours=2)

    office = Office(store, Flag(), now, [YEAR])  # the year was taken out of the settings

    assert (await office.run_once(), await office.run_once()) == (1, 0)
    assert [one.id for one in await store.drafts.all(10)] == ["d1"]


class Away:
    """Drafts of a store that does not answer."""

    def __init__(self, asked: Flag) -> None:
        self.asked = asked

    async def due(self, *given: Any) -> Any:
        self.asked.set()
        raise StoreUnavailable("away")


async def test_the_run_outlives_a_store_that_is_away(store: Store, now: Hand) -> None:
    asked = Flag()
    office = Office(parts_of(store, Away(asked)), Flag(), now, [YEAR])
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.run())
        await asked.wait(0, 5)
        since = asked.count
        office.flag.set()
        await asked.wait(since, 5)
        office.stop()

    assert asked.count >= 2


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


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://a.example/pixel.png)",
        "<b onclick=x>y</b>",
    ],
)
def test_what_the_office_writes_brings_no_script_and_no_picture(text: str) -> None:
    html = to_html(text)

    assert not {"<script", "<img", "<b", 'href="javascript'} & {html[at:].split(" ")[0] for at in range(len(html))}
    assert 'href="javascript' not in html


def test_the_office_writes_lists_tables_and_links() -> None:
    html = to_html("- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n\n[form](https://a.example/)")

    assert ("<li>a</li>" in html, "<td>1</td>" in html, 'href="https://a.example/"' in html) == (True, True, True)


@pytest.mark.parametrize("piece", ["[", "*a ", ">", "`", "- ", "[](", "a**b", "[a](<b", "<", "|a"])
async def test_no_text_takes_long_to_read(piece: str) -> None:
    async with asyncio.timeout(60):  # 0.6 s at most, on a quiet machine and without measuring coverage
        await asyncio.to_thread(to_html, piece * (20_000 // len(piece)))
