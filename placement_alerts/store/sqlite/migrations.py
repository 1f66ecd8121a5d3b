"""Brings a file's schema up to date when it is opened: forward only, all or nothing, one process at a time."""

import asyncio
import sqlite3
from pathlib import Path

import aiosqlite

from placement_alerts.errors import StoreOutdated
from placement_alerts.store.sqlite.connection import BUSY_TIMEOUT_S, store_errors
from placement_alerts.store.sqlite.listing import add_functions
from placement_alerts.store.sqlite.schema import MIGRATIONS

SCHEMA_VERSION = len(MIGRATIONS)
# while several connections turn a new file to WAL, SQLite says "busy" at once instead of after the busy timeout
BUSY_PAUSE_S = 0.02


async def migrate(connection: aiosqlite.Connection, file: Path) -> None:
    """Apply the migrations that the file lacks. Raises StoreOutdated if it is newer than we are or one fails."""
    tries = round(BUSY_TIMEOUT_S / BUSY_PAUSE_S)
    with store_errors(file):
        while await _version(connection) < SCHEMA_VERSION:
            tries -= 1
            try:
                await _migrate_once(connection)
            except sqlite3.OperationalError as error:
                if not tries or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                await asyncio.sleep(BUSY_PAUSE_S)


async def _migrate_once(connection: aiosqlite.Connection) -> None:
    await add_functions(connection)
    await connection.execute("PRAGMA journal_mode = WAL")  # stays with the file; not allowed in a transaction
    try:
        await connection.execute("BEGIN EXCLUSIVE")
        await _apply_missing(connection)
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise


async def _apply_missing(connection: aiosqlite.Connection) -> None:
    # asked again under the lock: another process may have migrated the file meanwhile
    version = await _version(connection)
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        try:
            for statement in statements:
                await connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
                raise StoreOutdated(f"migration to schema {number} failed: {error}; restore a backup") from error
            raise
    await connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


async def _version(connection: aiosqlite.Connection) -> int:
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    version = int(rows[0][0])
    if version > SCHEMA_VERSION:
        raise StoreOutdated(
            f"the database has schema {version}, this program knows {SCHEMA_VERSION}; install the newer version again"
        )
    return version
