"""The stage of a scenario: a simulated Telegram, a store, and one life of the real program after another."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from placement_alerts.core.delivery import WAITING, Delivery, DeliveryState
from placement_alerts.core.notice import NoticeKind
from placement_alerts.errors import StoreUnavailable
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_chats import SentRecord
from placement_alerts.store import open_store
from placement_alerts.store.base import DeliveryFilter, Request, RequestId, RequestState, Store
from tests.builders import YEAR, a_notice, facts
from tests.chaos.ambush import Ambush
from tests.chaos.program import Program, Starter
from tests.chaos.tally import Pair, Tally, count

SLOTS = 8
RATE = 500  # deliveries a second: PROOF.md, R1
LATENCY_S = 0.005
PART = 3800  # characters: two such lines do not fit into one message
LOOK_S = 0.002
SETTLE_LOOK_S = 0.1
UPDATE_EVERY_S = 0.3
PATIENCE_S = 300.0  # for anything that must come; only a failure takes as long
ANNOUNCEMENT = "🔔"  # how the short line about a change begins; what does not is the notice itself


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def mark_of(number: int) -> str:
    """Return a word that stands in this notice's text and in no other."""
    return f"mark{number:05d}"


@dataclass
class Stage:
    """Everything of one scenario. marks: of the notices; chats: of the students who joined; lives: of the program.

    settings: by name; environ: other variables that every life gets.
    """

    folder: Path
    url: str
    store: Store
    telegram: SimulatedTelegram
    ambush: Ambush
    starter: Starter
    rate: float = RATE
    settings: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    chats: list[int] = field(default_factory=list)
    lives: list[Program] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What every life of the program said."""
        return self.folder / "program.log"

    async def join(self, students: int) -> None:
        """Let so many students have pressed Start."""
        for chat in self.telegram.world.add_students(students):
            await self.store.students.join("telegram", str(chat.id), YEAR, {}, now() - timedelta(minutes=1))
            self.chats.append(chat.id)

    async def publish(self, parts: int = 1) -> None:
        """Store a notice for everybody. parts: how many messages it takes; each has a mark of its own."""
        moment = now()
        marks = [mark_of(len(self.marks) + part) for part in range(parts)]
        notice = a_notice(
            f"n{len(self.marks)}",
            title="Office hours",
            text="\n".join(f"{mark}. {'The office is open. ' * (PART // 20 if parts > 1 else 1)}" for mark in marks),
            facts=facts(kind=NoticeKind.ANNOUNCEMENT, company=None, roles=(), deadline=None),
            published_at=moment,
            updated_at=moment,
            stored_at=moment,
            expires_at=moment + timedelta(days=3),
        )
        await self.store.notices.save(notice)
        self.marks += marks

    def start(self, *roles: str) -> Program:
        """Start the program with these roles, all of them if none is named."""
        arguments = ["run", *(word for role in roles for word in ("--role", role))]
        life = self.starter.start(arguments, self._environ(), self.folder, self.log)
        self.lives.append(life)
        return life

    async def stop(self, life: Program) -> int:
        """Stop the program in order, once it is up; return its exit code."""
        await self.until(lambda: self._is_up(life), life)
        life.terminate()
        return await life.gone()

    def accepted(self) -> int:
        """Return how many sends the Bot API has accepted so far."""
        return sum(map(len, self.telegram.sends.values()))

    async def until_accepted(self, sends: int, life: Program | None = None) -> None:
        """Wait until so many sends are accepted. life: must not end before."""
        async with asyncio.timeout(PATIENCE_S):
            while self.accepted() < sends:
                assert life is None or life.runs, f"the program ended by itself with {life.code}: see {self.log}"
                await asyncio.sleep(LOOK_S)

    async def until(self, holds: Callable[[], Awaitable[bool]], life: Program | None = None) -> None:
        """Wait until something holds. A store that is away does not count. life: must not end before."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(StoreUnavailable):
                    if await holds():
                        return
                assert life is None or life.runs, f"the program ended by itself with {life.code}: see {self.log}"
                await asyncio.sleep(SETTLE_LOOK_S)

    async def is_settled(self) -> bool:
        """Say whether no draft is due, every notice is planned and no delivery waits."""
        if await self.store.drafts.due(now(), 1) or await self.store.notices.unplanned(1):
            return False
        counts = await self.store.deliveries.counts()
        return not any(n for (_, state), n in counts.items() if state in WAITING or state is DeliveryState.SENDING)

    async def ask_update(self) -> RequestId:
        """Ask the running program to poll its sources, as `placement-alerts update` does."""
        request = RequestId(secrets.token_hex(8))
        await self.store.requests.ask(Request(request, "update", {}, RequestState.ASKED, now()))
        return request

    async def look_on(self) -> None:
        """Ask for one update after another, whoever runs, until cancelled."""
        last: Request | None = None
        while True:
            if last is None or last.state is not RequestState.ASKED:
                request = await self.ask_update()
            last = await self.store.requests.get(request)
            await asyncio.sleep(UPDATE_EVERY_S)

    async def rows(self) -> list[Delivery]:
        """Return every delivery."""
        found: list[Delivery] = []
        while page := await self.store.deliveries.find(DeliveryFilter(), found[-1] if found else None, 1000):
            found += page
        return found

    async def tally(self, *, except_for: frozenset[Pair] = frozenset()) -> Tally:
        """Count what the students got. except_for: pairs that may have got nothing."""
        expected = {(mark, chat) for mark in self.marks for chat in self.chats} - except_for
        got, admitted = self.got(), await self._admitted()
        lines = {(what, chat): admitted.get((self._mark_in(what), chat), 0) for what, chat in got}
        moments = {pair: [send.at for send in sends] for pair, sends in got.items()}
        return count(expected, moments, [life.began for life in self.lives], lines)

    def got(self) -> Mapping[Pair, Sequence[SentRecord]]:
        """Return the accepted sends to each chat by the mark of the notice; lines about changes by their whole text."""
        got: dict[Pair, list[SentRecord]] = defaultdict(list)
        for chat, sends in self.telegram.sends.items():
            for send in sends:
                if mark := self._mark_in(send.text):
                    got[send.text if send.text.startswith(ANNOUNCEMENT) else mark, chat].append(send)
        return got

    def _mark_in(self, text: str) -> str:
        return next((mark for mark in self.marks if mark in text), "")

    async def marks_by_notice(self) -> Mapping[str, Sequence[str]]:
        """Return notice id -> marks."""
        notices = await self.store.notices.latest(None, 10_000)
        return {
            notice.id: [mark for mark in self.marks if mark in f"{notice.title} {notice.text}"] for notice in notices
        }

    def first_sends_s(self) -> list[float]:
        """Return, for each life that sent something, the seconds from its start to its first send."""
        moments = sorted(send.at for sends in self.telegram.sends.values() for send in sends)
        ends = [life.began for life in self.lives[1:]] + [float("inf")]
        firsts = [
            (life, next((moment for moment in moments if life.began <= moment < end), None))
            for life, end in zip(self.lives, ends, strict=True)
        ]
        return [moment - life.began for life, moment in firsts if moment is not None]

    async def _is_up(self, life: Program) -> bool:
        """Say whether the program has made itself known; it has taken over its signals by then."""
        return any(process.pid == life.pid for process in await self.store.processes.all())

    async def _admitted(self) -> Mapping[Pair, int]:
        marks = await self.marks_by_notice()
        admitted: dict[Pair, int] = defaultdict(int)
        for row in await self.rows():
            for mark in marks.get(row.notice_id, ()) if row.channel == "telegram" else ():
                admitted[mark, int(row.target)] += row.possibly_delivered
        return admitted

    def _environ(self) -> dict[str, str]:
        settings = {
            "DATABASE__URL": self.url,
            "TELEGRAM__TOKEN": self.telegram.token,
            "TELEGRAM__API_BASE": self.telegram.base_url,
            "TELEGRAM__MODE": "off",
            "TELEGRAM__SLOTS": str(SLOTS),
            "TELEGRAM__RATE_PER_SECOND": str(self.rate),
            "TELEGRAM__BURST": str(SLOTS),
            "TELEGRAM__PER_CHAT_SECONDS": "0",
            "WEB__PORT": "0",
            "LOGGING__FORMAT": "json",
        }
        ours = {f"PLACEMENT_ALERTS__{name}": value for name, value in (settings | self.settings).items()}
        return ours | self.environ


@asynccontextmanager
async def open_stage(folder: Path, url: str | None, starter: Starter, *, rate: float = RATE) -> AsyncIterator[Stage]:
    """Open an empty stage. url: of an empty store; None for a SQLite file in `folder`."""
    url = url or f"sqlite:///{folder}/store.db"
    telegram = SimulatedTelegram(latency_s=LATENCY_S)
    ambush = Ambush()
    telegram.faults = ambush  # before it opens, so that the console shares it
    store = await open_store(url)
    try:
        async with telegram:
            stage = Stage(folder, url, store, telegram, ambush, starter, rate)
            try:
                yield stage
            finally:
                for life in stage.lives:
                    if life.runs:
                        life.kill()
                        await life.gone()
    finally:
        await store.close()
