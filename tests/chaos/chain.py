"""The whole chain, killed at random instants: students press Start, the office publishes and edits (PROOF.md, R2)."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from placement_alerts.sandbox.portal import SimulatedPortal
from placement_alerts.sandbox.portal_content import COMPUTING
from placement_alerts.sandbox.portal_drives import announcement
from tests.chaos.program import Program
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import ANNOUNCEMENT, SLOTS, Stage, mark_of

UPDATE_EVERY_S = 0.4
LIFE_S = (0.05, 1.5)  # of the program, from the start: a cold one mostly dies while it starts
OFFICE_PAUSE_S = (0.05, 0.5)


@dataclass
class Office:
    """The portal's office, and a clerk who has the program look. edits: the version that each notice has by now."""

    stage: Stage
    portal: SimulatedPortal
    chance: Random
    edits: dict[str, int] = field(default_factory=dict)

    def publish(self) -> str:
        """Publish a notice; return its mark."""
        mark = mark_of(len(self.stage.marks))
        self.stage.marks.append(mark)
        self.edits[mark] = 0
        self.portal.publish_notice(announcement(f"nt-{mark}", "Word of the office", _text(mark, 0)))
        return mark

    def edit(self, mark: str) -> None:
        """Change the text of a notice."""
        self.edits[mark] += 1
        self.portal.edit_notice(f"nt-{mark}", content=f"<p>{_text(mark, self.edits[mark])}</p>")

    async def work(self, notices: int, edits: int) -> None:
        """Publish and edit, in random order, with short pauses."""
        await self.stage.until(self._has_begun)
        deeds = ["publish"] * (notices - 1) + ["edit"] * edits
        self.chance.shuffle(deeds)
        for deed in ["publish", *deeds]:
            if deed == "publish":
                self.publish()
            else:
                self.edit(self.chance.choice(self.stage.marks))
            await asyncio.sleep(self.chance.uniform(*OFFICE_PAUSE_S))

    async def is_all_told(self) -> bool:
        """Say whether each student has each notice as it reads now, and nothing waits."""
        return not self.untold() and await self.stage.is_settled()

    def untold(self) -> list[tuple[str, int]]:
        """Return the pairs whose latest message does not show the notice as it reads now."""
        return [
            (mark, chat)
            for chat in self.stage.chats
            for mark, version in self.edits.items()
            if _text(mark, version) not in self._latest(chat, mark)
        ]

    def _latest(self, chat: int, mark: str) -> str:
        messages = self.stage.telegram.world.chats[chat].messages.values()
        texts = [each.text for each in messages if each.from_bot and not each.deleted and mark in each.text]
        return next((text for text in reversed(texts) if not text.startswith(ANNOUNCEMENT)), "")

    async def _has_begun(self) -> bool:
        """Say whether every student has joined and the portal has been read once."""
        counts = await self.stage.store.students.counts()
        poll = await self.stage.store.sources.poll("superset")
        return counts["active"] == len(self.stage.chats) and poll.last_success_at is not None


@asynccontextmanager
async def open_office(stage: Stage, chance: Random) -> AsyncIterator[Office]:
    """Open a portal and let the stage's program use it, with the bot on."""
    async with SimulatedPortal([COMPUTING]) as portal:
        stage.settings |= {
            "TELEGRAM__MODE": "polling",
            "SOURCES__SUPERSET__BASE_URL": portal.base_url,
            "SOURCES__SUPERSET__PUBLIC_KEY": portal.public_key,
            "SOURCES__SUPERSET__ACCOUNTS": json.dumps([{"email": COMPUTING.email, "password": COMPUTING.password}]),
            "SCHEDULER__UPDATE": "",
            "SCHEDULER__OFFICIAL": "",
        }
        yield Office(stage, portal, chance)


async def chain(stage: Stage, *, students: int, notices: int, kills: int, seed: int, name: str) -> Finding:
    """Kill the program at random instants while students join and the office works."""
    chance = Random(seed)
    async with open_office(stage, Random(seed + 1)) as office, asyncio.TaskGroup() as tasks:
        _press_start(stage, students)
        looking = tasks.create_task(office.stage.look_on())
        working = tasks.create_task(office.work(notices, edits=notices))
        await _kill(stage, chance, kills)
        life = stage.start()
        while not working.done():
            assert life.runs, f"the program ended by itself with {life.code}: see {stage.log}"
            await asyncio.sleep(UPDATE_EVERY_S)
        await stage.until(office.is_all_told, life)
        looking.cancel()
        code = await stage.stop(life)
    problems = await problems_of_chain(stage, code)
    load = f"{students} students, {notices} notices, {notices} edits"
    return Finding(name, load, f"{kills} x SIGKILL", await stage.tally(), tuple(problems))


async def problems_of_chain(stage: Stage, code: int) -> list[str]:
    """Return what the chain may not show, ids of notices included."""
    problems = problems_of(await stage.tally(), repeats_a_fault=SLOTS)
    ids = Counter(mark for marks in (await stage.marks_by_notice()).values() for mark in marks)
    twice = [mark for mark, times in ids.items() if times > 1]
    if twice:
        problems.append(f"{len(twice)} notices are stored under two ids, e.g. {twice[0]}")
    joined = (await stage.store.students.counts())["total"]
    if joined != len(stage.chats):
        problems.append(f"{joined} students are stored, {len(stage.chats)} pressed Start")
    if code:
        problems.append(f"the last life ended with {code}")
    return problems


def _press_start(stage: Stage, students: int) -> None:
    for chat in stage.telegram.world.add_students(students, started=False):
        stage.telegram.world.start(chat.id)
        stage.chats.append(chat.id)


async def _kill(stage: Stage, chance: Random, kills: int) -> None:
    for _ in range(kills):
        life: Program = stage.start()
        await asyncio.sleep(chance.uniform(*LIFE_S))
        life.kill()
        await life.gone()


def _text(mark: str, version: int) -> str:
    return f"Come to the office about {mark}, version {version}."
