"""What one-shot commands ask the running process to do, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placement_alerts.store.base import Request, RequestId, RequestState
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, kind, args, state, asked_at, progress, result"
ASK_SQL = f"INSERT INTO requests ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
TAKE_SQL = f"""
    UPDATE requests SET state = 'running' WHERE number = (
        SELECT number FROM requests WHERE state = 'asked' ORDER BY asked_at, number LIMIT 1) RETURNING {_COLUMNS}"""
REPORT_SQL = "UPDATE requests SET state = ?, progress = ?, result = ? WHERE id = ?"
GET_SQL = f"SELECT {_COLUMNS} FROM requests WHERE id = ?"
CLEAN_SQL = "DELETE FROM requests WHERE asked_at < ?"


class SqliteRequests:
    """The repository of requests (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, request: Request) -> None:
        """Store a request; one that is there already stays as it is."""
        row = (
            request.id,
            request.kind,
            json.dumps(dict(request.args)),
            request.state.value,
            to_ms(request.asked_at),
            request.progress,
            _to_json(request.result),
        )
        await self._database.change(ASK_SQL, row)

    async def take(self) -> Request | None:
        async with self._database.transaction() as writer:
            rows = list(await writer.execute_fetchall(TAKE_SQL))
        return _from_row(rows[0]) if rows else None

    async def report(self, request: Request) -> None:
        row = (request.state.value, request.progress, _to_json(request.result), request.id)
        await self._database.change(REPORT_SQL, row)

    async def get(self, request_id: RequestId) -> Request | None:
        row = await self._database.row(GET_SQL, (request_id,))
        return None if row is None else _from_row(row)

    async def clean(self, before: datetime) -> None:
        await self._database.change(CLEAN_SQL, (to_ms(before),))


def _to_json(result: Mapping[str, Any] | None) -> str | None:
    return None if result is None else json.dumps(dict(result))


def _from_row(row: Row) -> Request:
    request_id, kind, args, state, asked_at, progress, result = row
    return Request(
        id=request_id,
        kind=kind,
        args=json.loads(args),
        state=RequestState(state),
        asked_at=from_ms(asked_at),
        progress=progress,
        result=None if result is None else json.loads(result),
    )
