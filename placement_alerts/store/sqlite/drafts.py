"""Notices of the office that wait for their hour, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from datetime import datetime

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed
from placement_alerts.store.sqlite.values import from_ms, to_ms

ADD_SQL = "INSERT INTO drafts (version, publish_at, document, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
CHANGE_SQL = "UPDATE drafts SET version = ?, publish_at = ?, document = ? WHERE id = ? AND version = ?"
GET_SQL = "SELECT document FROM drafts WHERE id = ?"
ALL_SQL = "SELECT document FROM drafts ORDER BY publish_at, id LIMIT ?"
DUE_SQL = "SELECT document FROM drafts WHERE publish_at <= ? ORDER BY publish_at, id LIMIT ?"
NEXT_DUE_SQL = "SELECT min(publish_at) FROM drafts"
REMOVE_SQL = "DELETE FROM drafts WHERE id = ?"


class SqliteDrafts:
    """The repository of drafts (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, draft: Draft) -> bool:
        """Store the draft. Raises ValueError for one without an hour."""
        if draft.publish_at is None:
            raise ValueError("publish_at: None; a draft that is stored has an hour")
        row = (draft.version, to_ms(draft.publish_at), draft.model_dump_json(), draft.id)
        if draft.version == 1:
            return await self._database.change(ADD_SQL, row) == 1
        return await self._database.change(CHANGE_SQL, (*row, draft.version - 1)) == 1

    async def get(self, draft_id: DraftId) -> Draft | None:
        row = await self._database.row(GET_SQL, (draft_id,))
        return None if row is None else Draft.model_validate_json(row[0])

    async def all(self, limit: int) -> list[Draft]:
        return await parsed(Draft, await self._database.rows(ALL_SQL, (limit,)))

    async def due(self, now: datetime, limit: int) -> list[Draft]:
        return await parsed(Draft, await self._database.rows(DUE_SQL, (to_ms(now), limit)))

    async def next_due(self) -> datetime | None:
        row = await self._database.row(NEXT_DUE_SQL)
        return None if row is None or row[0] is None else from_ms(row[0])

    async def remove(self, draft_id: DraftId) -> bool:
        return await self._database.change(REMOVE_SQL, (draft_id,)) == 1
