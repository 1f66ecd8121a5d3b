"""What a source lists becomes notices: what is new, what is history, and what is gone."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from placement_alerts.core.item import Rejected
from placement_alerts.core.notice import Notice
from placement_alerts.pipeline.intake import Intake
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import a_job, a_job_item, a_posting, after, fetched
from tests.pipeline.conftest import OPENING, Source


async def test_a_new_posting_is_one_notice_and_is_remembered(source: Source) -> None:
    report = await source.brings(a_posting())

    assert (report.notices, report.archived) == (1, 0)
    assert "notice:nt-1" in await source.store.sources.known("superset")


async def test_the_same_posting_again_is_nothing_new(source: Source) -> None:
    await source.brings(a_posting())

    report = await source.brings(a_posting(modified_at=after(hours=1)))

    assert (report.notices, report.revised, report.unchanged) == (0, 0, 1)
    assert (await source.the_notice()).revision == 1


async def test_a_crash_before_remembering_makes_nothing_twice(source: Source) -> None:
    await source.brings(a_posting(), a_job_item(a_job()))
    notices = await source.notices()

    await source.intake.take_in("superset", {}, fetched(a_posting(), a_job_item(a_job())), first=False)

    assert await source.notices() == notices


async def test_an_edit_is_a_revision_that_says_what_changed(source: Source) -> None:
    await source.brings(a_posting(**OPENING))
    edited = OPENING["html"].replace("13 November", "15 November")

    report = await source.brings(a_posting(**OPENING | {"html": edited}, fingerprint="edited"))

    notice = await source.the_notice()
    assert report.revised == 1
    assert notice.announcement == "Deadline moved: 13 Nov 12:00 → 15 Nov 12:00"


async def test_an_edit_of_markup_alone_is_no_revision(source: Source) -> None:
    await source.brings(a_posting())

    await source.brings(a_posting(html="<div>The office is closed on Friday.</div>", fingerprint="edited"))

    assert (await source.the_notice()).revision == 1


async def test_the_first_poll_delivers_nothing_older_than_a_day(source: Source) -> None:
    old, fresh = a_posting("nt-1", published_at=after(hours=-25)), a_posting("nt-2", published_at=after(hours=-1))

    report = await source.brings(old, fresh, first=True)

    assert (report.notices, report.archived) == (2, 1)
    assert [notice.items for notice in await source.store.notices.unplanned(10)] == [("notice:nt-2",)]


async def test_a_job_whose_deadline_is_over_when_it_is_first_seen_is_kept_and_not_announced(source: Source) -> None:
    await source.brings(a_job_item(a_job(deadline=after(hours=-1))))

    assert (await source.the_notice()).archived


async def test_a_posting_that_vanished_from_two_complete_listings_is_withdrawn(source: Source) -> None:
    await source.brings(a_posting())

    first, second, third = [await source.brings() for _ in range(3)]

    assert [first.withdrawn, second.withdrawn, third.withdrawn] == [0, 1, 0]
    assert (await source.the_notice()).withdrawn


async def test_a_posting_is_not_withdrawn_while_its_job_is_listed(source: Source) -> None:
    await source.brings(a_job_item(a_job()), a_posting(**OPENING))

    for _ in range(3):
        await source.brings(also_seen=("job:jp-208",))

    assert not (await source.the_notice()).withdrawn


async def test_what_is_over_may_vanish_without_a_word(source: Source) -> None:
    await source.brings(a_posting())
    source.now.turn(days=15)

    for _ in range(3):
        await source.brings()

    assert not (await source.the_notice()).withdrawn


async def test_a_withdrawn_posting_that_comes_back_is_valid_again(source: Source) -> None:
    await source.brings(a_posting())
    for _ in range(2):
        await source.brings()

    await source.brings(a_posting())

    notice = await source.the_notice()
    assert (notice.withdrawn, notice.announcement) == (False, "Valid again")


async def test_an_incomplete_listing_withdraws_nothing(source: Source) -> None:
    await source.brings(a_posting())

    for _ in range(3):
        await source.brings(complete=frozenset())

    assert not (await source.the_notice()).withdrawn


async def test_half_of_a_listing_gone_is_reported_and_withdraws_nothing(source: Source) -> None:
    await source.brings(*(a_posting(f"nt-{number}") for number in range(10)))

    reports = [await source.brings() for _ in range(3)]

    assert all(report.strange for report in reports)
    assert not any(notice.withdrawn for notice in await source.notices())


async def test_what_could_not_be_read_is_kept_aside_and_counted(source: Source) -> None:
    bad = Rejected(listing="notices", identifier="nt-9", reason="title: not a text")

    report = await source.brings(a_posting(), rejected=(bad,))

    assert (report.notices, report.rejected) == (1, 1)
    assert await source.store.sources.rejected("superset", 10) == [bad]


async def test_whoever_waits_is_woken_when_a_notice_is_stored(source: Source) -> None:
    before = source.stored.count

    await source.brings(a_posting())

    assert source.stored.count > before


async def test_a_job_that_is_over_is_not_announced_by_the_first_poll_either(source: Source) -> None:
    await source.brings(a_job_item(a_job(created_at=None, deadline=after(hours=-1))), first=True)

    assert (await source.the_notice()).archived


async def test_a_first_poll_that_was_cut_short_still_delivers_nothing_old_the_next_time(source: Source) -> None:
    old = [a_posting(f"nt-{number}", published_at=after(days=-number)) for number in (2, 3)]
    await source.intake.take_in("superset", {}, fetched(old[0]), first=True)  # and the rest failed

    await source.brings(*old, first=True)

    assert await source.store.notices.unplanned(10) == []


async def test_a_posting_that_announces_an_archived_job_is_delivered(source: Source) -> None:
    await source.brings(a_job_item(a_job(created_at=after(days=-3))), first=True)
    assert (await source.the_notice()).archived

    await source.brings(a_posting(**OPENING), also_seen=("job:jp-208",))

    assert not (await source.the_notice()).archived


async def test_a_new_job_of_an_archived_posting_is_delivered(source: Source) -> None:
    await source.brings(a_posting(**OPENING, published_at=after(days=-3)), first=True)

    await source.brings(a_job_item(a_job()), also_seen=("notice:nt-1",))

    notice = await source.the_notice()
    assert set(notice.items) == {"notice:nt-1", "job:jp-208"}
    assert not notice.archived


async def test_an_archived_notice_that_vanishes_and_comes_back_is_told_to_nobody(source: Source) -> None:
    old = a_posting(published_at=after(days=-3))
    await source.brings(old, first=True)
    for _ in range(2):
        await source.brings()
    assert (await source.the_notice()).withdrawn

    await source.brings(old)

    notice = await source.the_notice()
    assert (notice.withdrawn, notice.archived) == (False, True)


async def test_an_edit_that_another_process_overtook_is_stored_after_it(source: Source) -> None:
    await source.brings(a_posting())
    known = await source.store.sources.known("superset")
    notice = await source.the_notice()

    class Overtaken:
        """The real notices; another revision is stored just before the first save."""

        overtaken = False

        def __getattr__(self, name: str) -> Any:
            return getattr(source.store.notices, name)

        async def save(self, revision: Notice) -> bool:
            if not self.overtaken:
                self.overtaken = True
                await source.store.notices.save(notice.model_copy(update={"revision": 2, "title": "By another"}))
            return await source.store.notices.save(revision)

    parts = SimpleNamespace(notices=Overtaken(), jobs=source.store.jobs, sources=source.store.sources)
    intake = Intake(cast("Store", parts), Flag(), source.now, timedelta(hours=24))
    await intake.take_in("superset", known, fetched(a_posting(title="Edited", fingerprint="edited")), first=False)

    assert [one.title for one in await source.store.notices.revisions(notice.id)][1:] == ["By another", "Edited"]


async def test_an_item_vanishes_only_when_every_account_that_listed_it_was_read(source: Source) -> None:
    await source.brings(a_posting(accounts=("acc1", "acc2")), complete=frozenset({("acc1", "notices")}))

    for _ in range(3):
        await source.brings(complete=frozenset({("acc1", "notices")}))
    kept = await source.the_notice()
    for _ in range(2):
        await source.brings(complete=frozenset({("acc1", "notices"), ("acc2", "notices")}))

    assert (kept.withdrawn, (await source.the_notice()).withdrawn) == (False, True)


async def test_an_item_that_we_cannot_digest_stops_no_other_and_is_reported(source: Source) -> None:
    never = datetime.max.replace(tzinfo=UTC)  # no moment in India
    await source.brings(a_job_item(a_job(deadline=never)))

    report = await source.brings(a_job_item(a_job(deadline=never, title="Analyst")), a_job_item(a_job("jp-300")))

    assert report.failures == ("job:jp-208: OverflowError",)
    assert {notice.items for notice in await source.notices()} == {("job:jp-208",), ("job:jp-300",)}


@pytest.mark.parametrize("listing", ["notices", "jobs"])
async def test_an_account_that_is_read_for_the_first_time_brings_no_old_news(source: Source, listing: str) -> None:
    await source.brings(a_posting("mine"), first=True)
    posted = [a_posting(f"nt-{n}", accounts=("acc2",), published_at=after(days=-n - 2)) for n in range(8)]
    jobs = [a_job_item(a_job(f"jp-{n}", created_at=after(days=-n - 2)), accounts=("acc2",)) for n in range(8)]

    report = await source.brings(*(posted if listing == "notices" else jobs), also_seen=("notice:mine",))

    assert (report.notices, report.archived) == (8, 8)


async def test_fresh_news_of_an_account_that_is_read_for_the_first_time_are_delivered(source: Source) -> None:
    await source.brings(a_posting("mine"), first=True)

    report = await source.brings(
        *(a_posting(f"nt-{n}", accounts=("acc2",)) for n in range(8)), also_seen=("notice:mine",)
    )

    assert (report.notices, report.archived) == (8, 0)


async def test_the_first_jobs_of_a_season_are_news_however_long_they_were_prepared(source: Source) -> None:
    await source.brings(a_posting("mine"), first=True)

    report = await source.brings(
        *(a_job_item(a_job(f"jp-{n}", created_at=after(days=-9))) for n in range(8)), also_seen=("notice:mine",)
    )

    assert (report.notices, report.archived) == (8, 0)


async def test_what_was_published_while_we_were_down_for_days_is_delivered(source: Source) -> None:
    await source.brings(a_posting("mine"), first=True)
    source.now.turn(days=5)

    report = await source.brings(*(a_posting(f"nt-{n}") for n in range(8)), also_seen=("notice:mine",))

    assert (report.notices, report.archived) == (8, 0)
