"""MongoDB paused, and stopped and started again, in the middle of a fan-out (PROOF.md, R3)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.chaos.ports import free_port
from tests.chaos.program import Program, Starter
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import Stage, open_stage
from tests.store.mongo_server import JavaServer, start_java_server, url_of_database

RATE = 100  # a second: the fan-out must last longer than the outages
RESUME_GOAL_S = 5.0
ASK_EVERY_S = 0.2


@dataclass
class Server:
    """The server, which may be another process after a restart on the same file."""

    file: Path
    java: JavaServer = field(init=False)

    async def start(self, port: int = 0) -> None:
        self.java = await asyncio.to_thread(start_java_server, port, self.file)

    async def restart(self, away_s: float) -> None:
        await asyncio.to_thread(self.java.stop)
        await asyncio.sleep(away_s)
        await self.start(self.java.port)

    async def pause(self, away_s: float) -> None:
        self.java.pause()
        try:
            await asyncio.sleep(away_s)
        finally:
            self.java.resume()


async def outages(folder: Path, starter: Starter, *, students: int, away_s: float, name: str) -> Finding:
    """Pause the server and restart it, and see the program wait and go on. Raises NoServer."""
    server = Server(folder / "mongo.h2")
    await server.start()
    try:
        async with open_stage(folder, url_of_database(server.java.url, "chaos"), starter, rate=RATE) as stage:
            return await _outages(stage, server, students, away_s, name)
    finally:
        await asyncio.to_thread(server.java.stop)


async def _outages(stage: Stage, server: Server, students: int, away_s: float, name: str) -> Finding:
    port = free_port()
    stage.settings["WEB__PORT"] = str(port)
    await stage.join(students)
    await stage.publish()
    life = stage.start("fanout", "web")
    await stage.until_accepted(students // 4, life)
    resumed = []
    problems = []
    for what, outage in (("paused", server.pause), ("stopped and started", server.restart)):
        async with _readiness(port) as answers:
            await outage(away_s)
            back = time.monotonic()
        if 503 not in answers:
            problems.append(f"/health/ready never said 503 while the server was {what}: {sorted(set(answers))}")
        await stage.until_accepted(stage.accepted() + 1, life)
        resumed.append(time.monotonic() - back)
        await stage.until_accepted(min(students - 1, stage.accepted() + students // 4), life)
    await stage.until(stage.is_settled, life)
    return await _found(stage, life, problems, resumed, name, f"SIGSTOP {away_s:g} s, restart")


async def _found(
    stage: Stage, life: Program, problems: list[str], resumed: list[float], name: str, faults: str
) -> Finding:
    code = await stage.stop(life)
    tally = await stage.tally()
    problems += problems_of(tally, repeats_a_fault=0)
    if code:
        problems.append(f"the program ended with {code}")
    if max(resumed) > RESUME_GOAL_S:
        problems.append(f"resumed only after {max(resumed):.1f} s")
    times = (("store back to next send", tuple(resumed)),)
    return Finding(name, f"{len(stage.chats)} students", faults, tally, tuple(problems), times)


@asynccontextmanager
async def _readiness(port: int) -> AsyncIterator[list[int]]:
    """Collect the codes of /health/ready meanwhile; 0 for no answer."""
    codes: list[int] = []

    async def ask() -> None:
        async with ClientSession(timeout=ClientTimeout(total=3)) as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/health/ready") as response:
                        codes.append(response.status)
                except (ClientError, TimeoutError):
                    codes.append(0)
                await asyncio.sleep(ASK_EVERY_S)

    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(ask())
        yield codes
        asking.cancel()
