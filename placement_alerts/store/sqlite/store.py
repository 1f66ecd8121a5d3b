"""The embedded store: opens one SQLite file and offers its repositories."""

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path

from placement_alerts.errors import ConfigError, StoreUnavailable
from placement_alerts.store.sqlite import lock
from placement_alerts.store.sqlite.audit import SqliteAudit
from placement_alerts.store.sqlite.connection import Database, connect
from placement_alerts.store.sqlite.deliveries import SqliteDeliveries
from placement_alerts.store.sqlite.drafts import SqliteDrafts
from placement_alerts.store.sqlite.idempotency import SqliteIdempotency
from placement_alerts.store.sqlite.jobs import SqliteJobs
from placement_alerts.store.sqlite.mails import SqliteMails
from placement_alerts.store.sqlite.migrations import SCHEMA_VERSION, migrate
from placement_alerts.store.sqlite.notices import SqliteNotices
from placement_alerts.store.sqlite.offers import SqliteOffers
from placement_alerts.store.sqlite.official import SqliteOfficial
from placement_alerts.store.sqlite.policies import SqlitePolicies
from placement_alerts.store.sqlite.processes import SqliteProcesses
from placement_alerts.store.sqlite.requests import SqliteRequests
from placement_alerts.store.sqlite.reviews import SqliteReviews
from placement_alerts.store.sqlite.secret import secret_of
from placement_alerts.store.sqlite.sessions import SqliteSessions
from placement_alerts.store.sqlite.sources import SqliteSources
from placement_alerts.store.sqlite.students import SqliteStudents
from placement_alerts.store.sqlite.subscriptions import SqliteSubscriptions
from placement_alerts.store.sqlite.tokens import SqliteTokens
from placement_alerts.store.sqlite.webhooks import SqliteWebhooks


class SqliteStore:
    """An open file. held: the lock of the one running process, or None for a guest beside it."""

    def __init__(self, path: str, database: Database, held: lock.FileLock | None) -> None:
        self._path = path
        self._database = database
        self._held = held
        self.notices = SqliteNotices(database)
        self.jobs = SqliteJobs(database)
        self.students = SqliteStudents(database)
        self.deliveries = SqliteDeliveries(database)
        self.sources = SqliteSources(database)
        self.processes = SqliteProcesses(database)
        self.requests = SqliteRequests(database)
        self.mails = SqliteMails(database)
        self.reviews = SqliteReviews(database)
        self.offers = SqliteOffers(database)
        self.policies = SqlitePolicies(database)
        self.official = SqliteOfficial(database)
        self.sessions = SqliteSessions(database)
        self.tokens = SqliteTokens(database)
        self.subscriptions = SqliteSubscriptions(database)
        self.answers = SqliteIdempotency(database)
        self.webhooks = SqliteWebhooks(database)
        self.drafts = SqliteDrafts(database)
        self.audit = SqliteAudit(database)

    async def secret(self, name: str) -> bytes:
        """Return 32 random bytes, made at the first call."""
        return await secret_of(self._database, name)

    async def ping(self) -> None:
        """Return if the file answers within a second."""
        await self._database.ping()

    async def describe(self) -> str:
        """Return the library's version, the schema's and the path as configured."""
        return f"SQLite {sqlite3.sqlite_version}, schema {SCHEMA_VERSION}, {self._path}"

    async def close(self) -> None:
        """Finish the transaction that runs, close the file, let the next process in."""
        try:
            await self._database.close()
        finally:
            if self._held:
                self._held.release()


async def open_sqlite(path: str, *, exclusive: bool) -> SqliteStore:
    """Open the file, made with its folder if missing, readable by its owner alone.

    path: as configured; a relative one starts at the working directory of this moment.
    """
    if not path:
        raise ConfigError(["database.url: names no file; expected sqlite:///FILE"])
    file, held = await asyncio.to_thread(_prepare, path, exclusive=exclusive)
    try:
        return SqliteStore(path, await _open_database(file), held)
    except BaseException:
        if held:
            held.release()
        raise


def _prepare(path: str, *, exclusive: bool) -> tuple[Path, lock.FileLock | None]:
    file = Path(path).absolute()
    held = None
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = lock.acquire(file) if exclusive else None
        _make(file)
    except OSError as error:
        if held:
            held.release()
        raise StoreUnavailable(f"{file} cannot be opened: {error.strerror}; see database.url") from error
    return file, held


def _make(file: Path) -> None:
    """Make the file unless it is there. Never opens one that is: closing it would drop SQLite's own locks on it."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


async def _open_database(file: Path) -> Database:
    writer = await connect(file)
    try:
        await migrate(writer, file)
        reader = await connect(file, read_only=True)
    except BaseException:
        await writer.close()
        raise
    return Database(file, writer, reader)
