"""The embedded store has one running process, and guests beside it."""

import os
import signal
from pathlib import Path

import pytest

from placement_alerts.errors import StoreBusy, StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.sqlite.lock import holder_pid
from tests.builders import a_notice
from tests.store.children import child, read_line


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)


async def test_second_running_process_is_refused_and_told_who_runs_and_what_to_do(sqlite_url: str) -> None:
    with child("hold", sqlite_url) as holder:
        assert read_line(holder) == "ready"

        with pytest.raises(StoreBusy, match=rf"running process {holder.pid}; stop it first \(SIGTERM or Ctrl-C\)"):
            await open_store(sqlite_url, exclusive=True)


async def test_second_exclusive_opening_in_the_same_process_is_refused(sqlite_url: str) -> None:
    store = await open_store(sqlite_url, exclusive=True)

    with pytest.raises(StoreBusy, match=str(os.getpid())):
        await open_store(sqlite_url, exclusive=True)

    await store.close()


async def test_guests_read_and_write_beside_the_running_process(sqlite_url: str) -> None:
    running = await open_store(sqlite_url, exclusive=True)
    guests = [await open_store(sqlite_url) for _ in range(3)]

    for number, guest in enumerate(guests):
        await guest.notices.save(a_notice(f"n{number}"))
        await guest.close()

    assert len(await running.notices.latest(None, 9)) == 3
    await running.close()


async def test_closed_store_lets_the_next_process_in(sqlite_url: str) -> None:
    first = await open_store(sqlite_url, exclusive=True)
    await first.close()

    second = await open_store(sqlite_url, exclusive=True)
    await second.close()


async def test_killed_process_holds_nothing(sqlite_url: str, sqlite_file: Path) -> None:
    with child("hold", sqlite_url) as holder:
        assert read_line(holder) == "ready"
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    assert holder_pid(sqlite_file) is None
    store = await open_store(sqlite_url, exclusive=True)
    await store.close()


async def test_holder_is_known_while_it_runs_and_by_nobody_else(sqlite_url: str, sqlite_file: Path) -> None:
    assert holder_pid(sqlite_file) is None
    guest = await open_store(sqlite_url)
    assert holder_pid(sqlite_file) is None

    with child("hold", sqlite_url) as holder:
        assert read_line(holder) == "ready"
        assert holder_pid(str(sqlite_file)) == holder.pid
        holder.communicate()

    assert holder_pid(sqlite_file) is None
    await guest.close()


async def test_failed_opening_holds_nothing(sqlite_url: str, sqlite_file: Path) -> None:
    write(sqlite_file, b"not a database, by its first hundred bytes" * 100)

    with pytest.raises(StoreUnavailable, match="not a SQLite database"):
        await open_store(sqlite_url, exclusive=True)

    assert holder_pid(sqlite_file) is None
