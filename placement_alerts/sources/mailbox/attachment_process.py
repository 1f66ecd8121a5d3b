"""The process that reads a spreadsheet or a PDF: started for one file, bounded, and killed when its time is over."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from placement_alerts.sources.mailbox.tables import MAX_CHARACTERS, Rows, Unread

DEADLINE_S = 10.0
_MAX_ANSWER = 8 * MAX_CHARACTERS  # bytes: JSON writes some characters as six
_MODULE = "placement_alerts.sources.mailbox.attachment_reader"
_PACKAGES = str(Path(__file__).parents[3])
_ROWS = TypeAdapter(Rows)


async def read_in_process(kind: str, data: bytes, deadline_s: float = DEADLINE_S) -> Rows | Unread:
    """Return the rows of a file. kind: xlsx or pdf. The process is gone when this returns, or is cancelled."""
    try:
        process = await _start(kind)
    except OSError as error:  # no memory, or too many processes or open files
        return Unread(f"no process could be started to read it ({error.strerror})")
    try:
        async with asyncio.timeout(deadline_s):
            answer = await _exchange(process, data)
    except TimeoutError:
        return Unread("reading it takes too long")
    finally:
        await _end(process)
    return _understood(answer)


async def _start(kind: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-m", _MODULE, kind),
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": _PACKAGES, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},  # no secret of ours
        cwd="/",
        start_new_session=True,
        limit=64 * 1024,
    )


async def _exchange(process: Process, data: bytes) -> bytes:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError, ConnectionResetError):  # it gave up before it had read everything
        process.stdin.write(data)
        await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()
    answer = bytearray()
    while len(answer) <= _MAX_ANSWER and (chunk := await process.stdout.read(64 * 1024)):
        answer += chunk
    return bytes(answer)


def _understood(answer: bytes) -> Rows | Unread:
    if not answer or len(answer) > _MAX_ANSWER:
        return Unread("reading it takes too much time or memory" if not answer else "it is too large")
    try:
        found = json.loads(answer)
        return Unread(str(found["unread"])[:200]) if "unread" in found else _ROWS.validate_python(found["rows"])
    except (ValueError, LookupError, TypeError, ValidationError):
        return Unread("it is damaged")


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
