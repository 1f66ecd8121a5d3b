"""The audit trail."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from typing import Any

from placement_alerts.core.audit import AuditEntry
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, to_model
from placement_alerts.store.mongo.indexes import AUDIT
from placement_alerts.store.mongo.writes import put_new


class MongoAudit:
    """AuditRepository on MongoDB. Newest first is by id, which is sortable by time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._entries = client.collection(AUDIT)

    @operation
    async def add(self, entry: AuditEntry) -> None:
        await put_new(self._entries, from_model(entry))

    @operation
    async def find(self, actor: str | None, after: AuditEntry | None, limit: int) -> list[AuditEntry]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        wanted: dict[str, Any] = {} if actor is None else {"actor": actor}
        if after is not None:
            wanted["_id"] = {"$lt": after.id}
        page = await self._entries.find(wanted).sort("_id", -1).limit(limit).to_list(None)
        return [to_model(AuditEntry, document) for document in page]
