"""What the driver's errors become, and what stops an opening."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    CursorNotFound,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

from placement_alerts.errors import ConfigError, Duplicate, StoreOutdated, StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import JobFilter, NoticeFilter
from placement_alerts.store.mongo.client import Client, connect
from placement_alerts.store.mongo.documents import from_delivery, from_model
from placement_alerts.store.mongo.failures import translated
from placement_alerts.store.mongo.listing import FILLED_AT_ONCE
from placement_alerts.store.mongo.schema import VERSION
from placement_alerts.store.mongo.writes import insert_new, put_all
from tests.builders import NOW, a_delivery, a_job, a_notice

SERVERS = "db.example:27017"
TEXT = 'E11000 duplicate key error collection: d.students index: keys dup key: { keys: "7" }'
TAKEN: dict[str, Any] = {"code": 11000, "errmsg": TEXT}


@pytest_asyncio.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    client = await connect(mongo_url)
    yield client
    await client.close()


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("reset"),
        NetworkTimeout("timed out"),
        NotPrimaryError("stepped down"),
        ServerSelectionTimeoutError("nobody"),
        WaitQueueTimeoutError("full"),
        ExecutionTimeout("too long", 50),
        WTimeoutError("no majority", 64),
        CursorNotFound("gone", 43),
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}),
        OperationFailure("conflict", 112),
        OperationFailure("wrong password", 18),
    ],
    ids=lambda error: type(error).__name__,
)
def test_error_after_which_the_outcome_is_unknown_is_unavailable(error: PyMongoError) -> None:
    assert isinstance(translated(error, SERVERS), StoreUnavailable)


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError(TEXT, 11000, TAKEN),
        DuplicateKeyError(TEXT, 11000, {**TAKEN, "keyPattern": {"keys": 1}, "keyValue": {"keys": "7"}}),
        BulkWriteError({"writeErrors": [{"index": 0, **TAKEN}], "writeConcernErrors": []}),
    ],
    ids=["text", "pattern", "bulk"],
)
def test_taken_key_is_named_without_its_value(error: PyMongoError) -> None:
    ours = translated(error, SERVERS)

    assert isinstance(ours, Duplicate)
    assert ours.key == "keys"
    assert "7" not in str(ours)


def test_error_that_nobody_foresaw_stays_what_it_is() -> None:
    assert translated(OperationFailure("unknown operator: $frobnicate", 2), SERVERS) is None


async def test_taken_key_of_the_server_is_a_duplicate(client: Client) -> None:
    rows = client.collection("rows")
    await rows.insert_one({"_id": "7"})

    with pytest.raises(Duplicate, match=r"^_id exists already$"):
        await client.run(lambda: rows.insert_one({"_id": "7"}))


async def test_write_conflict_is_repeated(client: Client) -> None:
    tries = iter([OperationFailure("conflict", 112), OperationFailure("conflict", 112), None])

    async def work() -> str:
        if error := next(tries):
            raise error
        return "done"

    assert await client.run(work) == "done"


async def test_conflict_that_never_ends_is_unavailable(client: Client) -> None:
    async def work() -> None:
        raise OperationFailure("conflict", 112)

    with pytest.raises(StoreUnavailable):
        await client.run(work)


async def test_new_rows_are_counted_right_under_concurrent_inserts(client: Client) -> None:
    rows = client.collection("rows")
    documents = [{"_id": str(number)} for number in range(200)]

    async with asyncio.TaskGroup() as writers:
        counts = [writers.create_task(client.run(lambda: insert_new(rows, documents), 10)) for _ in range(5)]

    assert sum(count.result() for count in counts) == len(documents)


async def test_racing_replacements_of_new_rows_all_succeed(client: Client) -> None:
    rows = client.collection("rows")
    documents = [{"_id": str(number)} for number in range(200)]

    async with asyncio.TaskGroup() as writers:
        for _ in range(5):
            writers.create_task(client.run(lambda: put_all(rows, documents), 10))

    assert await rows.estimated_document_count() == len(documents)


async def test_newer_schema_stops_the_opening(mongo_url: str) -> None:
    _insert(mongo_url, "meta", {"_id": "schema", "version": 99})

    with pytest.raises(StoreOutdated, match=r"schema 99.*install the newer version"):
        await open_store(mongo_url)


async def test_index_that_cannot_be_made_stops_the_opening_and_is_named(mongo_url: str) -> None:
    _insert(mongo_url, "students", {"_id": "1", "keys": ["telegram:777"]}, {"_id": "2", "keys": ["telegram:777"]})

    with pytest.raises(StoreOutdated, match="index keys of collection students") as stopped:
        await open_store(mongo_url)

    assert "777" not in str(stopped.value)


async def test_opening_again_changes_nothing(mongo_url: str) -> None:
    for _ in range(2):
        await (await open_store(mongo_url)).close()

    with MongoClient[dict[str, Any]](mongo_url) as client:
        assert client.get_default_database()["meta"].find_one() == {"_id": "schema", "version": VERSION}


async def test_older_schema_is_raised_and_its_documents_are_read(mongo_url: str) -> None:
    _insert(mongo_url, "meta", {"_id": "schema", "version": 1})
    delivery = from_delivery(a_delivery())
    del delivery["personal"]  # came with version 2
    _insert(mongo_url, "deliveries", delivery)

    store = await open_store(mongo_url)
    stored = await store.deliveries.get(a_delivery().id)
    await store.close()

    assert stored == a_delivery()
    with MongoClient[dict[str, Any]](mongo_url) as client:
        assert client.get_default_database()["meta"].find_one() == {"_id": "schema", "version": VERSION}


async def test_notices_and_jobs_of_an_older_schema_are_found_in_lists(mongo_url: str) -> None:
    notices = [a_notice(f"n{number:03}", text="Große Chance", audience=None) for number in range(FILLED_AT_ONCE + 1)]
    _insert(mongo_url, "meta", {"_id": "schema", "version": 2})
    _insert(mongo_url, "notices", *(from_model(notice, unplanned=True) for notice in notices))
    _insert(mongo_url, "jobs", from_model(a_job(), company_key="brightwave systems"))

    store = await open_store(mongo_url)
    wanted = NoticeFilter(company="brightwave systems", open_at=NOW, words=("grosse",))
    found = await store.notices.find(wanted, None, len(notices) + 1)
    jobs = await store.jobs.find(JobFilter(open_at=NOW, words=("engineer",)), None, 5)
    await store.close()

    assert (found, jobs) == (notices[::-1], [a_job()])


@pytest.mark.parametrize("url", ["mongodb://", "mongodb://u:secret@h:port/", "mongodb://u:sec@ret@h/"])
async def test_unusable_url_is_a_config_error_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^database\.url: ") as refused:
        await open_store(url)

    assert "sec" not in str(refused.value)


async def test_server_that_is_not_there_is_unavailable() -> None:
    async with asyncio.timeout(7):
        with pytest.raises(StoreUnavailable) as refused:
            await open_store("mongodb://u:secret@127.0.0.1:1/")

    assert "127.0.0.1:1 " in str(refused.value)
    assert "database.url" in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_database_has_a_name_when_the_url_has_none(mongo_server_url: str) -> None:
    client = await connect(mongo_server_url)

    line = await client.describe()
    await client.close()

    assert line.startswith("MongoDB ")
    assert line.endswith("database placement_alerts")


def _insert(url: str, collection: str, *documents: dict[str, Any]) -> None:
    with MongoClient[dict[str, Any]](url, timeoutMS=2000) as client:
        client.get_default_database()[collection].insert_many(documents)
