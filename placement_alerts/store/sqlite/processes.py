"""Which processes work on the embedded store, and who holds which duty."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from collections.abc import Collection

from placement_alerts.store.base import OwnerId, Process
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.values import to_list

BEAT_SQL = "INSERT OR REPLACE INTO processes (owner, home, pid, started, beat) VALUES (?, ?, ?, ?, ?)"
ALL_SQL = "SELECT owner, home, pid, started, beat FROM processes ORDER BY owner"
REMOVE_SQL = "DELETE FROM processes WHERE owner IN (SELECT value FROM json_each(?))"
REMOVE_DUTIES_SQL = "DELETE FROM duties WHERE owner IN (SELECT value FROM json_each(?))"
TAKE_SQL = "INSERT INTO duties (duty, owner) VALUES (?, ?) ON CONFLICT DO NOTHING"
DROP_SQL = "DELETE FROM duties WHERE duty = ? AND owner = ?"
HOLDER_SQL = "SELECT owner FROM duties WHERE duty = ?"


class SqliteProcesses:
    """The repository of processes and duties (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def beat(self, process: Process) -> None:
        row = (process.owner, process.home, process.pid, process.started, process.beat)
        await self._database.change(BEAT_SQL, row)

    async def all(self) -> list[Process]:
        return [Process(*row) for row in await self._database.rows(ALL_SQL)]

    async def remove(self, owners: Collection[OwnerId]) -> None:
        async with self._database.transaction() as writer:
            await writer.execute(REMOVE_DUTIES_SQL, (to_list(owners),))
            await writer.execute(REMOVE_SQL, (to_list(owners),))

    async def take(self, duty: str, owner: OwnerId) -> bool:
        async with self._database.transaction() as writer:
            await writer.execute(TAKE_SQL, (duty, owner))
            (row,) = await writer.execute_fetchall(HOLDER_SQL, (duty,))
        return bool(row[0] == owner)

    async def drop(self, duty: str, owner: OwnerId) -> None:
        await self._database.change(DROP_SQL, (duty, owner))

    async def holder(self, duty: str) -> OwnerId | None:
        row = await self._database.row(HOLDER_SQL, (duty,))
        return None if row is None else OwnerId(row[0])
