"""The connections to the file: one writer whose transactions never overlap, one reader, and their errors as ours."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from placement_alerts.errors import Duplicate, StoreUnavailable

BUSY_TIMEOUT_S = 5.0  # how long another process's transaction is waited for; ours last milliseconds
TURN_TIMEOUT_S = 10.0  # for those of this process who wait for each other, while the first waits for another process
PAGE_CACHE_KB = 16_000
WAL_LIMIT_BYTES = 64_000_000  # what a checkpoint leaves of a log that one large plan made long
PING_TIMEOUT_S = 1.0

Row = Sequence[Any]
Parameters = Sequence[Any] | Mapping[str, Any]

_CAUSES = {
    sqlite3.SQLITE_BUSY: f"another process has held the database for {BUSY_TIMEOUT_S:.0f} s; see what else has it open",
    sqlite3.SQLITE_LOCKED: "the database is locked; try again",
    sqlite3.SQLITE_FULL: "disk full; make room on it",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written; see that it is there and has room",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; see its permissions and those of its folder",
    sqlite3.SQLITE_READONLY: "the file is read-only; make it and its folder writable",
    sqlite3.SQLITE_PERM: "access is not permitted; see the file's permissions",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is not a SQLite database; give another database.url",
}
_UNIQUE = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID)


@contextmanager
def store_errors(file: Path) -> Iterator[None]:
    """Turn what SQLite raises into our errors, which name the file and what to do.

    What is left, such as a wrong statement, is a bug and goes through.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code in _UNIQUE:
            raise Duplicate(str(error).rpartition(": ")[2]) from error
        if code is not None and (cause := _CAUSES.get(code & 0xFF)):  # the low byte is the class of an extended code
            raise StoreUnavailable(f"{file}: {cause} ({error.sqlite_errorname})") from error
        raise


class Database:
    """An open SQLite file. Each connection has a thread that runs its statements in the order in which they came."""

    def __init__(
        self,
        file: Path,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        turn_timeout_s: float = TURN_TIMEOUT_S,
    ) -> None:
        self._file = file
        self._turn_timeout_s = turn_timeout_s
        self._writer = writer
        self._reader = reader
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        """Hold the file's write lock; durable when the block has ended, undone if it raised or was cancelled.

        A cancelled statement still runs in the connection's thread, but the rollback stands behind it in the queue and
        the next BEGIN behind both, so no transaction is ever left open. A cancelled commit may have taken effect.
        """
        async with self._turn():
            with store_errors(self._file):
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    await self._writer.rollback()
                    raise

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._turn_timeout_s):
                await self._writing.acquire()
        except TimeoutError as error:
            raise StoreUnavailable(f"{self._file}: no turn to write within {self._turn_timeout_s:g} s") from error
        try:
            yield
        finally:
            self._writing.release()

    async def change(self, sql: str, parameters: Parameters) -> int:
        """Run one statement in a transaction of its own; return how many rows it changed."""
        async with self.transaction() as writer:
            cursor = await writer.execute(sql, parameters)
            return cursor.rowcount

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return what a query finds in the last committed state; never waits for the writer."""
        with store_errors(self._file):
            return list(await self._reader.execute_fetchall(sql, parameters))

    async def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Return the first row of a query, or None."""
        return next(iter(await self.rows(sql, parameters)), None)

    async def ping(self) -> None:
        """Return if the file answers within a second."""
        try:
            async with asyncio.timeout(PING_TIMEOUT_S):
                await self.rows("SELECT count(*) FROM sqlite_schema")
        except TimeoutError as error:
            raise StoreUnavailable(f"{self._file}: no answer within {PING_TIMEOUT_S:.0f} s") from error

    async def close(self) -> None:
        """Finish the transaction that runs, then close both connections."""
        async with self._writing:
            with store_errors(self._file):
                try:
                    await self._reader.close()
                finally:
                    await self._writer.close()


async def connect(file: Path, *, read_only: bool = False) -> aiosqlite.Connection:
    """Open the file with the settings that every connection of ours has."""
    with store_errors(file):
        connection = await aiosqlite.connect(file, timeout=BUSY_TIMEOUT_S, isolation_level=None, cached_statements=256)
        try:
            await connection.execute("PRAGMA foreign_keys = ON")
            await connection.execute("PRAGMA synchronous = FULL")  # a commit that returned survives a power cut
            await connection.execute("PRAGMA secure_delete = ON")  # a held mail that is forgotten leaves no bytes
            await connection.execute("PRAGMA temp_store = MEMORY")
            await connection.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KB}")
            await connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
            await connection.execute(f"PRAGMA query_only = {int(read_only)}")
        except BaseException:
            await connection.close()
            raise
        return connection
