"""The store's own fields by which notices and jobs are listed; what an older version stored is given them at start."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo import UpdateOne

from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.job import Job
from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Notice
from placement_alerts.core.search import job_search, notice_company, notice_search, search_words
from placement_alerts.store.mongo.client import Client
from placement_alerts.store.mongo.documents import Document, from_model, to_model
from placement_alerts.store.mongo.indexes import JOBS, NOTICES

NO_DEADLINE = datetime(1970, 1, 1, tzinfo=UTC)  # before all others: pages of jobs come by their deadline
FILLED_AT_ONCE = 200


def from_notice(notice: Notice) -> Document:
    """Return a notice's document with what it is listed by. unplanned: its deliveries are not all stored."""
    return from_model(notice, unplanned=not notice.archived, **_notice_fields(notice))


def from_job(job: Job) -> Document:
    """Return a job's document with what it is listed by."""
    return from_model(job, company_key=company_key(job.company), **_job_fields(job))


def containing(words: Iterable[str]) -> list[Document]:
    """Return the conditions that each word occurs. Escaped: nothing in a word is a pattern."""
    return [{"search": {"$regex": re.escape(word)}} for word in search_words(words)]


def older_than(field: str, moment: datetime, identifier: str) -> Document:
    """Return the condition for what follows in a page, newest first; its first part bounds the walk of the index."""
    moment = to_utc_ms(moment)
    return {field: {"$lte": moment}, "$or": [{field: {"$lt": moment}}, {"_id": {"$lt": identifier}}]}


async def fill_lists(client: Client) -> None:
    """Give the notices and jobs of an older version what they are listed by; may be repeated after a crash."""
    await _fill(client.collection(NOTICES), lambda document: _notice_fields(to_model(Notice, document)))
    await _fill(client.collection(JOBS), lambda document: _job_fields(to_model(Job, document)))


def _notice_fields(notice: Notice) -> Document:
    deadline = effective_deadline(notice)
    return {"company_key": notice_company(notice), "deadline_at": deadline, "search": notice_search(notice)}


def _job_fields(job: Job) -> Document:
    return {"ends_at": job.deadline or NO_DEADLINE, "search": job_search(job)}


async def _fill(collection: Any, fields_of: Callable[[Document], Document]) -> None:
    while lacking := await collection.find({"search": {"$exists": False}}).limit(FILLED_AT_ONCE).to_list(None):
        await collection.bulk_write(
            [UpdateOne(_as_read(document), {"$set": fields_of(document)}) for document in lacking], ordered=False
        )


def _as_read(document: Mapping[str, Any]) -> Document:
    """Return the filter for a document that nobody has replaced meanwhile: what replaces it has the fields already."""
    return {"_id": document["_id"], "search": {"$exists": False}}
