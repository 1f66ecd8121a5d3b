"""Notices of the office that wait for their hour."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, parsed, to_model
from placement_alerts.store.mongo.indexes import DRAFTS
from placement_alerts.store.mongo.writes import save_version


class MongoDrafts:
    """DraftRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._drafts = client.collection(DRAFTS)

    @operation
    async def save(self, draft: Draft) -> bool:
        """Store the draft. Raises ValueError for one without an hour."""
        if draft.publish_at is None:
            raise ValueError("publish_at: None; a draft that is stored has an hour")
        return await save_version(self._drafts, from_model(draft))

    @operation
    async def get(self, draft_id: DraftId) -> Draft | None:
        document = await self._drafts.find_one({"_id": draft_id})
        return None if document is None else to_model(Draft, document)

    @operation
    async def all(self, limit: int) -> list[Draft]:
        return await self._page({}, limit)

    @operation
    async def due(self, now: datetime, limit: int) -> list[Draft]:
        return await self._page({"publish_at": {"$lte": to_utc_ms(now)}}, limit)

    @operation
    async def next_due(self) -> datetime | None:
        first = await self._drafts.find({}, {"publish_at": 1}).sort([("publish_at", 1), ("_id", 1)]).limit(1).to_list(1)
        return first[0]["publish_at"] if first else None

    @operation
    async def remove(self, draft_id: DraftId) -> bool:
        done = await self._drafts.delete_one({"_id": draft_id})
        return bool(done.deleted_count)

    async def _page(self, wanted: Mapping[str, Any], limit: int) -> list[Draft]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        found = self._drafts.find(wanted).sort([("publish_at", 1), ("_id", 1)]).limit(limit)
        return await parsed(Draft, await found.to_list(None))
