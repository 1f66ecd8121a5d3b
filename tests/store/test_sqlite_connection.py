"""Transactions of the embedded store: errors, cancellation, and what a commit costs."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from placement_alerts.core.delivery import WAITING, DeliveryState, sources_of
from placement_alerts.errors import Duplicate, StoreUnavailable
from placement_alerts.store.base import Store
from placement_alerts.store.sqlite.connection import Database, connect
from placement_alerts.store.sqlite.delivery_rows import states_sql
from placement_alerts.store.sqlite.schema import SENDING_SQL, WAITING_SQL
from tests.builders import a_delivery, a_notice
from tests.store.wishes import a_claim, a_receipt, claimed

INSERT = "INSERT INTO facts (name) VALUES (?)"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one table of unique names."""
    file = tmp_path / "facts.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE facts (name TEXT UNIQUE)")
    opened = Database(file, await connect(file), await connect(file, read_only=True))
    yield opened
    await opened.close()


async def names(database: Database) -> list[str]:
    return [row[0] for row in await database.rows("SELECT name FROM facts ORDER BY name")]


async def test_taken_key_is_a_duplicate_that_names_it(database: Database) -> None:
    await database.change(INSERT, ("a",))

    with pytest.raises(Duplicate, match=r"facts\.name exists already"):
        await database.change(INSERT, ("a",))


async def test_error_undoes_the_whole_transaction(database: Database) -> None:
    await database.change(INSERT, ("a",))

    async def write_two() -> None:
        async with database.transaction() as writer:
            await writer.execute(INSERT, ("b",))
            await writer.execute(INSERT, ("a",))

    with pytest.raises(Duplicate):
        await write_two()

    assert await names(database) == ["a"]


async def test_turn_to_write_that_does_not_come_in_time_is_given_up(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "facts.db"
    hasty = Database(file, await connect(file), await connect(file, read_only=True), turn_timeout_s=0.01)

    async with hasty.transaction() as writer:
        await writer.execute(INSERT, ("a",))
        with pytest.raises(StoreUnavailable, match="no turn to write"):
            await hasty.change(INSERT, ("b",))
    await hasty.change(INSERT, ("c",))
    await hasty.close()

    assert await names(database) == ["a", "c"]


async def test_cancelled_transaction_is_undone_and_the_next_one_works(database: Database) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.transaction() as writer:
            await writer.execute(INSERT, ("a",))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await written.wait()
    task.cancel()
    await asyncio.wait({task})
    await database.change(INSERT, ("b",))

    assert task.cancelled()
    assert await names(database) == ["b"]


@pytest.mark.parametrize("turns", range(12))
async def test_cancellation_at_any_turn_leaves_no_transaction_open(database: Database, turns: int) -> None:
    async def write() -> None:
        async with database.transaction() as writer:
            await writer.execute(INSERT, ("a",))
            await writer.execute(INSERT, ("b",))

    task = asyncio.create_task(write())
    for _ in range(turns):
        await database.rows("SELECT 1")
    task.cancel()
    await asyncio.wait({task})
    await database.change(INSERT, ("c",))

    assert await names(database) in (["c"], ["a", "b", "c"])


async def test_full_disk_is_named_and_writing_goes_on_once_there_is_room(database: Database) -> None:
    async with database.transaction() as writer:
        await writer.execute("INSERT INTO facts VALUES ('kept')")
        (pages,) = next(iter(await writer.execute_fetchall("PRAGMA page_count")))
        await writer.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailable, match=r"facts\.db: disk full; make room"):
        await database.change(INSERT, ("x" * 1_000_000,))
    async with database.transaction() as writer:
        await writer.execute("PRAGMA max_page_count = 1000000")
    await database.change(INSERT, ("later",))

    assert await names(database) == ["kept", "later"]


async def test_database_that_another_process_holds_too_long_is_unavailable(tmp_path: Path, database: Database) -> None:
    async with database.transaction() as writer:
        await writer.execute("PRAGMA busy_timeout = 50")

    with closing(sqlite3.connect(tmp_path / "facts.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another process"):
            await database.change(INSERT, ("a",))
        other.execute("ROLLBACK")
    await database.change(INSERT, ("b",))

    assert await names(database) == ["b"]


async def test_wrong_statement_is_a_bug_and_not_a_store_error(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.rows("SELECT * FROM missing")


async def test_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable, match="read-only"):
        await database.rows("INSERT INTO facts VALUES ('a')")


async def test_reading_goes_on_while_a_transaction_is_open(database: Database) -> None:
    async with database.transaction() as writer:
        await writer.execute(INSERT, ("a",))
        assert await names(database) == []

    assert await names(database) == ["a"]


async def test_exchange_that_changes_nothing_writes_nothing(sqlite_store: Store, sqlite_file: Path) -> None:
    await sqlite_store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(sqlite_store)
    await sqlite_store.deliveries.exchange([a_receipt(sending)], None)
    log = sqlite_file.with_name("store.db-wal")
    before = (log.stat().st_size, log.stat().st_mtime_ns)

    await sqlite_store.deliveries.exchange([a_receipt(sending)], a_claim())
    await sqlite_store.requests.take()
    await sqlite_store.notices.save(a_notice())
    assert (log.stat().st_size, log.stat().st_mtime_ns) != before
    before = (log.stat().st_size, log.stat().st_mtime_ns)
    await sqlite_store.notices.save(a_notice())
    await sqlite_store.deliveries.free([], a_delivery().due_at)

    assert (log.stat().st_size, log.stat().st_mtime_ns) == before


def test_conditions_of_the_partial_indexes_say_what_the_table_of_moves_says() -> None:
    quoted = {f"'{state}'" for state in WAITING}

    assert set(WAITING_SQL.removeprefix("state IN (").removesuffix(")").split(", ")) == quoted
    assert f"state = '{DeliveryState.SENDING}'" == SENDING_SQL
    assert states_sql(sources_of(DeliveryState.SEEN)) == "state IN ('sent')"


@pytest.mark.parametrize(
    "after",
    [
        DeliveryState.SENDING,
        DeliveryState.EXPIRED,
        DeliveryState.REFUSED,
        DeliveryState.SUPERSEDED,
        DeliveryState.WITHDRAWN,
    ],
)
def test_every_waiting_state_may_go_where_the_statements_send_it(after: DeliveryState) -> None:
    assert set(sources_of(after)) >= WAITING
