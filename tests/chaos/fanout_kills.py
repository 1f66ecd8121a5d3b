"""Fan-outs of one notice that are killed, or asked to stop, at random instants (PROOF.md, R1 and R17)."""

import asyncio
import time
from collections.abc import Iterator
from random import Random

from placement_alerts.sandbox.telegram_faults import FaultKind
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import SLOTS, Stage

JITTER_S = 0.02  # a kill comes somewhere between two sends, not just behind one
START_S = 2.0  # about how long a cold start takes: a kill that finds nothing to wait for hits within it
EXIT_GOAL_S = 10.0
TAKEOVER_GOAL_S = 45.0


async def killed(stage: Stage, *, students: int, kills: int, seed: int, name: str, parts: int = 1) -> Finding:
    """Kill the fan-out again and again, until everything is carried in spite of it. parts: messages a notice."""
    chance = Random(seed)
    await stage.join(students)
    await stage.publish(parts)
    for moment in sorted(chance.sample(range(1, students * parts), kills)):
        life = stage.start("fanout")
        if stage.accepted() >= moment:  # this one dies while it starts
            await asyncio.sleep(chance.uniform(0, START_S))
        else:
            await stage.until_accepted(moment, life)
            await asyncio.sleep(chance.uniform(0, JITTER_S))
        life.kill()
        await life.gone()
    code = await carry_the_rest(stage)
    tally = await stage.tally()
    problems = problems_of(tally, repeats_a_fault=SLOTS)
    if code:
        problems.append(f"the last life ended with {code}")
    times = (("start to first send", tuple(stage.first_sends_s())),)
    load = f"{students} students" + (f", {parts} messages each" if parts > 1 else "")
    return Finding(name, load, f"{kills} x SIGKILL", tally, tuple(problems), times)


async def asked_to_stop(stage: Stage, *, students: int, terms: int, seed: int, name: str) -> Finding:
    """Ask the fan-out to stop again and again while it is under way."""
    await stage.join(students)
    await stage.publish()
    codes, exits = [], []
    for moment in _spread(Random(seed), students, terms):
        life = stage.start("fanout")
        await stage.until_accepted(max(moment, stage.accepted() + 1), life)
        asked = time.monotonic()
        codes.append(await stage.stop(life))
        exits.append(time.monotonic() - asked)
    codes.append(await carry_the_rest(stage))
    tally = await stage.tally()
    problems = problems_of(tally, repeats_a_fault=0)
    if any(codes):
        problems.append(f"exit codes {sorted(set(codes))}, 0 is the only good one")
    if max(exits) > EXIT_GOAL_S:
        problems.append(f"an exit took {max(exits):.1f} s")
    times = (("exit", tuple(exits)), ("start to first send", tuple(stage.first_sends_s())))
    return Finding(name, f"{students} students", f"{terms} x SIGTERM", tally, tuple(problems), times)


async def stopped_while_hung(stage: Stage, *, students: int, name: str) -> Finding:
    """Ask the fan-out to stop while every slot waits for an answer that does not come within the grace period."""
    stage.settings["FANOUT__GRACE_S"] = "1"
    await stage.join(students)
    await stage.publish()
    stage.telegram.fail("sendMessage", FaultKind.LOST_HANG, times=SLOTS)
    life = stage.start("fanout")
    await stage.until_accepted(SLOTS, life)
    asked = time.monotonic()
    codes = [await stage.stop(life)]
    took = time.monotonic() - asked
    codes.append(await carry_the_rest(stage))
    tally = await stage.tally()
    problems = problems_of(tally, repeats_a_fault=SLOTS)
    if any(codes):
        problems.append(f"exit codes {codes}, 0 is the only good one")
    faults = f"SIGTERM, {SLOTS} sends hang"
    return Finding(name, f"{students} students", faults, tally, tuple(problems), (("exit", (took,)),))


async def taken_over(stage: Stage, *, students: int, name: str) -> Finding:
    """Kill one of two processes that share a store, and let the other carry on."""
    await stage.join(students)
    await stage.publish()
    first = stage.start("fanout")
    await stage.until_accepted(students // 8, first)
    second = stage.start("fanout")
    await stage.until_accepted(students // 4, first)
    first.kill()
    await first.gone()
    second.began = first.ended or 0.0  # whatever came before was sent by the first
    await stage.until(stage.is_settled, second)
    code = await stage.stop(second)
    tally = await stage.tally()
    took = stage.first_sends_s()[-1]
    problems = problems_of(tally, repeats_a_fault=SLOTS)
    if code:
        problems.append(f"the second process ended with {code}")
    if took > TAKEOVER_GOAL_S:
        problems.append(f"the second process took over only after {took:.0f} s")
    faults = "SIGKILL of one of two"
    return Finding(name, f"{students} students", faults, tally, tuple(problems), (("takeover", (took,)),))


async def carry_the_rest(stage: Stage, *roles: str) -> int:
    """Let one more life carry everything that is left; return its exit code."""
    life = stage.start(*(roles or ("fanout",)))
    await stage.until(stage.is_settled, life)
    return await stage.stop(life)


def _spread(chance: Random, sends: int, times: int) -> Iterator[int]:
    """Yield numbers of sends, one at a random place in each of `times` equal parts; room is left at the end."""
    part = sends / (times + 1)
    for number in range(times):
        yield int(part * (number + chance.uniform(0.1, 0.6)))
