"""The lock of the one running process of an embedded store: a file beside the database, held as long as it lives."""

import fcntl
import os
import time
from pathlib import Path

from placement_alerts.errors import StoreBusy

# `holder_pid` holds the lock for microseconds when it looks; a process that starts must not take that for a rival
TRY_FOR_S = 0.3
TRY_EVERY_S = 0.02


class FileLock:
    """A held lock. The kernel gives it back when the process dies, however it dies; the file itself stays."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def acquire(database: Path) -> FileLock:
    """Take the lock of this database and leave our pid in it. Blocks up to 0.3 s; then StoreBusy."""
    descriptor = os.open(_lock_file(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + TRY_FOR_S
    while not _locked(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise StoreBusy(
                f"{database} is in use by the running process {pid}; stop it first (SIGTERM or Ctrl-C), "
                "or give this one another database.url"
            )
        time.sleep(TRY_EVERY_S)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return FileLock(descriptor)


def holder_pid(database: Path | str) -> int | None:
    """Return the pid of the running process that holds this database, or None if none runs.

    0: one runs whose pid cannot be read yet. Cheap: opens no database. The pid is as its holder sees itself, which in
    a container is not what the host sees.
    """
    try:
        descriptor = os.open(_lock_file(Path(database)), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        # shared: two that look at the same moment do not take each other for the holder
        return None if _locked(descriptor, fcntl.LOCK_SH) else _read_pid(descriptor)
    finally:
        os.close(descriptor)


def _lock_file(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def _locked(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_pid(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else 0
