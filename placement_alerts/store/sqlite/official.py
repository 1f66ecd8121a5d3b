"""The official page in the embedded store. Snapshots are numbered, so that no clock decides which is the newest."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from collections.abc import Sequence

from placement_alerts.core.official import BatchRecord, Snapshot, Validators
from placement_alerts.store.knowledge import newest_name_first
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed

NEWEST_SQL = "SELECT number, content_hash FROM official_snapshots ORDER BY number DESC LIMIT 1"
# without a number it gets the next one
SAVE_SQL = "INSERT OR REPLACE INTO official_snapshots (number, content_hash, document) VALUES (?, ?, ?)"
SNAPSHOTS_SQL = "SELECT document FROM official_snapshots ORDER BY number DESC LIMIT ?"
BATCHES_SQL = "SELECT document FROM official_batches ORDER BY name"
SAVE_BATCH_SQL = "INSERT OR REPLACE INTO official_batches (name, document) VALUES (?, ?)"
VALIDATORS_SQL = "SELECT document FROM official_validators WHERE number = 1"
SAVE_VALIDATORS_SQL = "INSERT OR REPLACE INTO official_validators (number, document) VALUES (1, ?)"


class SqliteOfficial:
    """The repository of the official page (store/knowledge.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> Snapshot | None:
        return next(iter(await self.snapshots(1)), None)

    async def save(self, snapshot: Snapshot) -> None:
        document = snapshot.model_dump_json()
        async with self._database.transaction() as writer:
            newest = list(await writer.execute_fetchall(NEWEST_SQL))
            number = newest[0][0] if newest and newest[0][1] == snapshot.content_hash else None
            await writer.execute(SAVE_SQL, (number, snapshot.content_hash, document))

    async def snapshots(self, limit: int) -> list[Snapshot]:
        return await parsed(Snapshot, await self._database.rows(SNAPSHOTS_SQL, (limit,)))

    async def batches(self) -> list[BatchRecord]:
        return newest_name_first(await parsed(BatchRecord, await self._database.rows(BATCHES_SQL)))

    async def save_batches(self, records: Sequence[BatchRecord]) -> None:
        rows = [(record.batch.name, record.model_dump_json()) for record in records]
        async with self._database.transaction() as writer:
            await writer.executemany(SAVE_BATCH_SQL, rows)

    async def validators(self) -> Validators | None:
        row = await self._database.row(VALIDATORS_SQL)
        return None if row is None else Validators.model_validate_json(row[0])

    async def save_validators(self, validators: Validators) -> None:
        await self._database.change(SAVE_VALIDATORS_SQL, (validators.model_dump_json(),))
