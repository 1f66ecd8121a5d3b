"""The audit trail in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from placement_alerts.core.audit import AuditEntry
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, at, actor, act, subject, details"
ADD_SQL = f"INSERT INTO audit_entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


class SqliteAudit:
    """The repository of the audit trail (store/access.py). Newest first is by id, which is sortable by time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: AuditEntry) -> None:
        row = (entry.id, to_ms(entry.at), entry.actor, entry.act, entry.subject, entry.details)
        await self._database.change(ADD_SQL, row)

    async def find(self, actor: str | None, after: AuditEntry | None, limit: int) -> list[AuditEntry]:
        sql, values = find_sql(actor, after, limit)
        return [_from_row(row) for row in await self._database.rows(sql, values)]


def find_sql(actor: str | None, after: AuditEntry | None, limit: int) -> tuple[str, list[str | int]]:
    """Return the statement for just the conditions that are set, so that each can use its index, and its values."""
    given: dict[str, str] = {}
    if actor is not None:
        given["actor = ?"] = actor
    if after is not None:
        given["id < ?"] = after.id
    where = f"WHERE {' AND '.join(given)} " if given else ""
    return f"SELECT {_COLUMNS} FROM audit_entries {where}ORDER BY id DESC LIMIT ?", [*given.values(), limit]


def _from_row(row: Row) -> AuditEntry:
    entry_id, at, actor, act, subject, details = row
    return AuditEntry(id=entry_id, at=from_ms(at), actor=actor, act=act, subject=subject, details=details)
