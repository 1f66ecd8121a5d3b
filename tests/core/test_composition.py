from datetime import timedelta

import pytest

from placement_alerts.core import composition
from placement_alerts.core.notice import NoticeKind
from tests.builders import NOW, a_job, a_job_item, a_notice, a_posting, after, facts


def test_the_id_comes_from_the_item_and_never_from_the_clock() -> None:
    first = composition.notice_of_posting("superset", a_posting(), facts(), None, NOW)
    again = composition.notice_of_posting("superset", a_posting(), facts(), None, after(days=1))

    assert first.id == again.id == composition.notice_id("superset", "notice:nt-1")


def test_equal_keys_of_two_sources_are_two_notices() -> None:
    assert composition.notice_id("superset", "x") != composition.notice_id("mailbox", "x")


def test_html_is_sanitised_once_and_text_is_derived_from_it() -> None:
    item = a_posting(html="<p onclick='x()'>CTC &lt; 5 <script>alert(1)</script></p>")

    notice = composition.notice_of_posting("superset", item, facts(), None, NOW)

    assert (notice.html, notice.text) == ("<p>CTC &lt; 5 </p>", "CTC < 5")


def test_a_posting_without_a_time_has_the_time_we_first_saw_it() -> None:
    notice = composition.notice_of_posting("superset", a_posting(published_at=None), facts(), None, NOW)

    assert (notice.published_at, notice.updated_at) == (NOW, NOW)


def test_a_job_posting_that_matches_a_job_announces_it() -> None:
    notice = composition.notice_of_posting("superset", a_posting(), facts(), a_job(), NOW)

    assert notice.announces_job


def test_a_shortlist_of_a_job_does_not_announce_it() -> None:
    shortlist = facts(kind=NoticeKind.SHORTLIST)

    notice = composition.notice_of_posting("superset", a_posting(), shortlist, a_job(), NOW)

    assert notice.job == a_job()
    assert not notice.announces_job


def test_a_job_alone_is_a_notice_that_says_what_is_known() -> None:
    job = a_job(location="Noida", description_html="<p>Build services.</p>")

    notice = composition.notice_of_job("superset", a_job_item(job), job, NOW)

    assert notice.title == "Open for applications: Brightwave Systems, Software Engineer"
    assert (notice.text, notice.facts.deadline, notice.facts.location) == ("Build services.", job.deadline, ("Noida",))
    assert (notice.announces_job, notice.posted) == (True, False)


def test_a_posting_takes_over_the_notice_of_its_job() -> None:
    job = a_job()
    of_job = composition.notice_of_job("superset", a_job_item(job), job, NOW)
    posting = composition.notice_of_posting("superset", a_posting(), facts(), job, NOW)

    both = composition.joined(of_job, posting)

    assert (both.id, both.items, both.posted) == (of_job.id, ("job:jp-208", "notice:nt-1"), True)


def test_a_changed_job_changes_the_notice_made_from_it() -> None:
    job = a_job()
    notice = composition.notice_of_job("superset", a_job_item(job), job, NOW)

    changed = composition.with_job(notice, a_job(title="SDE", deadline=after(days=9)), "job:jp-208", NOW)

    assert (changed.title, changed.facts.deadline) == (
        "Open for applications: Brightwave Systems, SDE",
        after(days=9),
    )


def test_a_jobs_values_never_replace_the_notices_own() -> None:
    posting = a_notice(facts=facts(deadline=after(days=2)))

    linked = composition.with_job(posting, a_job(deadline=after(days=5)), "job:jp-208", NOW)

    assert linked.facts.deadline == after(days=2)
    assert linked.title == posting.title


def test_nothing_new_to_a_reader_is_no_revision() -> None:
    notice = a_notice()

    assert composition.next_revision(notice, notice.model_copy(update={"html": "<p>Apply  now.</p>"}), NOW) is None


def test_a_difference_is_the_next_revision_with_its_changes() -> None:
    wanted = a_notice(facts=facts(deadline=after(days=5)))

    revision = composition.next_revision(a_notice(), wanted, after(hours=1))

    assert revision is not None
    assert (revision.revision, revision.stored_at, revision.matters) == (2, after(hours=1), True)
    assert [change.field for change in revision.changes] == ["Deadline"]


def test_a_change_told_by_another_notice_is_edited_in_place_without_a_word() -> None:
    wanted = a_notice(facts=facts(deadline=after(days=5)))

    revision = composition.next_revision(a_notice(), wanted, NOW, announce=False)

    assert revision is not None
    assert (revision.announcement, revision.matters) == (None, False)


def test_changed_links_are_a_revision() -> None:
    wanted = a_notice(facts=facts(links=("https://forms.gle/x",)))

    assert composition.next_revision(a_notice(), wanted, NOW) is not None


@pytest.mark.parametrize(("matters", "archived"), [(True, False), (False, True)])
def test_an_archived_notice_comes_back_only_for_a_change_that_matters(matters: bool, archived: bool) -> None:
    changed = facts(deadline=after(days=5)) if matters else facts()

    revision = composition.next_revision(a_notice(archived=True), a_notice(text="Apply here.", facts=changed), NOW)

    assert revision is not None
    assert revision.archived is archived


def test_a_withdrawn_notice_says_so_once() -> None:
    gone = composition.withdrawn(a_notice(), NOW)

    assert gone is not None
    assert (gone.withdrawn, gone.matters, gone.urgent) == (True, True, False)
    assert composition.withdrawn(gone, NOW) is None


@pytest.mark.parametrize(("age_h", "archived"), [(25, True), (23, False)])
def test_the_first_poll_archives_what_is_older_than_it_delivers(age_h: int, archived: bool) -> None:
    old = a_notice(published_at=after(hours=-age_h))

    assert composition.archived_at_first_poll(old, NOW, timedelta(hours=24)).archived is archived


def test_a_notice_expires_at_its_last_moment() -> None:
    notice = composition.notice_of_posting(
        "superset", a_posting(), facts(deadline=after(days=2), event_at=after(days=4)), None, NOW
    )

    assert notice.expires_at == after(days=4)


def test_a_date_in_the_past_does_not_keep_a_fresh_notice_from_students() -> None:
    notice = composition.notice_of_posting("superset", a_posting(), facts(deadline=after(days=-1)), None, NOW)

    assert notice.expires_at == after(hours=24)


def test_a_notice_without_a_date_lives_for_two_weeks() -> None:
    notice = composition.notice_of_posting("superset", a_posting(), facts(deadline=None), None, NOW)

    assert notice.expires_at == after(days=14)


@pytest.mark.parametrize(("hours", "urgent"), [(23, True), (25, False), (-1, False)])
def test_a_new_deadline_within_a_day_is_urgent(hours: int, urgent: bool) -> None:
    notice = composition.notice_of_posting("superset", a_posting(), facts(deadline=after(hours=hours)), None, NOW)

    assert notice.urgent is urgent


def test_a_small_change_of_a_notice_that_ends_today_is_not_urgent() -> None:
    soon = facts(deadline=after(hours=2))

    revision = composition.next_revision(a_notice(facts=soon), a_notice(facts=soon, text="Apply here."), NOW)

    assert revision is not None
    assert not revision.urgent


def test_a_jobs_html_is_sanitised_before_it_is_stored() -> None:
    job = composition.clean_job(a_job(description_html="<img src=x onerror=y>Hi", package_info_html="<b>9</b>"))

    assert (job.description_html, job.package_info_html) == ("Hi", "<b>9</b>")
