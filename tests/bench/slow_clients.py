"""What thousands of unfinished requests cost the others (PROOF.md, R12).

python -m tests.bench.slow_clients [--hanging 2000] [--deadline 14] [--asks 500]

The server is a process of its own with the whole middleware and an SQLite store. A third of the hanging requests stop
in the head, a third in the body, and a third send a byte a second.
"""

import argparse
import asyncio
import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

from aiohttp import ClientSession

from placement_alerts.store import open_store
from placement_alerts.web.deadlines import Deadlines
from placement_alerts.web.server import DEADLINES
from tests.bench.rig import say, table
from tests.web.house import Moments, a_house

HEAD = b"GET /who HTTP/1.1\r\nHost: a\r\nX-Slow: "
BODY = b"POST /change HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx"
GRACE_S = 5.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def main() -> None:
    """Measure and print, or be the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hanging", type=int, default=2000)
    parser.add_argument("--deadline", type=float, default=DEADLINES.request_s, help="seconds")
    parser.add_argument("--asks", type=int, default=500, help="requests of the others, before and meanwhile")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_serve(given.deadline) if given.serve else _measure(given.hanging, given.deadline, given.asks))


async def _serve(deadline_s: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/slow.db")
        async with a_house(store, Moments(), deadlines=Deadlines(request_s=deadline_s)) as house:
            sys.stdout.write(f"{house.port}\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.readline)
        await store.close()


async def _measure(hanging: int, deadline_s: float, asks: int) -> None:
    async with _server(deadline_s) as (port, pid), ClientSession(f"http://127.0.0.1:{port}") as others:
        await _ask(others, 50)
        idle, before_mib = await _ask(others, asks), _rss_mib(pid)
        since = time.monotonic()
        connections = [await _hang(port, number) for number in range(hanging)]
        opened_s = time.monotonic() - since
        async with asyncio.TaskGroup() as group:
            ends = [group.create_task(_end(one, number, deadline_s)) for number, one in enumerate(connections)]
            meanwhile, during_mib = await _ask(others, asks), _rss_mib(pid)
        lives = [end.result() for end in ends]
        after = await _ask(others, asks)
        rows = [(name, *_shown(times)) for name, times in (("idle", idle), ("meanwhile", meanwhile), ("after", after))]
        table(("others", "p50 ms", "p99 ms", "max ms"), *rows)
        closed = [life for life in lives if life is not None]
        say(f"{hanging} opened in {opened_s:.1f} s; {len(closed)} closed by the server")
        say(f"a request's life: at most {max(closed, default=0):.1f} s (deadline {deadline_s:.0f} s)")
        say(f"server: {before_mib:.0f} MiB before, {during_mib:.0f} MiB meanwhile, {_rss_mib(pid):.0f} MiB after")


@asynccontextmanager
async def _server(deadline_s: float) -> AsyncIterator[tuple[int, int]]:
    command = (sys.executable, "-m", "tests.bench.slow_clients", "--serve", "--deadline", str(deadline_s))
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    line = b""
    while not line.strip().isdigit():  # the log comes the same way
        line = await child.stdout.readline()
    try:
        yield int(line), child.pid
    finally:
        child.stdin.write(b"\n")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), 10)


async def _ask(others: ClientSession, count: int) -> list[float]:
    times = []
    for _ in range(count):
        since = time.perf_counter()
        async with others.get("/health/live") as answer:
            await answer.read()
        times.append((time.perf_counter() - since) * 1000)
        await asyncio.sleep(0.002)
    return times


async def _hang(port: int, number: int) -> tuple[Connection, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(BODY if number % 3 == 1 else HEAD)
    return (reader, writer), time.monotonic()


async def _end(hanging: tuple[Connection, float], number: int, deadline_s: float) -> float | None:
    """Return how long the server bore the request; None: it still did when we stopped waiting."""
    (reader, writer), since = hanging
    try:
        async with asyncio.timeout(deadline_s + GRACE_S):
            with contextlib.suppress(ConnectionError):
                while await _more(reader, writer, drips=number % 3 == 2):
                    pass
        return time.monotonic() - since
    except TimeoutError:
        return None
    finally:
        writer.transport.abort()


async def _more(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, drips: bool) -> bool:
    if not drips:
        return bool(await reader.read(4096))
    writer.write(b"x")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            return bool(await reader.read(4096))
    return True


def _shown(times: list[float]) -> tuple[str, str, str]:
    cuts = quantiles(times, n=100)
    return f"{cuts[49]:.2f}", f"{cuts[98]:.2f}", f"{max(times):.2f}"


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
