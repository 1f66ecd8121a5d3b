"""What the benchmarks share: the simulated Bot API in a process of its own, students, notices, tables."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import aiohttp

from placement_alerts.app_parts import now
from placement_alerts.config.loading import load
from placement_alerts.config.models import Config
from placement_alerts.core.notice import Notice
from placement_alerts.logs import set_up_logs
from placement_alerts.sandbox.telegram_api import TOKEN
from placement_alerts.sandbox.telegram_chats import FIRST_STUDENT_ID
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_notice, facts

READY_PATIENCE_S = 30.0
SAMPLE_S = 0.002  # how often the loop is looked at
STRETCH_COLUMNS = ("seconds", "a second", "per CPU second", "lag p99 ms", "max ms")


@asynccontextmanager
async def simulated_telegram(*arguments: str) -> AsyncIterator[str]:
    """Run the simulated Bot API in a process of its own; yields its address."""
    command = (sys.executable, "-m", "placement_alerts.sandbox.telegram_api", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_PATIENCE_S):
            address = (await process.stdout.readline()).decode().strip()
        yield address
    finally:
        process.terminate()
        await process.wait()


async def fetch(url: str) -> Any:
    """Return the JSON at a loopback address."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return json.loads(await response.text())


def settings(folder: Path, telegram: str, *, bot: bool = True) -> dict[str, str]:
    """Return the environment of a process of ours as shipped, its store in `folder`, its bot at `telegram` or off."""
    values = {"DATABASE__URL": f"sqlite:///{folder}/bench.db", "WEB__PORT": "0"}
    if bot:
        values |= {"TELEGRAM__TOKEN": TOKEN, "TELEGRAM__API_BASE": telegram}
    return {f"PLACEMENT_ALERTS__{name}": value for name, value in values.items()}


def configuration(folder: Path, telegram: str) -> Config:
    """Return the configuration that such a process has."""
    return load(environ=settings(folder, telegram), folder=folder).config


def chats(count: int) -> range:
    """Return the ids of the students that `simulated_telegram("--students", ...)` knows."""
    return range(FIRST_STUDENT_ID, FIRST_STUDENT_ID + count)


async def join(store: Store, count: int) -> None:
    """Let so many students press Start."""
    for chat in chats(count):
        await store.students.join("telegram", str(chat), YEAR, {}, now())


def notices(count: int) -> Iterator[Notice]:
    """Yield postings that were stored now, no two with the same text."""
    stored_at = now()
    for number in range(count):
        yield a_notice(
            f"{number:024x}",
            title=f"Open for applications {number} - Brightwave Systems - Software Engineer",
            facts=facts(deadline=stored_at + timedelta(days=3), links=("https://careers.example.com/apply",)),
            published_at=stored_at,
            updated_at=stored_at,
            stored_at=stored_at,
            expires_at=stored_at + timedelta(days=3),
        )


@dataclass(slots=True)
class Used:
    """What a stretch of work took. cpu_s: of every thread of this process."""

    seconds: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def used() -> Iterator[Used]:
    """Measure the block."""
    found, wall, cpu = Used(), time.perf_counter(), time.process_time()
    try:
        yield found
    finally:
        found.seconds, found.cpu_s = time.perf_counter() - wall, time.process_time() - cpu


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one stretch of the pipeline did. lags_s: by how much the loop was late, sampled all the while."""

    done: int
    took: Used
    lags_s: Sequence[float]


async def stretch_of(work: Callable[[], Coroutine[Any, Any, int]]) -> Stretch:
    """Do the work, which returns how much it did, and look meanwhile how late the loop is."""
    lags: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        sampling = tasks.create_task(_sample(lags))
        with used() as took:
            done = await work()
        sampling.cancel()
    return Stretch(done, took, lags or [0.0])


async def _sample(lags_s: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        expected = loop.time() + SAMPLE_S
        await asyncio.sleep(SAMPLE_S)
        lags_s.append(max(0.0, loop.time() - expected))


def row_of(what: str, stretch: Stretch) -> tuple[str, ...]:
    """Return the row for a table headed by STRETCH_COLUMNS."""
    return (
        what,
        f"{stretch.done:,}",
        f"{stretch.took.seconds:.2f}",
        f"{stretch.done / stretch.took.seconds:,.0f}",
        f"{stretch.done / stretch.took.cpu_s:,.0f}",
        f"{percentile(stretch.lags_s, 0.99) * 1000:.1f}",
        f"{max(stretch.lags_s) * 1000:.1f}",
    )


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core; what it starts before stays where it likes."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(*rows: Sequence[str]) -> None:
    """Print rows under their headline, the first column to the left and the figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        say("  ".join(cells))


def say(line: str) -> None:
    """Print a line of the result."""
    print(line, flush=True)  # noqa: T201 - the terminal is the reader


def progress(line: str) -> None:
    """Show what is under way, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201 - the terminal is the reader


class _Nowhere(StringIO):
    def write(self, text: str, /) -> int:
        return len(text)


def quiet_logs() -> None:
    """Log as the shipped program does, but into nowhere: what a line costs stays in the measurement."""
    set_up_logs(level="info", stream=_Nowhere())
