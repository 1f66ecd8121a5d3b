"""Notices: the current revision in one collection, the ones before it in another.

A revision enters history before the next one takes its place, copied from the current document, which does not change
while it is current. So history is complete at every moment, and whoever copies it copies the same.
"""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from datetime import datetime
from typing import Any, cast

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.job import JobId
from placement_alerts.core.notice import Notice, NoticeId, NoticeKind
from placement_alerts.store.base import NoticeFilter
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, parsed, to_model
from placement_alerts.store.mongo.indexes import NOTICES, REVISIONS
from placement_alerts.store.mongo.listing import containing, from_notice, older_than
from placement_alerts.store.mongo.writes import put


class MongoNotices:
    """NoticeRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._notices = client.collection(NOTICES)
        self._revisions = client.collection(REVISIONS)

    @operation
    async def save(self, notice: Notice) -> bool:
        document = from_notice(notice)
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
    async def find(self, wanted: NoticeFilter, after: Notice | None, limit: int) -> list[Notice]:
        return await _read(self._notices.find(_wanted(wanted, after)).sort([("published_at", -1), ("_id", -1)]), limit)

    @operation
    async def dated(self, year: str | None, since: datetime, until: datetime, limit: int) -> list[Notice]:
        """Merge the first ones by deadline and the first ones by event: what is first of all is among them."""
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        of_year = {} if year is None else {"year": year}
        span = {"$gte": to_utc_ms(since), "$lt": to_utc_ms(until)}
        first: dict[str, tuple[datetime, str, Document]] = {}
        for field, moment_of in (("deadline_at", _deadline_of), ("facts.event_at", _event_of)):
            found = self._notices.find({**of_year, field: span}).sort([(field, 1), ("_id", 1)]).limit(limit)
            for document in await found.to_list(None):
                entry = (moment_of(document), document["_id"], document)
                first[document["_id"]] = min(first.get(document["_id"], entry), entry, key=_moment_then_id)
        chosen = sorted(first.values(), key=_moment_then_id)[:limit]
        return await parsed(Notice, [document for _, _, document in chosen])

    @operation
    async def is_planned(self, notice_id: NoticeId, revision: int) -> bool:
        row = await self._notices.find_one({"_id": notice_id}, {"revision": 1, "unplanned": 1})
        if row is None:
            return False
        return bool(row["revision"] > revision or (row["revision"] == revision and not row["unplanned"]))

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
        past = {**current, "search": "", "_id": f"{current['_id']}:{revision}", "notice_id": current["_id"]}
        await put(self._revisions, past)
        done = await self._notices.replace_one({"_id": document["_id"], "revision": revision}, document)
        return bool(done.modified_count)


async def _read(cursor: Any, limit: int | None) -> list[Notice]:
    if limit is not None:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        cursor = cursor.limit(limit)
    return await parsed(Notice, await cursor.to_list(None))


def _wanted(wanted: NoticeFilter, after: Notice | None) -> Document:
    """Return the filter. What no index begins with stands under $and, looked at on what the index has found."""
    fields = {"year": wanted.year, "company_key": wanted.company, "source": wanted.source}
    chosen: Document = {name: value for name, value in fields.items() if value is not None}
    if wanted.kinds:
        chosen["facts.kind"] = {"$in": [kind.value for kind in wanted.kinds]}
    if wanted.public:
        chosen["public"] = True
    more = containing(wanted.words)
    if wanted.open_at is not None:
        more.append({"deadline_at": {"$gt": to_utc_ms(wanted.open_at)}})
    if more:
        chosen["$and"] = more
    span = {"$gte": wanted.since, "$lt": wanted.until}
    published: Document = {how: to_utc_ms(moment) for how, moment in span.items() if moment is not None}
    if after is not None:
        older = older_than("published_at", after.published_at, after.id)
        published |= older.pop("published_at")
        chosen |= older
    return chosen | ({"published_at": published} if published else {})


def _deadline_of(document: Document) -> datetime:
    return cast("datetime", document["deadline_at"])


def _event_of(document: Document) -> datetime:
    return cast("datetime", document["facts"]["event_at"])


def _moment_then_id(entry: tuple[datetime, str, Document]) -> tuple[datetime, str]:
    return entry[:2]
