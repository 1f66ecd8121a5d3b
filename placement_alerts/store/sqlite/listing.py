"""The columns by which notices and jobs are listed, and the SQL functions with which a migration fills them."""

import sqlite3

import aiosqlite

from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.job import Job
from placement_alerts.core.notice import Notice
from placement_alerts.core.search import job_search, notice_company, notice_search
from placement_alerts.store.sqlite.values import to_ms, to_ms_or_none

Value = str | int | None


def notice_columns(notice: Notice) -> dict[str, Value]:
    """Return the columns of `notices` by which it is listed."""
    return {
        "source": notice.source,
        "company_key": notice_company(notice),
        "deadline_at": to_ms_or_none(effective_deadline(notice)),
        "event_at": to_ms_or_none(notice.facts.event_at),
        "public": int(notice.public),
        "search": notice_search(notice),
    }


def job_columns(job: Job) -> dict[str, Value]:
    """Return the columns of `jobs` by which it is listed; ends_at without a deadline is 0, before all others."""
    return {"ends_at": to_ms(job.deadline) if job.deadline else 0, "search": job_search(job)}


async def add_functions(connection: aiosqlite.Connection) -> None:
    """Let the connection's statements call the functions of FUNCTIONS."""
    for name, function in FUNCTIONS.items():
        await connection.create_function(name, 2, function, deterministic=True)


def add_functions_to(connection: sqlite3.Connection) -> None:
    """Do the same for a plain connection."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 2, function, deterministic=True)


def _notice_value(column: str, document: str) -> Value:
    return notice_columns(Notice.model_validate_json(document))[column]


def _job_value(column: str, document: str) -> Value:
    return job_columns(Job.model_validate_json(document))[column]


FUNCTIONS = {"notice_value": _notice_value, "job_value": _job_value}
