"""Which mails are done, and how far the folders were read."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from dataclasses import asdict
from typing import Any

from placement_alerts.core.mail import Cursor, MailId
from placement_alerts.store.knowledge import MailRecord, MailVerdict
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, to_bson, to_model
from placement_alerts.store.mongo.indexes import CURSORS, MAILS
from placement_alerts.store.mongo.writes import put


class MongoMails:
    """MailRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._mails = client.collection(MAILS)
        self._cursors = client.collection(CURSORS)

    @operation
    async def save(self, record: MailRecord) -> None:
        document: Document = to_bson(asdict(record))
        await put(self._mails, {"_id": document.pop("id"), **document})

    @operation
    async def get(self, mail_id: MailId) -> MailRecord | None:
        return _to_record(await self._mails.find_one({"_id": mail_id}))

    @operation
    async def by_digest(self, digest: str) -> MailRecord | None:
        found = self._mails.find({"digest": digest}).sort([("decided_at", -1), ("_id", -1)]).limit(1)
        return _to_record(next(iter(await found.to_list(None)), None))

    @operation
    async def counts(self) -> dict[str, int]:
        wanted = {"verdict": {"$in": [verdict.value for verdict in MailVerdict]}}
        stages = [{"$match": wanted}, {"$group": {"_id": "$verdict", "count": {"$sum": 1}}}]
        return {row["_id"]: row["count"] for row in await self._mails.aggregate(stages).to_list(None)}

    @operation
    async def cursors(self, source: str) -> dict[str, Cursor]:
        documents = await self._cursors.find({"source": source}).to_list(None)
        return {document["folder"]: to_model(Cursor, document) for document in documents}

    @operation
    async def save_cursor(self, source: str, cursor: Cursor) -> None:
        await put(self._cursors, from_model(cursor, _id=f"{source}:{cursor.folder}", source=source))


def _to_record(document: dict[str, Any] | None) -> MailRecord | None:
    if document is None:
        return None
    return MailRecord(
        id=document["_id"],
        verdict=MailVerdict(document["verdict"]),
        digest=document["digest"],
        notice_id=document["notice_id"],
        reasons=tuple(document["reasons"]),
        decided_at=document["decided_at"],
    )
