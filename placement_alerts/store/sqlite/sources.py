"""What is known of the sources' items, and how their polls went, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime

from placement_alerts.core.item import KnownItem, Rejected
from placement_alerts.store.base import REJECTED_KEPT, PollState
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms_or_none, to_ms, to_ms_or_none

KNOWN_SQL = "SELECT document FROM source_items WHERE source = ?"
# an item that is as it was is not written again
REMEMBER_SQL = """
    INSERT INTO source_items (source, key, document) VALUES (?, ?, ?)
    ON CONFLICT (source, key) DO UPDATE SET document = excluded.document WHERE document <> excluded.document"""
POLL_SQL = """
    SELECT last_poll_at, last_success_at, failures_in_a_row, error_class, error, items, rejected
    FROM polls WHERE source = ?"""
SAVE_POLL_SQL = """
    INSERT OR REPLACE INTO polls
        (source, last_poll_at, last_success_at, failures_in_a_row, error_class, error, items, rejected)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
REJECT_SQL = """
    INSERT OR REPLACE INTO rejected_items (number, source, element, rejected_at, document)
    VALUES ((SELECT coalesce(max(number), 0) + 1 FROM rejected_items), ?, ?, ?, ?)"""
TRIM_SQL = """
    DELETE FROM rejected_items WHERE source = :source AND number <= (
        SELECT number FROM rejected_items WHERE source = :source ORDER BY number DESC LIMIT 1 OFFSET :kept)"""
REJECTED_SQL = "SELECT document FROM rejected_items WHERE source = ? ORDER BY number DESC LIMIT ?"


class SqliteSources:
    """The repository of what sources told us (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, source: str) -> dict[str, KnownItem]:
        """Return every item by key. Thousands are parsed, so that happens beside the event loop."""
        rows = await self._database.rows(KNOWN_SQL, (source,))
        return await asyncio.to_thread(_parse_known, rows)

    async def remember(self, source: str, items: Sequence[KnownItem]) -> None:
        async with self._database.transaction() as writer:
            await writer.executemany(REMEMBER_SQL, ((source, item.key, item.model_dump_json()) for item in items))

    async def poll(self, source: str) -> PollState:
        row = await self._database.row(POLL_SQL, (source,))
        if row is None:
            return PollState()
        last_poll_at, last_success_at, *others = row
        return PollState(from_ms_or_none(last_poll_at), from_ms_or_none(last_success_at), *others)

    async def save_poll(self, source: str, state: PollState) -> None:
        row = (
            source,
            to_ms_or_none(state.last_poll_at),
            to_ms_or_none(state.last_success_at),
            state.failures_in_a_row,
            state.error_class,
            state.error,
            state.items,
            state.rejected,
        )
        await self._database.change(SAVE_POLL_SQL, row)

    async def reject(self, source: str, rejected: Sequence[Rejected], now: datetime) -> None:
        """Keep aside what could not be read, the newest thousand; an element met again becomes the newest."""
        if not rejected:
            return
        rows = [(source, _element(one), to_ms(now), one.model_dump_json()) for one in rejected]
        async with self._database.transaction() as writer:
            await writer.executemany(REJECT_SQL, rows)
            await writer.execute(TRIM_SQL, {"source": source, "kept": REJECTED_KEPT})

    async def rejected(self, source: str, limit: int) -> list[Rejected]:
        return [
            Rejected.model_validate_json(row[0]) for row in await self._database.rows(REJECTED_SQL, (source, limit))
        ]


def _element(rejected: Rejected) -> str:
    """Return what is the same for the same element: an element without an identifier is known by its reason alone."""
    if rejected.identifier is None:
        return json.dumps([rejected.listing, None, rejected.reason])
    return json.dumps([rejected.listing, rejected.identifier])


def _parse_known(rows: Sequence[Row]) -> dict[str, KnownItem]:
    items = (KnownItem.model_validate_json(row[0]) for row in rows)
    return {item.key: item for item in items}
