"""The statements of lists and searches in SQLite, with the index that each must use."""

from collections.abc import Mapping, Sequence
from typing import Any

from placement_alerts.core.notice import NoticeKind
from placement_alerts.store.base import JobFilter, NoticeFilter
from placement_alerts.store.sqlite import deliveries, jobs, notices, ownership, students
from tests.builders import NOW, YEAR, a_job, a_notice

Parameters = Sequence[Any] | Mapping[str, Any]

SPAN = {"year": None, "since": 0, "until": 1, "limit": 50}
EVERY_NOTICE = NoticeFilter(YEAR, (NoticeKind.OFFER,), None, "superset", NOW, NOW, NOW, ("word", "other"), public=True)
OF_COMPANY = NoticeFilter(YEAR, (NoticeKind.OFFER,), "acme", "superset", NOW, NOW, NOW, ("word",), public=True)
EVERY_JOB = JobFilter(YEAR, "acme", NOW, ("word",))


def found_notices(wanted: NoticeFilter) -> tuple[str, Parameters]:
    return notices.find_sql(wanted, a_notice(), 50)


def found_jobs(wanted: JobFilter) -> tuple[str, Parameters]:
    return jobs.find_sql(wanted, a_job(), 50)


STATEMENTS: list[tuple[str, Parameters, str]] = [
    (*found_notices(NoticeFilter()), "notices_by_time"),
    (*found_notices(NoticeFilter(kinds=(NoticeKind.OFFER,), public=True, open_at=NOW)), "notices_by_time"),
    (*found_notices(NoticeFilter(words=("word",), year=YEAR)), "notices_by_year"),
    (*found_notices(EVERY_NOTICE), "notices_by_year"),
    (*found_notices(OF_COMPANY), "notices_by_company"),
    (notices.DATED_SQL, SPAN, "notices_by_deadline"),
    (notices.DATED_SQL, SPAN, "notices_by_event"),
    (notices.IS_PLANNED_SQL, {"id": "n", "revision": 1}, "sqlite_autoindex_notices_1"),
    (*found_jobs(JobFilter()), "jobs_by_deadline"),
    (*found_jobs(JobFilter(company="acme", open_at=NOW)), "jobs_by_deadline"),
    (*found_jobs(EVERY_JOB), "jobs_by_year"),
    (students.FIND_SQL, ("", 50), "sqlite_autoindex_students_1"),
    (students.BY_CALENDAR_SQL, ("h",), "students_by_calendar"),
    (students.SET_PROFILE_SQL, (YEAR, None, None, "s"), "sqlite_autoindex_students_1"),
    (students.SET_CALENDAR_SQL, ("h", "s"), "sqlite_autoindex_students_1"),
    (ownership.FIND_ADDRESS_SQL, ("telegram", "7"), "sqlite_autoindex_addresses_2"),
    (ownership.ADDRESS_SQL, ("telegram", "7"), "sqlite_autoindex_addresses_2"),
    (ownership.ADDRESSES_OF_SQL, ("s",), "addresses_by_student"),
    (ownership.TAKE_OVER_SQL, ("s", 0, "a"), "sqlite_autoindex_addresses_1"),
    (ownership.GIVE_SQL, ("s", "a"), "sqlite_autoindex_addresses_1"),
    (ownership.STUDENT_SQL, ("s",), "sqlite_autoindex_students_1"),
    (ownership.SAID_SQL, ("s",), "sqlite_autoindex_students_1"),
    (ownership.REMOVE_SQL, ("s",), "sqlite_autoindex_students_1"),
    (deliveries.SHOWN_SQL, (0, "d"), "sqlite_autoindex_deliveries_1"),
    (deliveries.LAST_SENT_SQL, ("a",), "deliveries_by_address"),
    (deliveries.COUNTS_OF_SQL, ("n",), "deliveries_by_notice"),
]
PAGES: list[tuple[str, Parameters]] = [
    found_notices(NoticeFilter()),
    found_notices(NoticeFilter(kinds=(NoticeKind.OFFER,), public=True, open_at=NOW)),
    found_notices(EVERY_NOTICE),
    found_notices(OF_COMPANY),
    notices.find_sql(EVERY_NOTICE, None, 50),
    notices.find_sql(OF_COMPANY, None, 50),
    found_jobs(JobFilter()),
    found_jobs(EVERY_JOB),
    jobs.find_sql(EVERY_JOB, None, 50),
]
