"""A real SQLite file, the real Bot against the simulated Bot API, and the pipeline between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.item import Fetched, SourceItem
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import ShowNames
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.core.student import Student
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.intake import Intake
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.showing import Showing
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.store import open_store
from placement_alerts.store.base import DeliveryFilter, OwnerId, Store
from tests.builders import NOW, YEAR, fetched

ME = OwnerId("me")
AT_ONCE = RetryPolicy(first=timedelta(0), longest=timedelta(0), tries=3)
OPENING = {
    "title": "Open for applications - Brightwave Systems - Software Engineer",
    "html": "<p>Role: Software Engineer</p><p>CTC: 11 LPA</p><p>Deadline: 13 November 2025, 12:00 PM</p>",
}


@dataclass
class Hand:
    """A clock that a test turns."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Works:
    """The pipeline from a stored notice to a receipt."""

    store: Store
    telegram: SimulatedTelegram
    channel: TelegramChannel
    now: Hand
    lanes: list[Lane] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.showing = Showing(self.store.notices, ShowNames.COUNT, self.now)
        self.planner = Planner(self.store, self.lanes, self.showing, self.now)

    async def join(self, *chats: int, year: str = YEAR) -> list[Student]:
        """Let these chats press Start."""
        students = []
        for chat in chats:
            self.telegram.add_person(chat)
            _, student = await self.store.students.join("telegram", str(chat), year, {}, self.now())
            students.append(student)
        return students

    async def publish(self, notice: Notice) -> None:
        """Store and plan a notice."""
        await self.store.notices.save(notice)
        await self.planner.run_once()

    def lane(self) -> Lane:
        """Return a lane of the channel."""
        return Lane(self.channel, self.store, self.showing, ME, self.now, AT_ONCE, 64)

    async def carry(self) -> None:
        """Carry all that is due."""
        lane = self.lane()
        lane.stop_when_empty()
        async with asyncio.timeout(20):
            await lane.run()

    def texts(self, chat: int) -> list[str]:
        """Return what the chat shows now, in order."""
        return [message.text for message in self.telegram.world.chats[chat].messages.values() if message.from_bot]

    async def rows(self, notice: str = "n1") -> list[Delivery]:
        """Return every delivery of a notice, by id."""
        found = await self.store.deliveries.find(DeliveryFilter(notice_id=NoticeId(notice)), None, 1000)
        return sorted(found, key=lambda row: row.id)

    async def states(self, notice: str = "n1") -> list[DeliveryState]:
        """Return the states of a notice's deliveries, by id."""
        return [row.state for row in await self.rows(notice)]


class Source:
    """What a source listed, taken in by the real intake."""

    def __init__(self, store: Store, now: Hand) -> None:
        self.store = store
        self.now = now
        self.stored = Flag()
        self.intake = Intake(store, self.stored, now, timedelta(hours=24))

    async def brings(self, *items: SourceItem, first: bool = False, **values: object) -> IntakeReport:
        """Take in a fetch of these items."""
        return await self.takes(fetched(*items, **values), first=first)  # type: ignore[arg-type]  # builders take anything

    async def takes(self, what: Fetched, *, first: bool = False) -> IntakeReport:
        known = await self.store.sources.known("superset")
        return await self.intake.take_in("superset", known, what, first=first)

    async def notices(self) -> list[Notice]:
        return await self.store.notices.latest(None, 100)

    async def the_notice(self) -> Notice:
        (notice,) = await self.notices()
        return notice


@pytest.fixture
def now() -> Hand:
    return Hand()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/store.db")
    yield store
    await store.close()


@asynccontextmanager
async def open_channel(
    telegram: SimulatedTelegram, slots: int = 8, pacer: Pacer | None = None
) -> AsyncIterator[TelegramChannel]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.base_url))
    pacer = pacer or Pacer(100_000, per_target_s=0.0, per_group_s=0.0)
    yield TelegramChannel(Bot(telegram.token, session=session), pacer, slots=slots, deadline_s=1.0)
    await session.close()


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as telegram:
        yield telegram


@pytest.fixture
async def works(store: Store, telegram: SimulatedTelegram, now: Hand) -> AsyncIterator[Works]:
    async with open_channel(telegram) as channel:
        yield Works(store, telegram, channel, now)


@pytest.fixture
def source(store: Store, now: Hand) -> Source:
    return Source(store, now)
