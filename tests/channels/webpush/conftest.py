"""The push channel, on simulated push services with browsers of theirs."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from placement_alerts.channels.base import Parcel
from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.peers import Http, Subscriptions
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey, load_key, new_key
from placement_alerts.core.brief import Brief, brief_of
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.message import Block, Message, Span
from placement_alerts.core.outcome import Outcome
from placement_alerts.core.subscription import PushSubscription, hash_of
from placement_alerts.sandbox.push_service import Browser, SimulatedPushServices
from tests.builders import a_notice

SUBJECT = "mailto:office@college.example"
PUBLIC_URL = "https://alerts.college.example"
SECRET = b"receipts"
DEADLINE_S = 0.6

Deliver = Callable[..., Awaitable[Outcome]]


class Kept:
    """Subscriptions in memory, as the store offers them; `removed` lists what was forgotten."""

    def __init__(self) -> None:
        self.rows: dict[str, PushSubscription] = {}
        self.removed: list[str] = []

    async def get(self, subscription_id: str) -> PushSubscription | None:
        return self.rows.get(subscription_id)

    async def remove(self, subscription_id: str) -> bool:
        self.removed.append(subscription_id)
        return self.rows.pop(subscription_id, None) is not None

    def add(self, browser: Browser) -> str:
        """Keep a browser's subscription; return its id."""
        row = subscription_of(browser)
        self.rows[row.id] = row
        return row.id


@dataclass
class Hands:
    """Both clocks of a channel; they go on by themselves and can be turned."""

    ahead: timedelta = timedelta(0)
    monotonic_ahead_s: float = 0.0
    base: Callable[[], float] = time.monotonic

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def clock(self) -> float:
        return self.base() + self.monotonic_ahead_s

    def turn(self, **span: float) -> None:
        self.ahead += timedelta(**span)
        self.monotonic_ahead_s += timedelta(**span).total_seconds()


def subscription_of(browser: Browser) -> PushSubscription:
    now = datetime.now(UTC)
    return PushSubscription(
        id=hash_of(browser.endpoint),
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        key_hash=hash_of(browser.vapid_key),
        created_at=now,
        visited_at=now,
    )


@pytest.fixture(scope="session")
def vapid_key() -> VapidKey:
    return load_key(new_key()[0])


@pytest.fixture
async def services() -> AsyncIterator[SimulatedPushServices]:
    async with SimulatedPushServices(origins=5) as services:
        yield services


@asynccontextmanager
async def open_http(services: SimulatedPushServices) -> AsyncIterator[Posts]:
    async with Posts(allow_private=True, tls=services.authority.client_context()) as http:
        yield http


@pytest.fixture
async def http(services: SimulatedPushServices) -> AsyncIterator[Posts]:
    async with open_http(services) as http:
        yield http


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def hands() -> Hands:
    return Hands()


def a_channel(kept: Subscriptions, http: Http, key: VapidKey, hands: Hands, deadline_s: float = 10.0) -> WebPushChannel:
    return WebPushChannel(
        kept, http, key,
        subject=SUBJECT, ttl=timedelta(weeks=4), public_url=PUBLIC_URL, receipt_secret=SECRET,
        now=hands.now, clock=hands.clock, deadline_s=deadline_s,
    )  # fmt: skip


@pytest.fixture
def channel(kept: Kept, http: Posts, vapid_key: VapidKey, hands: Hands) -> WebPushChannel:
    return a_channel(kept, http, vapid_key, hands, DEADLINE_S)


async def no_record(_message_ids: tuple[str, ...], _announced_id: str | None) -> None:
    return None


@pytest.fixture
def deliver(channel: WebPushChannel) -> Deliver:
    """Deliver as the pipeline does: room is taken first."""

    async def deliver(
        target: str, brief: Brief | None = None, priority: Priority = Priority.NORMAL, delivery_id: str = "d1"
    ) -> Outcome:
        await channel.gate.turn(priority)
        return await channel.deliver(a_parcel(target, brief, delivery_id), priority, no_record)

    return deliver


def a_brief(**values: object) -> Brief:
    now = datetime.now(UTC)
    notice = a_notice(published_at=now, updated_at=now, stored_at=now, expires_at=now + timedelta(days=3))
    brief = replace(brief_of(notice, urgent=False, change=None), deadline=now + timedelta(days=2))
    return replace(brief, **values)  # type: ignore[arg-type]  # whatever the test names


def a_parcel(target: str, brief: Brief | None = None, delivery_id: str = "d1") -> Parcel:
    return Parcel(target, Message((Block((Span("Hello"),)),)), DeliveryId(delivery_id), brief or a_brief())
