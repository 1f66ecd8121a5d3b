"""What a request of the JSON API costs beside Starlette on uvicorn (PROOF.md, P7).

python -m tests.bench.api [--rounds 5] [--requests 3000] [--connections 30]

CPU time of the server's process, user and system, from /proc. Rounds are interleaved, so that a busy machine is busy
for all; medians are shown. starlette, uvicorn, httptools and orjson come with the extra `bench`.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.bench.api_peers import PEERS, TOKEN
from tests.bench.rig import progress, say, table

ONE, LIST = "/api/v1/notices/n{number}", "/api/v1/notices?limit=20"
READ = 20  # notices: the newest ones are read all the time
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """cpu_us: of the server, for each request. p99_ms: as the callers saw it."""

    cpu_us: float
    p99_ms: float


@dataclass(frozen=True)
class Peer:
    pid: int
    port: int

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


async def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="of every server")
    parser.add_argument("--requests", type=int, default=3000, help="in a round")
    parser.add_argument("--connections", type=int, default=30, help="at once")
    given = parser.parse_args(arguments)
    async with AsyncExitStack() as stack:
        peers = {name: await stack.enter_async_context(a_peer(name)) for name in PEERS}
        for path, requests in ((ONE, given.requests), (LIST, given.requests // 10)):
            rounds = await _measure(peers, path, given.rounds, requests, given.connections)
            _show(path, rounds)
    say(f"medians of {given.rounds} rounds of {given.requests} requests over {given.connections} connections")


@asynccontextmanager
async def a_peer(name: str) -> AsyncIterator[Peer]:
    """Start one of PEERS in a process of its own."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "tests.bench.api_peers", name, stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    port = None
    while port is None:
        line = await process.stdout.readline()
        port = json.loads(line)["port"] if line.startswith(b"{") else None
    yield Peer(process.pid, port)
    process.terminate()
    await process.wait()


async def _measure(
    peers: dict[str, Peer], path: str, rounds: int, requests: int, connections: int
) -> dict[str, list[Round]]:
    found: dict[str, list[Round]] = {name: [] for name in peers}
    for at in range(rounds + 1):
        for name, peer in peers.items():
            progress(f"round {at} of {rounds}: {name}")
            result = await _round(peer, path, requests, connections)
            if at > 0:  # the first one warms up
                found[name].append(result)
    progress("")
    return found


async def _round(peer: Peer, path: str, requests: int, connections: int) -> Round:
    took: list[float] = []
    before = peer.cpu_s()
    async with asyncio.TaskGroup() as callers:
        for number in range(connections):
            callers.create_task(_call(peer.port, path, requests // connections, number, took))
    return Round((peer.cpu_s() - before) / len(took) * 1e6, quantiles(took, n=100)[98] * 1000)


async def _call(port: int, path: str, requests: int, number: int, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    for at in range(requests):
        target = path.format(number=(number * requests + at) % READ)
        head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\nAccept: */*\r\n\r\n"
        began = time.perf_counter()
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        took.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()


def _show(path: str, rounds: dict[str, list[Round]]) -> None:
    ours = median(one.cpu_us for one in rounds["ours"])
    rows = []
    for name, found in rounds.items():
        cpu_us = median(one.cpu_us for one in found)
        rows.append((name, f"{cpu_us:.0f}", f"{ours / cpu_us:.2f}", f"{median(one.p99_ms for one in found):.1f}"))
    table((path, "CPU µs a request", "ours / it", "p99 ms"), *rows)


if __name__ == "__main__":
    asyncio.run(main())
