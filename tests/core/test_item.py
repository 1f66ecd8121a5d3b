from placement_alerts.core.item import known_as, published_order
from placement_alerts.core.notice import NoticeId
from tests.builders import NOW, a_job, a_job_item, a_posting, after


def test_the_oldest_comes_first_and_what_has_no_time_last() -> None:
    update = a_posting("nt-1", published_at=after(hours=-3), modified_at=NOW)
    notice = a_posting("nt-2", published_at=after(hours=-1))
    job = a_job_item(a_job(created_at=after(hours=-2)))
    undated = a_posting("nt-3", published_at=None)

    assert sorted([undated, update, notice, job], key=published_order) == [job, notice, update, undated]


def test_what_is_remembered_of_a_job_says_how_long_it_is_open() -> None:
    known = known_as(a_job_item(a_job(deadline=after(days=3))), NoticeId("n1"))

    assert (known.open_until, known.notice_id, known.missing_polls) == (after(days=3), "n1", 0)
