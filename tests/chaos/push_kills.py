"""A fan-out over web push and Telegram at once that is killed at random instants (PROOF.md, R1)."""

import asyncio
from random import Random

from tests.chaos.fanout_kills import JITTER_S, START_S, carry_the_rest
from tests.chaos.program import Program
from tests.chaos.push_side import SLOTS, PushSide, open_push
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import LOOK_S, PATIENCE_S, Stage
from tests.chaos.stage import SLOTS as TELEGRAM_SLOTS


async def push_killed(stage: Stage, *, students: int, kills: int, seed: int, name: str) -> Finding:
    """Kill the fan-out again and again while it pushes. The finding counts pushes; notes tell of Telegram."""
    chance = Random(seed)
    await stage.join(students)
    async with open_push(stage) as push:
        await push.subscribe()
        await stage.publish()
        for moment in sorted(chance.sample(range(1, students), kills)):
            life = stage.start("fanout")
            if push.accepted() >= moment:  # this one dies while it starts
                await asyncio.sleep(chance.uniform(0, START_S))
            else:
                await _until_pushed(push, moment, life)
                await asyncio.sleep(chance.uniform(0, JITTER_S))
            life.kill()
            await life.gone()
        code = await carry_the_rest(stage)
        tally, chats = await push.tally(), await stage.tally()
        problems = problems_of(tally, repeats_a_fault=SLOTS)
        problems += [f"Telegram: {one}" for one in problems_of(chats, repeats_a_fault=TELEGRAM_SLOTS)]
        if unreadable := push.unreadable():
            problems.append(f"{unreadable} pushes that no browser could open")
        if push.services.refusals:
            problems.append(f"refused by the push service: {dict(push.services.refusals)}")
        if code:
            problems.append(f"the last life ended with {code}")
    beside = f"Telegram beside it: {chats.sends} sent, {len(chats.lost)} lost, {chats.repeated} repeats"
    load = f"{students} students, push and Telegram"
    return Finding(name, load, f"{kills} x SIGKILL", tally, tuple(problems), notes=(f"{beside}, worst {chats.worst}",))


async def _until_pushed(push: PushSide, pushes: int, life: Program) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while push.accepted() < pushes:
            assert life.runs, f"the program ended by itself with {life.code}: see {push.stage.log}"
            await asyncio.sleep(LOOK_S)
