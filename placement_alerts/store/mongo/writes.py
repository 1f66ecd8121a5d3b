"""Writes whose answer is the same however often, and beside whomever, they are made."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.mongo.failures import DUPLICATE_KEY, WRITE_CONFLICT

REPEATS = 5  # of what collided with other writes


async def insert_new(collection: Any, documents: Sequence[Mapping[str, Any]]) -> int:
    """Insert the documents whose keys are not taken yet; return how many that were."""
    waiting, new = list(documents), 0
    for _ in range(REPEATS):
        failed = await _insert(collection, waiting)
        new += len(waiting) - len(failed)
        waiting = [waiting[at] for at, code in failed.items() if code == WRITE_CONFLICT]
        if not waiting:
            return new
    raise StoreUnavailable("MongoDB kept answering write conflicts; try again")


async def put(collection: Any, document: Mapping[str, Any]) -> None:
    """Store the document under its `_id`, replacing what was there."""
    try:
        await collection.replace_one({"_id": document["_id"]}, document, upsert=True)
    except DuplicateKeyError:  # two upserts of one new document raced and the other won: now it can be replaced
        await collection.replace_one({"_id": document["_id"]}, document, upsert=True)


async def put_new(collection: Any, document: Mapping[str, Any]) -> None:
    """Store the document under its `_id` unless there is one."""
    rest = {name: value for name, value in document.items() if name != "_id"}
    with contextlib.suppress(DuplicateKeyError):  # two upserts raced and the other won
        await collection.update_one({"_id": document["_id"]}, {"$setOnInsert": rest}, upsert=True)


async def save_version(collection: Any, document: Mapping[str, Any]) -> bool:
    """Store the document if the stored `version` is the one before its own (1: none is stored); False if not."""
    if document["version"] == 1:
        return await insert_new(collection, [document]) == 1
    before = {"_id": document["_id"], "version": document["version"] - 1}
    return bool((await collection.replace_one(before, document)).modified_count)


async def put_all(collection: Any, documents: Sequence[Mapping[str, Any]]) -> None:
    """Store the documents under their `_id`s, replacing what was there, in bulk."""
    replacing = [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents]
    for _ in range(REPEATS):
        if not replacing:
            return
        try:
            await collection.bulk_write(replacing, ordered=False)
        except BulkWriteError as error:
            replacing = [replacing[at] for at in _collided(error)]  # upserts of new documents that raced
        else:
            return
    raise StoreUnavailable("MongoDB kept answering write conflicts; try again")


async def _insert(collection: Any, documents: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Insert what can be inserted; return the positions of the others, with the code of the reason."""
    if not documents:
        return {}
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return _collided(error)  # never `nInserted`: compatible servers count all (reference/mongo.md, section 3)
    return {}


def _collided(error: BulkWriteError) -> dict[int, int]:
    """Return the positions of what was not written, with the codes of taken keys and conflicts; raise any other."""
    failed = {int(entry["index"]): int(entry["code"]) for entry in error.details["writeErrors"]}
    if error.details.get("writeConcernErrors") or set(failed.values()) - {DUPLICATE_KEY, WRITE_CONFLICT}:
        raise error
    return failed
