"""Notices and their revisions, on both stores."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.job import JobId
from placement_alerts.core.notice import NoticeId, NoticeKind
from placement_alerts.store.base import Store
from tests.builders import NOW, a_job, a_notice, after, facts


async def test_stored_notice_comes_back_as_it_was(store: Store) -> None:
    notice = a_notice(job=a_job(), author=None, announcement="Deadline moved", urgent=True, public=True)

    assert await store.notices.save(notice)

    assert await store.notices.get(notice.id) == notice


async def test_unknown_notice_is_none(store: Store) -> None:
    assert await store.notices.get(NoticeId("none")) is None
    assert await store.notices.revisions(NoticeId("none")) == []


async def test_every_revision_is_kept_and_the_newest_is_current(store: Store) -> None:
    revisions = [a_notice(revision=number, title=f"Title {number}") for number in (1, 2, 3)]
    for notice in revisions:
        await store.notices.save(notice)

    assert await store.notices.revisions(NoticeId("n1")) == revisions
    assert await store.notices.get(NoticeId("n1")) == revisions[2]


async def test_the_same_revision_again_changes_nothing(store: Store) -> None:
    await store.notices.save(a_notice(title="first"))

    assert not await store.notices.save(a_notice(title="second"))

    assert [notice.title for notice in await store.notices.revisions(NoticeId("n1"))] == ["first"]


async def test_an_older_revision_changes_nothing(store: Store) -> None:
    await store.notices.save(a_notice(revision=3))

    assert not await store.notices.save(a_notice(revision=2))

    assert [notice.revision for notice in await store.notices.revisions(NoticeId("n1"))] == [3]
    assert [notice.revision for notice in await store.notices.unplanned(9)] == [3]


async def test_fifty_concurrent_savers_of_one_revision_store_it_once(store: Store) -> None:
    async with asyncio.TaskGroup() as savers:
        answers = [savers.create_task(store.notices.save(a_notice(title=f"by {n}"))) for n in range(50)]

    assert sum(answer.result() for answer in answers) == 1
    assert len(await store.notices.revisions(NoticeId("n1"))) == 1


async def test_times_are_kept_as_aware_utc_cut_to_the_millisecond(store: Store) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    await store.notices.save(a_notice(published_at=datetime(2025, 11, 10, 12, 0, 0, 123_999, tzinfo=india)))

    stored = await store.notices.get(NoticeId("n1"))

    assert stored is not None
    assert stored.published_at == datetime(2025, 11, 10, 6, 30, 0, 123_000, tzinfo=UTC)
    assert stored.published_at.tzinfo is UTC


async def test_emoji_nulls_and_a_megabyte_of_text_survive(store: Store) -> None:
    notice = a_notice(title="🎓 \u0000 नौकरी ₹ \u2028 'quoted\" $where {}", text="é🎉" * 250_000, html="x" * 1_000_000)
    await store.notices.save(notice)

    assert await store.notices.get(notice.id) == notice


async def test_latest_are_newest_published_first_and_of_the_year(store: Store) -> None:
    for name, hours, year in [("a", 1, "202526"), ("b", 3, "202425"), ("c", 2, "202526")]:
        await store.notices.save(a_notice(name, published_at=after(hours=hours), year=year))

    assert [notice.id for notice in await store.notices.latest(None, 9)] == ["b", "c", "a"]
    assert [notice.id for notice in await store.notices.latest("202526", 9)] == ["c", "a"]
    assert [notice.id for notice in await store.notices.latest(None, 1)] == ["b"]


async def test_notices_of_a_job_are_found_oldest_first_by_their_current_revision(store: Store) -> None:
    await store.notices.save(a_notice("late", job=a_job("jp-1"), published_at=after(hours=2)))
    await store.notices.save(a_notice("early", job=a_job("jp-1"), published_at=NOW))
    await store.notices.save(a_notice("moved", job=a_job("jp-1")))
    await store.notices.save(a_notice("moved", revision=2, job=a_job("jp-2")))

    assert [notice.id for notice in await store.notices.of_job(JobId("jp-1"))] == ["early", "late"]
    assert [notice.revision for notice in await store.notices.of_job(JobId("jp-2"))] == [2]


async def test_unplanned_are_urgent_first_then_oldest_stored(store: Store) -> None:
    await store.notices.save(a_notice("new", stored_at=after(hours=2)))
    await store.notices.save(a_notice("old", stored_at=after(hours=1)))
    await store.notices.save(a_notice("urgent", stored_at=after(hours=3), urgent=True))

    assert [notice.id for notice in await store.notices.unplanned(9)] == ["urgent", "old", "new"]
    assert [notice.id for notice in await store.notices.unplanned(1)] == ["urgent"]


async def test_archived_notice_counts_as_planned(store: Store) -> None:
    await store.notices.save(a_notice(archived=True))

    assert await store.notices.unplanned(9) == []


async def test_planned_notice_awaits_planning_no_more(store: Store) -> None:
    await store.notices.save(a_notice())

    await store.notices.mark_planned(NoticeId("n1"), 1)
    await store.notices.mark_planned(NoticeId("n1"), 1)

    assert await store.notices.unplanned(9) == []


async def test_revision_that_came_while_its_predecessor_was_planned_stays_unplanned(store: Store) -> None:
    await store.notices.save(a_notice())
    await store.notices.save(a_notice(revision=2))

    await store.notices.mark_planned(NoticeId("n1"), 1)

    assert [notice.revision for notice in await store.notices.unplanned(9)] == [2]


async def test_new_revision_of_a_planned_notice_awaits_planning(store: Store) -> None:
    await store.notices.save(a_notice())
    await store.notices.mark_planned(NoticeId("n1"), 1)

    await store.notices.save(a_notice(revision=2))

    assert [notice.revision for notice in await store.notices.unplanned(9)] == [2]


async def test_counts_are_of_current_revisions_by_kind(store: Store) -> None:
    await store.notices.save(a_notice("a", facts=facts(kind=NoticeKind.OFFER)))
    await store.notices.save(a_notice("a", revision=2, facts=facts(kind=NoticeKind.SHORTLIST)))
    await store.notices.save(a_notice("b", facts=facts(kind=NoticeKind.SHORTLIST), archived=True))

    assert await store.notices.counts() == {"shortlist": 2}


def test_cutting_to_the_millisecond_never_rounds_up() -> None:
    assert to_utc_ms(NOW.replace(microsecond=999_999)).microsecond == 999_000
