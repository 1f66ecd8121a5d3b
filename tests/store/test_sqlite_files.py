"""The file of the embedded store: who may read it, its schema, and what is wrong with it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from placement_alerts.core.delivery import DeliveryId
from placement_alerts.core.review import Answer
from placement_alerts.core.student import StudentId
from placement_alerts.errors import StoreOutdated, StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import JobFilter, NoticeFilter, Store
from placement_alerts.store.sqlite.migrations import SCHEMA_VERSION
from placement_alerts.store.sqlite.schema import MIGRATIONS
from tests.builders import NOW, a_job, a_mail, a_notice, a_review, after, facts
from tests.store.children import child


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)


def read(file: Path) -> bytes:
    return file.read_bytes()


def pragma(file: Path, name: str) -> object:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


async def test_new_store_gets_its_folder_and_is_readable_by_its_owner_alone(
    sqlite_store: Store, sqlite_file: Path
) -> None:
    await sqlite_store.notices.save(a_notice())

    modes = {path.name: path.stat().st_mode & 0o777 for path in sqlite_file.parent.iterdir()}

    assert sqlite_file.parent.stat().st_mode & 0o777 == 0o700
    assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}


async def test_lock_file_is_readable_by_its_owner_alone(sqlite_url: str, sqlite_file: Path) -> None:
    store = await open_store(sqlite_url, exclusive=True)
    await store.close()

    assert sqlite_file.with_name("store.db.lock").stat().st_mode & 0o777 == 0o600


async def test_closed_store_is_one_file(sqlite_url: str, sqlite_file: Path) -> None:
    store = await open_store(sqlite_url)
    await store.notices.save(a_notice())
    await store.close()

    assert [path.name for path in sqlite_file.parent.iterdir()] == ["store.db"]


async def test_empty_file_is_brought_to_the_newest_schema(sqlite_url: str, sqlite_file: Path) -> None:
    write(sqlite_file, b"")

    store = await open_store(sqlite_url)
    await store.notices.save(a_notice())
    await store.close()

    assert pragma(sqlite_file, "user_version") == SCHEMA_VERSION
    assert pragma(sqlite_file, "journal_mode") == "wal"
    assert pragma(sqlite_file, "integrity_check") == "ok"


async def test_file_of_a_newer_version_is_refused_untouched(sqlite_url: str, sqlite_file: Path) -> None:
    sqlite_file.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = read(sqlite_file)

    with pytest.raises(StoreOutdated, match=f"schema {SCHEMA_VERSION + 1}"):
        await open_store(sqlite_url)

    assert read(sqlite_file) == before


async def test_failed_migration_leaves_the_file_as_it_was(sqlite_url: str, sqlite_file: Path) -> None:
    sqlite_file.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute("CREATE TABLE requests (something_else)")

    with pytest.raises(StoreOutdated, match="migration to schema 1 failed"):
        await open_store(sqlite_url)

    assert pragma(sqlite_file, "user_version") == 0
    with closing(sqlite3.connect(sqlite_file)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("requests",)]


async def test_file_of_an_older_version_keeps_its_rows_and_gets_the_newest_schema(
    sqlite_url: str, sqlite_file: Path
) -> None:
    sqlite_file.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file)) as connection, connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("INSERT INTO duties (duty, owner) VALUES ('bot', 'p-1')")
        connection.execute("PRAGMA user_version = 1")

    store = await open_store(sqlite_url)
    holder = await store.processes.holder("bot")
    await store.close()

    assert holder == "p-1"
    assert pragma(sqlite_file, "user_version") == SCHEMA_VERSION


async def test_deliveries_and_students_of_an_older_version_are_read(sqlite_url: str, sqlite_file: Path) -> None:
    sqlite_file.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file)) as connection, connection:
        for statements in MIGRATIONS[:2]:
            for statement in statements:
                connection.execute(statement)
        connection.execute("INSERT INTO students (id, year, joined_at) VALUES ('s7', '202526', 0)")
        connection.execute(
            """INSERT INTO deliveries (id, notice_id, revision, year, student_id, channel, target, priority, state,
                due_at, planned_at, reason, attempts, possibly_delivered, message_ids)
            VALUES ('d', 'n1', 1, '202526', 's7', '', '', 2, 'suppressed', 0, 0, 'other year', 0, 0, '[]')"""
        )
        connection.execute("PRAGMA user_version = 2")

    store = await open_store(sqlite_url)
    delivery = await store.deliveries.get(DeliveryId("d"))
    student = await store.students.get(StudentId("s7"))
    enrolled = await store.students.enroll(StudentId("s7"), "k1", "001")
    await store.close()

    assert delivery is not None
    assert not delivery.personal
    assert student is not None
    assert (student.enrollment_key, student.enrollment_hint) == (None, None)
    assert enrolled


async def test_notices_jobs_and_students_of_an_older_version_are_found_in_lists(
    sqlite_url: str, sqlite_file: Path
) -> None:
    job = a_job(company="Straßenbau Pvt Ltd", location="Noida")
    notice = a_notice(revision=2, text="Große Chance", facts=facts(event_at=after(hours=1)), public=True)
    sqlite_file.parent.mkdir()
    with closing(sqlite3.connect(sqlite_file)) as connection, connection:
        for statements in MIGRATIONS[:3]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(
            """INSERT INTO notices (id, revision, year, kind, published_at, stored_at, urgent, planned)
            VALUES ('n1', 2, '202526', 'job_posting', 0, 0, 0, 1)"""
        )
        revisions = [(1, a_notice(text="Old")), (2, notice)]
        connection.executemany(
            "INSERT INTO notice_revisions (notice_id, revision, document) VALUES ('n1', ?, ?)",
            [(revision, document.model_dump_json(exclude={"audience"})) for revision, document in revisions],
        )
        connection.execute(
            "INSERT INTO jobs (id, year, company_key, document) VALUES (?, ?, 'strassenbau', ?)",
            (job.id, job.year, job.model_dump_json()),
        )
        connection.execute("PRAGMA user_version = 3")

    store = await open_store(sqlite_url)
    wanted = NoticeFilter(company="brightwave systems", source="superset", open_at=NOW, words=("grosse",), public=True)
    listed = await store.notices.find(wanted, None, 5)
    old = await store.notices.find(NoticeFilter(words=("old",)), None, 5)
    dated = await store.notices.dated(None, NOW, after(hours=2), 5)
    jobs = await store.jobs.find(JobFilter(open_at=NOW, words=("STRASSENBAU", "noida")), None, 5)
    await store.close()

    assert (listed, old, dated, jobs) == ([notice], [], [notice], [job])


async def test_twenty_openings_of_a_new_file_at_once_migrate_it_once(sqlite_url: str) -> None:
    async with asyncio.TaskGroup() as openings:
        stores = [openings.create_task(open_store(sqlite_url)) for _ in range(20)]

    async with asyncio.TaskGroup() as savers:
        saved = [savers.create_task(store.result().notices.save(a_notice(f"n{n}"))) for n, store in enumerate(stores)]
    counts = await stores[0].result().notices.counts()
    for store in stores:
        await store.result().close()

    assert all(answer.result() for answer in saved)
    assert counts == {"job_posting": 20}


async def test_mail_that_was_forgotten_is_nowhere_in_the_file(sqlite_url: str, sqlite_file: Path) -> None:
    review = a_review(mail=a_mail(text="Forget-me-not " * 9_999), facts=facts(venue="Forget-me-not"))
    store = await open_store(sqlite_url)
    await store.reviews.ask(review)
    await store.reviews.answer(review.id, Answer.DISCARD, "7", NOW)
    await store.close()
    before = read(sqlite_file)

    store = await open_store(sqlite_url)
    await store.reviews.mark_done(review.id)
    await store.close()

    assert b"Forget-me-not" in before
    assert b"Forget-me-not" not in read(sqlite_file)


async def test_description_names_version_schema_and_path(sqlite_store: Store, sqlite_file: Path) -> None:
    description = await sqlite_store.describe()

    assert description == f"SQLite {sqlite3.sqlite_version}, schema {SCHEMA_VERSION}, {sqlite_file}"


async def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable, match=r"store\.db cannot be opened"):
        await open_store(f"sqlite:///{tmp_path}/file/store.db")


async def test_file_that_is_no_database_is_said_to_be_none(sqlite_url: str, sqlite_file: Path) -> None:
    write(sqlite_file, b"a letter to the placement office " * 99)

    with pytest.raises(StoreUnavailable, match="not a SQLite database"):
        await open_store(sqlite_url)


def test_full_disk_is_said_and_writing_goes_on_once_there_is_room(sqlite_url: str, sqlite_file: Path) -> None:
    with child("fill_disk", sqlite_url) as process:
        said, _ = process.communicate()

    failure, written_after = said.splitlines()
    assert failure.startswith(f"{sqlite_file}: the disk cannot be read or written; see that it is there and has room")
    assert written_after == "True"
