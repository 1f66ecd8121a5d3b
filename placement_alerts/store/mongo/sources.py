"""What is known of the sources' items, how their polls went, and what could not be read."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.item import KnownItem, Rejected
from placement_alerts.store.base import REJECTED_KEPT, PollState
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, to_bson, to_model
from placement_alerts.store.mongo.indexes import ITEMS, POLLS, REJECTED
from placement_alerts.store.mongo.writes import put, put_all

_NEWEST = [("at", -1), ("number", -1), ("_id", -1)]  # number: its place among those that were rejected together


class MongoSources:
    """SourceRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._items = client.collection(ITEMS)
        self._polls = client.collection(POLLS)
        self._rejected = client.collection(REJECTED)

    @operation
    async def known(self, source: str) -> dict[str, KnownItem]:
        documents = await self._items.find({"source": source}).to_list(None)
        return {document["key"]: to_model(KnownItem, document) for document in documents}

    @operation
    async def remember(self, source: str, items: Sequence[KnownItem]) -> None:
        await put_all(self._items, [from_model(item, _id=f"{source}:{item.key}", source=source) for item in items])

    @operation
    async def poll(self, source: str) -> PollState:
        document = await self._polls.find_one({"_id": source})
        if document is None:
            return PollState()
        return PollState(**{field.name: document[field.name] for field in fields(PollState)})

    @operation
    async def save_poll(self, source: str, state: PollState) -> None:
        await put(self._polls, {"_id": source} | to_bson(asdict(state)))

    @operation
    async def reject(self, source: str, rejected: Sequence[Rejected], now: datetime) -> None:
        told = {"source": source, "at": to_utc_ms(now)}
        documents = [
            from_model(one, _id=_rejected_id(source, one), number=number, **told) for number, one in enumerate(rejected)
        ]
        await put_all(self._rejected, documents)
        newest = self._rejected.find({"source": source}, {"_id": 1}).sort(_NEWEST)
        surplus: list[Document] = await newest.skip(REJECTED_KEPT).to_list(None)
        if surplus:
            await self._rejected.delete_many({"_id": {"$in": [row["_id"] for row in surplus]}})

    @operation
    async def rejected(self, source: str, limit: int) -> list[Rejected]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        newest = self._rejected.find({"source": source}).sort(_NEWEST).limit(limit)
        return [to_model(Rejected, document) for document in await newest.to_list(None)]


def _rejected_id(source: str, rejected: Rejected) -> str:
    """Return what is the same for one element however often it is met: what it is, or if unknown, what is wrong."""
    parts = (rejected.listing, "id", rejected.identifier)
    if rejected.identifier is None:
        parts = (rejected.listing, "reason", rejected.reason)
    return f"{source}:{hashlib.sha256(repr(parts).encode()).hexdigest()}"
