"""Brings a database to this program's schema: the indexes of the table, and the version that the data is of."""

from pymongo.errors import OperationFailure

from placement_alerts.errors import Duplicate, StoreOutdated
from placement_alerts.store.mongo.client import Client
from placement_alerts.store.mongo.failures import translated
from placement_alerts.store.mongo.indexes import META, Index, indexes
from placement_alerts.store.mongo.listing import fill_lists
from placement_alerts.store.mongo.writes import insert_new

# 2: mails, offers, the official page; students have enrollments, which version 1 would lose
# 3: sessions, tokens, webhooks, drafts; lists of notices and jobs by fields that version 2 does not write
VERSION = 3
FIRST_WITH_LISTS = 3
FIRST_CONTACT_S = 5.0  # name resolution, TLS and the choice of a server; the driver tries again until then
BUILD_S = 60.0  # indexes on what is there already

_ROW = "schema"


async def ensure_schema(client: Client) -> None:
    """Make what is missing. Raises StoreOutdated if the data is newer than this program, or an index cannot be made."""
    version = await client.run(lambda: _checked_version(client), FIRST_CONTACT_S)
    await client.run(lambda: _make_indexes(client), BUILD_S)
    if version is not None and version < FIRST_WITH_LISTS:
        await client.run(lambda: fill_lists(client), BUILD_S)
    await client.run(lambda: _raise_version(client))


async def _checked_version(client: Client) -> int | None:
    """Return the version that the data is of; None: there is none yet."""
    row = await client.collection(META).find_one({"_id": _ROW})
    if row is not None and row["version"] > VERSION:
        raise StoreOutdated(
            f"the database has schema {row['version']}, this program knows {VERSION}; install the newer version again"
        )
    return None if row is None else int(row["version"])


async def _raise_version(client: Client) -> None:
    """Write our version last, when all that it promises is there."""
    meta = client.collection(META)
    await insert_new(meta, [{"_id": _ROW, "version": VERSION}])
    row = await meta.find_one({"_id": _ROW})
    if row["version"] < VERSION:
        await meta.update_one({"_id": _ROW, "version": row["version"]}, {"$set": {"version": VERSION}})


async def _make_indexes(client: Client) -> None:
    for index in indexes():
        await _make(client, index)


async def _make(client: Client, index: Index) -> None:
    try:
        await client.collection(index.collection).create_index(list(index.keys), name=index.name, unique=index.unique)
    except OperationFailure as error:
        ours = translated(error, client.servers)
        where = f"index {index.name} of collection {index.collection}"
        if isinstance(ours, Duplicate):
            raise StoreOutdated(f"{where}: several documents have the same {index.name}; remove all but one") from error
        if ours is None:
            raise StoreOutdated(
                f"{where} cannot be made ({error.code}); see what the account in database.url may do"
            ) from error
        raise  # `Client.run` says what it is
