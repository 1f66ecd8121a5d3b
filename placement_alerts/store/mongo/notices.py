"""Notices: the current revision in one collection, the ones before it in another.

A revision enters history before the next one takes its place, copied from the current document, which does not change
while it is current. So history is complete at every moment, and whoever copies it copies the same.
"""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from typing import Any

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.job import Job, JobId
from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Notice, NoticeId, NoticeKind
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, to_model
from placement_alerts.store.mongo.indexes import JOBS, NOTICES, REVISIONS
from placement_alerts.store.mongo.writes import put


class MongoNotices:
    """NoticeRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._notices = client.collection(NOTICES)
        self._revisions = client.collection(REVISIONS)

    @operation
    async def save(self, notice: Notice) -> bool:
        document = from_model(notice, unplanned=not notice.archived)
        while True:  # ends: whoever was in the way raised the stored revision
            current: Document | None = await self._notices.find_one({"_id": notice.id})
            if current is not None and current["revision"] >= notice.revision:
                return False
            if current is None:
                if await self._is_first(document):
                    return True
            elif await self._replaces(current, document):
                return True

    @operation
    async def get(self, notice_id: NoticeId) -> Notice | None:
        document = await self._notices.find_one({"_id": notice_id})
        return None if document is None else to_model(Notice, document)

    @operation
    async def revisions(self, notice_id: NoticeId) -> list[Notice]:
        current = await self._notices.find_one({"_id": notice_id})
        if current is None:
            return []
        earlier = {"notice_id": notice_id, "revision": {"$lt": current["revision"]}}
        history = await self._revisions.find(earlier).sort("revision", 1).to_list(None)
        notices = [to_model(Notice, document | {"_id": notice_id}) for document in history]
        return [*notices, to_model(Notice, current)]

    @operation
    async def latest(self, year: str | None, limit: int) -> list[Notice]:
        wanted = {} if year is None else {"year": year}
        return await _read(self._notices.find(wanted).sort([("published_at", -1), ("_id", -1)]), limit)

    @operation
    async def of_job(self, job_id: JobId) -> list[Notice]:
        return await _read(self._notices.find({"job.id": job_id}).sort([("published_at", 1), ("_id", 1)]), None)

    @operation
    async def unplanned(self, limit: int) -> list[Notice]:
        order = [("urgent", -1), ("stored_at", 1), ("_id", 1)]
        return await _read(self._notices.find({"unplanned": True}).sort(order), limit)

    @operation
    async def mark_planned(self, notice_id: NoticeId, revision: int) -> None:
        await self._notices.update_one({"_id": notice_id, "revision": revision}, {"$set": {"unplanned": False}})

    @operation
    async def counts(self) -> dict[str, int]:
        kinds = {"facts.kind": {"$in": [kind.value for kind in NoticeKind]}}
        stages = [{"$match": kinds}, {"$group": {"_id": "$facts.kind", "count": {"$sum": 1}}}]
        return {row["_id"]: row["count"] for row in await self._notices.aggregate(stages).to_list(None)}

    async def _is_first(self, document: Document) -> bool:
        try:
            await self._notices.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def _replaces(self, current: Document, document: Document) -> bool:
        revision = current["revision"]
        past = {**current, "_id": f"{current['_id']}:{revision}", "notice_id": current["_id"]}
        await put(self._revisions, past)
        done = await self._notices.replace_one({"_id": document["_id"], "revision": revision}, document)
        return bool(done.modified_count)


class MongoJobs:
    """JobRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._jobs = client.collection(JOBS)

    @operation
    async def save(self, job: Job) -> None:
        await put(self._jobs, from_model(job, company_key=company_key(job.company)))

    @operation
    async def get(self, job_id: JobId) -> Job | None:
        document = await self._jobs.find_one({"_id": job_id})
        return None if document is None else to_model(Job, document)

    @operation
    async def of_company(self, year: str, company_key: str) -> list[Job]:
        found = self._jobs.find({"year": year, "company_key": company_key}).sort("_id", 1)
        return [to_model(Job, document) for document in await found.to_list(None)]

    @operation
    async def count(self) -> int:
        return int(await self._jobs.estimated_document_count())


async def _read(cursor: Any, limit: int | None) -> list[Notice]:
    if limit is not None:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        cursor = cursor.limit(limit)
    return [to_model(Notice, document) for document in await cursor.to_list(None)]
