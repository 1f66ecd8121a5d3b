"""The chain, killed at named steps (PROOF.md, R2): when a peer sees a certain call, or when a row is first seen."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from aiohttp import web

from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint
from placement_alerts.sandbox.portal_drives import Drive, details, listing
from placement_alerts.sandbox.telegram_faults import Fault, FaultKind
from tests.chaos.chain import Office, open_office, problems_of_chain
from tests.chaos.program import Program
from tests.chaos.report import Finding
from tests.chaos.stage import PATIENCE_S, Stage, mark_of, now

ROW_LOOK_S = 0.0005

Lay = Callable[[Office, Program], Awaitable[None]]
"""Does what makes the step come, and returns when the program was killed at it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the way of a notice where the program is killed."""

    name: str
    lay: Lay


async def kill_at_steps(stage: Stage, *, students: int, rounds: int, seed: int, name: str) -> Finding:
    """Kill the program at each step, `rounds` times, one life a kill."""
    async with open_office(stage, Random(seed)) as office:
        await stage.join(students)
        first = stage.start()
        await stage.ask_update()
        await stage.until(lambda: _was_polled(stage), first)
        await stage.stop(first)
        for _ in range(rounds):
            for step in STEPS:
                await _one(office, step)
        code = await _carry_the_rest(office)
    tally = await stage.tally()
    problems = await problems_of_chain(stage, code)
    faults = f"SIGKILL at {len(STEPS)} steps x {rounds}"
    return Finding(name, f"{students} students, {len(stage.marks)} notices", faults, tally, tuple(problems))


async def _one(office: Office, step: Step) -> None:
    office.publish()
    life = office.stage.start()
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(office.stage.look_on())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await step.lay(office, life)
        finally:
            looking.cancel()
    await life.gone()


async def _carry_the_rest(office: Office) -> int:
    life = office.stage.start()
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(office.stage.look_on())
        await office.stage.until(office.is_all_told, life)
        looking.cancel()
    return await office.stage.stop(life)


def _at_portal(endpoint: Endpoint) -> Lay:
    async def lay(office: Office, life: Program) -> None:
        struck = asyncio.Event()

        async def answer(_request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
            life.kill()
            struck.set()
            return web.Response(status=503)

        if endpoint is Endpoint.DETAIL:
            _post_job(office)
        office.portal.fail(endpoint, http_faults.Fault("kill", answer))
        await struck.wait()

    return lay


def _at_telegram(method: str, fate: Fault | None) -> Lay:
    """Kill when the call has arrived. fate: what becomes of the call; None: it is accepted, and nobody reads it."""

    async def lay(office: Office, life: Program) -> None:
        struck = asyncio.Event()

        def strike() -> Fault | None:
            life.kill()
            struck.set()
            return fate

        if method == "editMessageText":
            await office.stage.until(lambda: _has_arrived(office), life)
            office.edit(office.stage.marks[-1])
        office.stage.ambush.lay(method, strike)
        await struck.wait()

    return lay


def _at_row(query: str) -> Lay:
    async def lay(office: Office, life: Program) -> None:
        await at_row(office.stage, life, query)

    return lay


async def at_row(stage: Stage, life: Program, query: str) -> None:
    """Kill the program as soon as the query, asked of the file itself, counts more than before."""
    with _opened(stage) as count:
        before = count(query)
        while count(query) <= before:
            assert life.runs, f"the program ended by itself with {life.code}"
            await asyncio.sleep(ROW_LOOK_S)
        life.kill()


STEPS = (
    Step("login asked", _at_portal(Endpoint.LOGIN)),
    Step("notices asked", _at_portal(Endpoint.NOTICES)),
    Step("jobs asked", _at_portal(Endpoint.JOBS)),
    Step("details asked", _at_portal(Endpoint.DETAIL)),
    Step("notice stored", _at_row("SELECT count(*) FROM notices")),
    Step("deliveries planned", _at_row("SELECT count(*) FROM deliveries")),
    Step("claimed", _at_row("SELECT count(*) FROM deliveries WHERE state = 'sending'")),
    Step("send arrived", _at_telegram("sendMessage", Fault(FaultKind.RESET))),
    Step("send accepted", _at_telegram("sendMessage", None)),
    Step("receipt written", _at_row("SELECT count(*) FROM deliveries WHERE state = 'sent'")),
    Step("edit accepted", _at_telegram("editMessageText", None)),
)


@contextmanager
def _opened(stage: Stage) -> Iterator[Callable[[str], int]]:
    file = stage.url.removeprefix("sqlite:///")
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)
    try:
        yield lambda query: int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def _post_job(office: Office) -> None:
    """Post a job that nobody wrote a notice about: it becomes a notice itself."""
    mark = mark_of(len(office.stage.marks))
    office.stage.marks.append(mark)
    drive = Drive(f"jp-{mark}", f"{mark} Systems", "Engineer", 1_000_000, "Noida", now() + timedelta(days=5))
    office.portal.post_job(listing(drive), details(drive))


async def _was_polled(stage: Stage) -> bool:
    return (await stage.store.sources.poll("superset")).last_success_at is not None


async def _has_arrived(office: Office) -> bool:
    mark = office.stage.marks[-1]
    return sum(1 for got, _ in office.stage.got() if got == mark) == len(office.stage.chats)
