"""`python -m tests.chaos`: run every scenario in full and print what was counted and measured.

Counts are those of the simulated Bot API and push services. Exit code 1 if a scenario breaks its goal, 0 if all that
could run hold.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.busy_stop import busy_stops
from tests.chaos.chain import chain
from tests.chaos.fanout_kills import asked_to_stop, killed, stopped_while_hung, taken_over
from tests.chaos.full_disk import NoDisk, full_disk
from tests.chaos.mails import mails_under_fire
from tests.chaos.outage import outages
from tests.chaos.program import ColdStart, Nursery, Starter
from tests.chaos.push_kills import push_killed
from tests.chaos.report import Finding, table
from tests.chaos.stage import RATE, Stage, open_stage
from tests.chaos.steps import kill_at_steps
from tests.chaos.stores import fresh_store
from tests.chaos.storm import storm
from tests.chaos.web_steps import web_killed
from tests.mail_server import NoMailServer, running_mail_server
from tests.store.mongo_server import NoServer

STUDENTS, KILLS, ROUNDS = 2000, 50, 20
MONGO_STUDENTS, MONGO_KILLS = 600, 20  # the test server has no indexes and scans: reference/mongo.md, section 3
FEW = 300  # students where each failure costs seconds of waiting
OUTAGE_S = 5.0
TAKEOVER_RATE = 20  # a second: the second process starts while the first is at work


@dataclass(frozen=True, slots=True)
class Scenario:
    """name: for --only and the table. play: runs it in a folder of its own."""

    name: str
    play: Callable[[Path], Awaitable[Finding]]


def main() -> None:
    """Run what the command line names."""
    arguments = _arguments()
    with Nursery() as nursery:
        chosen = [one for one in _scenarios(arguments, nursery) if arguments.only in (None, one.name)]
        if not chosen:
            sys.exit(f"--only {arguments.only}: no such scenario")
        findings = [asyncio.run(_play(scenario)) for scenario in chosen]
    print(table(findings))  # noqa: T201 - the terminal is our reader
    sys.exit(any(finding.problems for finding in findings))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--store", help="sqlite, mongo (the test server) or mongodb://...; default: each where it counts"
    )
    parser.add_argument("--kills", type=int, help="default: 50, on the test server 20")
    parser.add_argument("--students", type=int, help="default: 2000, on the test server 600")
    parser.add_argument("--terms", type=int, default=20, help="orderly stops")
    parser.add_argument("--mails", type=int, default=500, help="under faults of a real mail server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="NAME", help="one scenario: the names are those of the table")
    return parser.parse_args()


def _scenarios(given: argparse.Namespace, nursery: Starter) -> Iterator[Scenario]:
    cold, seed, store = ColdStart(), given.seed, given.store or "sqlite"
    for each in [given.store] if given.store else ["sqlite", "mongo"]:
        students = given.students or (MONGO_STUDENTS if each == "mongo" else STUDENTS)
        kills = given.kills or (MONGO_KILLS if each == "mongo" else KILLS)
        name = f"kill, {each.partition(':')[0]}"
        yield _on(each, "kill", cold, partial(killed, students=students, kills=kills, seed=seed, name=name))
    pushes = partial(push_killed, students=given.students or FEW, kills=given.kills or ROUNDS, seed=seed)
    yield _on(store, "kill-push", cold, partial(pushes, name="kill-push"))
    parts = partial(killed, students=FEW, kills=ROUNDS, seed=seed, name="kill-parts", parts=3)
    yield _on(store, "kill-parts", nursery, parts)
    students, kills = given.students or STUDENTS, given.kills or KILLS
    few, rounds = min(students, FEW), min(kills, ROUNDS)
    yield _on(store, "stop", cold, partial(asked_to_stop, students=students, terms=given.terms, seed=seed, name="stop"))
    stops = partial(busy_stops, students=few, terms=given.terms, seed=seed, name="stop-busy")
    yield _on(store, "stop-busy", cold, stops)
    yield _on(store, "stop-hung", nursery, partial(stopped_while_hung, students=few, name="stop-hung"))
    whole = partial(chain, students=60, notices=kills, kills=kills, seed=seed, name="chain")
    yield _on(store, "chain", nursery, whole)
    weather = partial(storm, students=few, seed=seed, flood_s=(1, 10), calm_after=None, name="storm")
    yield _on(store, "storm", nursery, weather)
    mails = given.mails
    yield _on(store, "mails", nursery, partial(_mails, students=5, mails=mails, seed=seed))
    # these are about one kind of store: its rows are watched, its server is stopped, its disk is filled
    each_step = partial(kill_at_steps, students=12, rounds=rounds, seed=seed, name="steps")
    yield _on("sqlite", "steps", nursery, each_step)
    web_steps = partial(web_killed, students=12, rounds=rounds, seed=seed, name="web-steps")
    yield _on("sqlite", "web-steps", nursery, web_steps)
    shared = store if store != "sqlite" else "mongo"
    yield _on(shared, "takeover", cold, partial(taken_over, students=few, name="takeover"), rate=TAKEOVER_RATE)
    yield Scenario("outage", partial(outages, starter=cold, students=few * 2, away_s=OUTAGE_S, name="outage"))
    yield Scenario("full-disk", partial(full_disk, starter=cold, students=few, full_s=2.0, name="full-disk"))


async def _mails(stage: Stage, *, students: int, mails: int, seed: int) -> Finding:
    with running_mail_server() as server:
        return await mails_under_fire(stage, server, students=students, mails=mails, seed=seed)


def _on(
    store: str, name: str, starter: Starter, act: Callable[[Stage], Awaitable[Finding]], rate: float = RATE
) -> Scenario:
    async def play(folder: Path) -> Finding:
        async with fresh_store(store, folder) as url, open_stage(folder, url, starter, rate=rate) as stage:
            return await act(stage)

    return Scenario(name, play)


async def _play(scenario: Scenario) -> Finding:
    began = time.monotonic()
    with TemporaryDirectory(prefix="placement-alerts-chaos-") as folder:
        try:
            finding = await scenario.play(Path(folder))
        except (NoServer, NoMailServer, NoDisk) as error:
            finding = Finding(scenario.name, "-", "-", None, notes=(str(error),))
    _tell([f"{scenario.name}: {time.monotonic() - began:.0f} s"])
    return finding


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the terminal is our reader


if __name__ == "__main__":
    main()
