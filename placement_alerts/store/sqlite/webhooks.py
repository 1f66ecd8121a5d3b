"""Outgoing webhooks, endpoints and the calls to them, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from collections.abc import Sequence
from datetime import datetime

from placement_alerts.core.webhook import CallId, EndpointId, WebhookCall, WebhookEndpoint
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed
from placement_alerts.store.sqlite.values import from_ms, to_ms

ADD_SQL = """
    INSERT INTO webhook_endpoints (version, created_at, document, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"""
CHANGE_SQL = "UPDATE webhook_endpoints SET version = ?, created_at = ?, document = ? WHERE id = ? AND version = ?"
GET_SQL = "SELECT document FROM webhook_endpoints WHERE id = ?"
ALL_SQL = "SELECT document FROM webhook_endpoints ORDER BY created_at, id"
REMOVE_SQL = "DELETE FROM webhook_endpoints WHERE id = ?"

ADD_CALL_SQL = """
    INSERT INTO webhook_calls (id, endpoint_id, state, due_at, created_at, document) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
SAVE_CALL_SQL = "UPDATE webhook_calls SET state = ?, due_at = ?, document = ? WHERE id = ?"
GET_CALL_SQL = "SELECT document FROM webhook_calls WHERE id = ?"
DUE_SQL = "SELECT document FROM webhook_calls WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id LIMIT ?"
NEXT_DUE_SQL = "SELECT min(due_at) FROM webhook_calls WHERE state = 'waiting'"
CALLS_SQL = """
    SELECT document FROM webhook_calls WHERE endpoint_id = ? ORDER BY created_at DESC, id DESC LIMIT ?"""
CALLS_AFTER_SQL = """
    SELECT document FROM webhook_calls WHERE endpoint_id = ? AND (created_at, id) < (?, ?)
    ORDER BY created_at DESC, id DESC LIMIT ?"""
REMOVE_CALLS_SQL = """
    DELETE FROM webhook_calls WHERE rowid IN (SELECT rowid FROM webhook_calls WHERE endpoint_id = ? LIMIT ?)"""
CLEAN_SQL = """
    DELETE FROM webhook_calls WHERE rowid IN (
        SELECT rowid FROM webhook_calls WHERE state <> 'waiting' AND created_at < ? ORDER BY created_at LIMIT ?)"""


class SqliteWebhooks:
    """The repository of webhooks (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, endpoint: WebhookEndpoint) -> bool:
        row = (endpoint.version, to_ms(endpoint.created_at), endpoint.model_dump_json(), endpoint.id)
        if endpoint.version == 1:
            return await self._database.change(ADD_SQL, row) == 1
        return await self._database.change(CHANGE_SQL, (*row, endpoint.version - 1)) == 1

    async def get(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        row = await self._database.row(GET_SQL, (endpoint_id,))
        return None if row is None else WebhookEndpoint.model_validate_json(row[0])

    async def all(self) -> list[WebhookEndpoint]:
        return await parsed(WebhookEndpoint, await self._database.rows(ALL_SQL))

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """Forget the calls in slices, so that others get their turn, then the endpoint with what came meanwhile."""
        slice_ = (endpoint_id, FORGOTTEN_AT_ONCE)
        while await self._database.change(REMOVE_CALLS_SQL, slice_) == FORGOTTEN_AT_ONCE:
            pass
        async with self._database.transaction() as writer:
            await writer.execute(REMOVE_CALLS_SQL, slice_)
            cursor = await writer.execute(REMOVE_SQL, (endpoint_id,))
            return cursor.rowcount == 1

    async def add_calls(self, calls: Sequence[WebhookCall]) -> int:
        rows = [
            (call.id, call.endpoint_id, call.state, to_ms(call.due_at), to_ms(call.created_at), call.model_dump_json())
            for call in calls
        ]
        async with self._database.transaction() as writer:
            cursor = await writer.executemany(ADD_CALL_SQL, rows)
            return max(cursor.rowcount, 0)  # -1 when there was nothing to run

    async def due(self, now: datetime, limit: int) -> list[WebhookCall]:
        return await parsed(WebhookCall, await self._database.rows(DUE_SQL, (to_ms(now), limit)))

    async def next_due(self) -> datetime | None:
        row = await self._database.row(NEXT_DUE_SQL)
        return None if row is None or row[0] is None else from_ms(row[0])

    async def save_call(self, call: WebhookCall) -> None:
        await self._database.change(SAVE_CALL_SQL, (call.state, to_ms(call.due_at), call.model_dump_json(), call.id))

    async def get_call(self, call_id: CallId) -> WebhookCall | None:
        row = await self._database.row(GET_CALL_SQL, (call_id,))
        return None if row is None else WebhookCall.model_validate_json(row[0])

    async def calls(self, endpoint_id: EndpointId, after: WebhookCall | None, limit: int) -> list[WebhookCall]:
        if after is None:
            return await parsed(WebhookCall, await self._database.rows(CALLS_SQL, (endpoint_id, limit)))
        values = (endpoint_id, to_ms(after.created_at), after.id, limit)
        return await parsed(WebhookCall, await self._database.rows(CALLS_AFTER_SQL, values))

    async def clean(self, before: datetime) -> int:
        return await self._database.change(CLEAN_SQL, (to_ms(before), FORGOTTEN_AT_ONCE))
