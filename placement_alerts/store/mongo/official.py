"""The official page: a document for each snapshot, one for all batches, one for the validators.

Snapshots are numbered by inserting under the highest number + 1, so that no clock decides which is the newest. The
batches stand in one document because a page moves several of them at once: all are changed, or none.
"""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.official import BatchRecord, Snapshot, Validators
from placement_alerts.store.knowledge import newest_name_first
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, parsed, to_model
from placement_alerts.store.mongo.indexes import OFFICIAL, SNAPSHOTS
from placement_alerts.store.mongo.writes import put

_BATCHES, _VALIDATORS = "batches", "validators"


class MongoOfficial:
    """OfficialRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._snapshots = client.collection(SNAPSHOTS)
        self._official = client.collection(OFFICIAL)

    @operation
    async def newest(self) -> Snapshot | None:
        newest = await self._newest(1)
        return to_model(Snapshot, newest[0]) if newest else None

    @operation
    async def save(self, snapshot: Snapshot) -> None:
        while True:  # ends: a number that is taken belongs to a snapshot that was stored
            newest = await self._newest(1)
            number = newest[0]["_id"] if newest else 0
            if newest and newest[0]["content_hash"] == snapshot.content_hash:
                await self._snapshots.replace_one({"_id": number}, from_model(snapshot, _id=number))
                return
            try:
                await self._snapshots.insert_one(from_model(snapshot, _id=number + 1))
            except DuplicateKeyError:
                continue
            return

    @operation
    async def snapshots(self, limit: int) -> list[Snapshot]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        return await parsed(Snapshot, await self._newest(limit))

    @operation
    async def batches(self) -> list[BatchRecord]:
        known, _ = await self._batches()
        return newest_name_first(known.values())

    @operation
    async def save_batches(self, records: Sequence[BatchRecord]) -> None:
        while True:  # ends: a version in the way belongs to a change that was made
            known, version = await self._batches()
            known |= {record.batch.name: record for record in records}
            if await self._replaced(known, version):
                return

    @operation
    async def validators(self) -> Validators | None:
        document = await self._official.find_one({"_id": _VALIDATORS})
        return None if document is None else to_model(Validators, document)

    @operation
    async def save_validators(self, validators: Validators) -> None:
        await put(self._official, from_model(validators, _id=_VALIDATORS))

    async def _newest(self, limit: int) -> list[Document]:
        found: list[Document] = await self._snapshots.find().sort("_id", -1).limit(limit).to_list(None)
        return found

    async def _batches(self) -> tuple[dict[str, BatchRecord], int]:
        """Return the records by name, and their document's version; 0 if there is none yet."""
        document = await self._official.find_one({"_id": _BATCHES})
        if document is None:
            return {}, 0
        records = [to_model(BatchRecord, record) for record in document["records"]]
        return {record.batch.name: record for record in records}, document["version"]

    async def _replaced(self, records: dict[str, BatchRecord], version: int) -> bool:
        document: Document = {
            "_id": _BATCHES,
            "version": version + 1,
            "records": [from_model(record) for record in records.values()],
        }
        if version == 0:
            try:
                await self._official.insert_one(document)
            except DuplicateKeyError:
                return False
            return True
        done = await self._official.replace_one({"_id": _BATCHES, "version": version}, document)
        return bool(done.modified_count)
