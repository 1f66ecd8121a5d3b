"""The whole program asked to stop while everything is under way at once: pushes, Telegram, drafts, slow clients."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout

from placement_alerts.core.draft import DraftId
from placement_alerts.core.notice import NoticeKind
from tests.access_builders import a_draft
from tests.builders import an_endpoint
from tests.chaos.fanout_kills import EXIT_GOAL_S, carry_the_rest
from tests.chaos.ports import free_port
from tests.chaos.push_side import PushSide, open_push
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import Stage, mark_of, now

COMPLAINTS = re.compile(
    r"Traceback|Task was destroyed|never retrieved|never awaited|ResourceWarning|Unclosed|process.gave_up"
)
READERS = 5  # who ask for pages all the time
HALF_ASKED = b"POST /api/v1/notices HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{"
UNREAD = b"GET /static/style.css HTTP/1.1\r\nHost: here\r\n\r\n" * 500  # whose answers nobody takes


async def busy_stops(stage: Stage, *, students: int, terms: int, seed: int, name: str) -> Finding:
    """Ask the busy program to stop again and again. The finding counts pushes."""
    chance, port = Random(seed), free_port()
    stage.settings["WEB__PORT"] = str(port)
    stage.environ["PYTHONWARNINGS"] = "default"
    await stage.join(students)
    for number in range(3):
        await stage.store.webhooks.save(an_endpoint(f"ep{number}", url="https://hooks.invalid/in", created_at=now()))
    codes, exits = [], []
    async with open_push(stage) as push:
        await push.subscribe()
        for _ in range(terms):
            await _schedule(stage)
            life, before = stage.start(), push.accepted()
            async with _clients(port):
                await stage.until(partial(_has_pushed, push, before + chance.randrange(students // 2)), life)
                asked = time.monotonic()
                codes.append(await stage.stop(life))
                exits.append(time.monotonic() - asked)
        codes.append(await carry_the_rest(stage))
        tallies = {"push": await push.tally(), "Telegram": await stage.tally()}
    problems = [
        f"{channel}: {one}" for channel, tally in tallies.items() for one in problems_of(tally, repeats_a_fault=0)
    ]
    problems += sorted({f"the log says: {found}" for found in COMPLAINTS.findall(stage.log.read_text())})
    if any(codes):
        problems.append(f"exit codes {sorted(set(codes))}, 0 is the only good one")
    if max(exits) > EXIT_GOAL_S:
        problems.append(f"an exit took {max(exits):.1f} s")
    load = f"{students} students, {len(stage.marks)} drafts, slow clients"
    return Finding(name, load, f"{terms} x SIGTERM", tallies["push"], tuple(problems), (("exit", tuple(exits)),))


async def _schedule(stage: Stage) -> None:
    """Let a notice of the office be due at once."""
    mark = mark_of(len(stage.marks))
    stage.marks.append(mark)
    await stage.store.drafts.save(
        a_draft(
            f"d{mark}",
            kind=NoticeKind.ANNOUNCEMENT,
            title="Office hours",
            text=f"{mark}. We are open.",
            publish_at=now() + timedelta(seconds=0.1),
        )
    )
    assert await stage.store.drafts.get(DraftId(f"d{mark}")) is not None


async def _has_pushed(push: PushSide, more_than: int) -> bool:
    return push.accepted() > more_than


@asynccontextmanager
async def _clients(port: int) -> AsyncIterator[None]:
    """Ask for pages all the time, and beside it for what is never wholly asked for, and never read."""
    async with ClientSession(timeout=ClientTimeout(total=30)) as session, asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(_read(session, port)) for _ in range(READERS)]
        asking += [tasks.create_task(_hold(port, begun)) for begun in (HALF_ASKED, UNREAD) for _ in range(3)]
        try:
            yield
        finally:
            for task in asking:
                task.cancel()


async def _read(session: ClientSession, port: int) -> None:
    while True:
        with suppress(ClientError, OSError, TimeoutError):
            async with session.get(f"http://127.0.0.1:{port}/notices") as response:
                await response.read()
        await asyncio.sleep(0.05)


async def _hold(port: int, begun: bytes) -> None:
    """Begin to ask once somebody listens, and never go on."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(begun)
            try:
                await asyncio.Event().wait()
            finally:
                writer.transport.abort()
        await asyncio.sleep(0.05)
