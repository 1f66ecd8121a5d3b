"""A job and the posting that announces it: one notice, in whatever order they come."""

from placement_alerts.core.job import JobId
from placement_alerts.core.notice import NoticeKind
from tests.builders import YEAR, a_job, a_job_item, a_posting, after
from tests.pipeline.conftest import OPENING, Source


async def test_a_job_without_a_posting_is_a_notice_once(source: Source) -> None:
    await source.brings(a_job_item(a_job()))
    await source.brings(a_job_item(a_job()))

    notice = await source.the_notice()
    assert (notice.facts.kind, notice.posted) == (NoticeKind.JOB_POSTING, False)


async def test_a_job_and_the_posting_that_announces_it_are_one_notice(source: Source) -> None:
    await source.brings(a_job_item(a_job()), a_posting(**OPENING))

    notice = await source.the_notice()
    assert set(notice.items) == {"job:jp-208", "notice:nt-1"}
    assert notice.job is not None
    assert notice.revision == 1


async def test_a_posting_that_comes_after_its_job_joins_it(source: Source) -> None:
    await source.brings(a_job_item(a_job()))
    first = await source.the_notice()

    await source.brings(a_posting(**OPENING), also_seen=("job:jp-208",))

    notice = await source.the_notice()
    assert (notice.id, notice.revision, notice.posted) == (first.id, 2, True)
    assert not notice.matters


async def test_a_job_that_comes_after_its_posting_joins_it(source: Source) -> None:
    await source.brings(a_posting(**OPENING))

    await source.brings(a_job_item(a_job()), also_seen=("notice:nt-1",))

    notice = await source.the_notice()
    assert notice.job is not None
    assert notice.announces_job


async def test_a_second_posting_about_an_announced_job_is_a_notice_of_its_own(source: Source) -> None:
    await source.brings(a_job_item(a_job()), a_posting(**OPENING))

    await source.brings(a_posting("nt-2", **OPENING), also_seen=("job:jp-208", "notice:nt-1"))

    assert len(await source.notices()) == 2


async def test_a_changed_job_is_told_through_its_notice(source: Source) -> None:
    await source.brings(a_job_item(a_job()))

    await source.brings(a_job_item(a_job(deadline=after(days=5))))

    assert (await source.the_notice()).announcement == "Deadline moved: 13 Nov 12:00 → 15 Nov 12:00"


async def test_a_change_that_a_posting_of_the_same_run_tells_is_told_once(source: Source) -> None:
    job = a_job()
    await source.brings(a_job_item(job))
    told = a_posting(
        title="Brightwave Systems - last date extended",
        html="<p>Last date of Brightwave Systems (Software Engineer) is extended till 15 November 2025, 12 noon.</p>"
        f"<p><a href='https://portal.example/jobs/{job.id}'>Apply</a></p>",
    )

    await source.brings(a_job_item(a_job(deadline=after(days=5))), told)

    of_job, extension = sorted(await source.notices(), key=lambda notice: notice.posted)
    assert (of_job.revision, of_job.announcement) == (2, None)
    assert extension.facts.kind is NoticeKind.UPDATE


async def test_details_that_come_later_are_added_without_a_word(source: Source) -> None:
    await source.brings(a_job_item(a_job(detailed=False)))

    await source.brings(a_job_item(a_job(package_rupees=1_150_000, location="Noida")))

    notice = await source.the_notice()
    assert (notice.revision, notice.announcement) == (2, None)


async def test_a_list_element_without_details_takes_no_known_detail_away(source: Source) -> None:
    await source.brings(a_job_item(a_job(package_rupees=1_150_000)))

    await source.brings(a_job_item(a_job(detailed=False, deadline=after(days=5))))

    job = await source.store.jobs.get(JobId("jp-208"))
    assert job is not None
    assert (job.package_rupees, job.deadline, job.detailed) == (1_150_000, after(days=5), True)


async def test_a_posting_of_another_drive_is_linked_to_its_own_job(source: Source) -> None:
    other = a_job("jp-300", title="QA Engineer", package_rupees=500_000)

    await source.brings(a_job_item(a_job()), a_job_item(other), a_posting(**OPENING))

    posted = next(notice for notice in await source.notices() if notice.posted)
    assert posted.job is not None
    assert posted.job.id == "jp-208"


async def test_two_postings_and_the_job_they_announce_in_one_run_are_two_notices(source: Source) -> None:
    await source.brings(a_job_item(a_job()), a_posting("nt-1", **OPENING), a_posting("nt-2", **OPENING))

    assert len(await source.notices()) == 2


async def test_a_posting_that_is_edited_so_that_it_names_no_job_keeps_the_job_it_announced(source: Source) -> None:
    await source.brings(a_job_item(a_job()), a_posting(**OPENING))

    await source.brings(
        a_posting(title="Postponed", html="<p>See you.</p>", fingerprint="e"), also_seen=("job:jp-208",)
    )
    await source.brings(a_job_item(a_job(deadline=after(days=6))), also_seen=("notice:nt-1",))

    notice = await source.the_notice()
    assert notice.job is not None
    assert notice.job.deadline == after(days=6)


async def test_a_job_of_another_year_is_not_linked(source: Source) -> None:
    await source.brings(a_job_item(a_job(year="202627")), a_posting(**OPENING))

    assert len(await source.notices()) == 2
    assert {notice.year for notice in await source.notices()} == {YEAR, "202627"}
