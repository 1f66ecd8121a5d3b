"""Which processes work on this store, and which of them holds which duty."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from collections.abc import Collection
from dataclasses import asdict, fields

from pymongo.errors import DuplicateKeyError

from placement_alerts.store.base import OwnerId, Process
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document
from placement_alerts.store.mongo.indexes import DUTIES, PROCESSES
from placement_alerts.store.mongo.writes import put


class MongoProcesses:
    """ProcessRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._processes = client.collection(PROCESSES)
        self._duties = client.collection(DUTIES)

    @operation
    async def beat(self, process: Process) -> None:
        await put(self._processes, {"_id": process.owner} | asdict(process))

    @operation
    async def all(self) -> list[Process]:
        documents: list[Document] = await self._processes.find().sort("_id", 1).to_list(None)
        names = [field.name for field in fields(Process)]
        return [Process(**{name: document[name] for name in names}) for document in documents]

    @operation
    async def remove(self, owners: Collection[OwnerId]) -> None:
        # the duties first: if we die in between, the process is still listed and is removed again
        await self._duties.delete_many({"owner": {"$in": list(owners)}})
        await self._processes.delete_many({"_id": {"$in": list(owners)}})

    @operation
    async def take(self, duty: str, owner: OwnerId) -> bool:
        try:
            await self._duties.insert_one({"_id": duty, "owner": owner})
        except DuplicateKeyError:
            held: Document | None = await self._duties.find_one({"_id": duty})
            return held is not None and bool(held["owner"] == owner)
        return True

    @operation
    async def drop(self, duty: str, owner: OwnerId) -> None:
        await self._duties.delete_one({"_id": duty, "owner": owner})

    @operation
    async def holder(self, duty: str) -> OwnerId | None:
        held = await self._duties.find_one({"_id": duty})
        return None if held is None else OwnerId(held["owner"])
