"""Many subscriptions over five origins, through the real store and the real lane (PROOF.md, R6)."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from placement_alerts.channels.webpush.channel import SLOTS
from placement_alerts.channels.webpush.origin import FIRST_WINDOW
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey
from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.render import ShowNames
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.core.student import OffReason
from placement_alerts.core.subscription import WEBPUSH, hash_of
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.push_service import Browser, SimulatedPushServices
from placement_alerts.store import open_store
from placement_alerts.store.base import DeliveryFilter, OwnerId, Store
from tests.builders import YEAR, a_notice
from tests.channels.webpush.conftest import Hands, a_channel, open_http, subscription_of

ORIGINS = 5
GONE_OF = 5  # every fifth subscription is gone
SOON = RetryPolicy(first=timedelta(milliseconds=50), longest=timedelta(seconds=1))
S = DeliveryState


@dataclass
class Town:
    """Browsers of students, and all that it takes to reach them."""

    store: Store
    services: SimulatedPushServices
    http: Posts
    key: VapidKey
    hands: Hands

    async def join(self, count: int, *, gone: bool) -> list[Browser]:
        """Let so many students subscribe, spread over the origins."""
        browsers = [self.services.subscribe(self.key.public, number % ORIGINS) for number in range(count)]
        for number, browser in enumerate(browsers):
            # gone ones in every origin: a step that has no factor in common with their number
            browser.gone = gone and (number // ORIGINS) % GONE_OF == 0
            await self.store.subscriptions.save(subscription_of(browser))
            await self.store.students.join(WEBPUSH, hash_of(browser.endpoint), YEAR, {}, self.hands.now())
        return browsers

    async def publish(self) -> Lane:
        """Store and plan a notice; return the lane that carries it."""
        now = self.hands.now()
        notice = a_notice(published_at=now, updated_at=now, stored_at=now, expires_at=now + timedelta(days=1))
        await self.store.notices.save(notice)
        showing = Showing(self.store.notices, ShowNames.COUNT, self.hands.now)
        await Planner(self.store, [], showing, self.hands.now).run_once()
        channel = a_channel(self.store.subscriptions, self.http, self.key, self.hands, deadline_s=1.5)
        return Lane(channel, self.store, showing, OwnerId("me"), self.hands.now, SOON, 64)

    async def states(self, count: int) -> Counter[DeliveryState]:
        """Return how many deliveries are in each state."""
        rows = await self.store.deliveries.find(DeliveryFilter(channel=WEBPUSH), None, count + 1)
        return Counter(row.state for row in rows)


async def carry(lane: Lane, patience_s: float) -> None:
    """Carry all that is due."""
    lane.stop_when_empty()
    async with asyncio.timeout(patience_s):
        await lane.run()


@asynccontextmanager
async def open_town(folder: Path, key: VapidKey) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        store = await open_store(f"sqlite:///{folder}/store.db")
        stack.push_async_callback(store.close)
        services = await stack.enter_async_context(SimulatedPushServices(ORIGINS))
        http = await stack.enter_async_context(open_http(services))
        yield Town(store, services, http, key, Hands())


@pytest.fixture
async def town(tmp_path: Path, vapid_key: VapidKey) -> AsyncIterator[Town]:
    async with open_town(tmp_path, vapid_key) as town:
        yield town


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.long)])
async def test_every_browser_opens_its_message_and_gone_ones_are_removed_after_one_call(town: Town, count: int) -> None:
    browsers = await town.join(count, gone=True)
    lane = await town.publish()

    await carry(lane, 30 + count / 50)

    gone = [browser for browser in browsers if browser.gone]
    assert len(gone) == count // GONE_OF
    assert {len(browser.messages) for browser in browsers if not browser.gone} == {1}
    assert sum(browser.unreadable for browser in browsers) == 0
    assert town.services.refusals == {"unsubscribed": len(gone)}  # every token was the right one
    assert len(town.services.calls) == count
    assert await town.store.subscriptions.count() == count - len(gone)
    assert await town.states(count) == {S.SENT: count - len(gone), S.REFUSED: len(gone)}
    student = await town.store.students.by_address(WEBPUSH, hash_of(gone[0].endpoint))
    assert student is not None
    assert student.addresses[0].off is OffReason.GONE


async def last_served(town: Town, lane: Lane, browsers: list[Browser]) -> float:
    """Carry until every one of these browsers has its message; return the seconds that took."""
    began = time.monotonic()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(lane.run())
        while not all(browser.messages for browser in browsers):  # noqa: ASYNC110 - what is asked is the services' log
            await asyncio.sleep(0.005)
        lane.stop()
    return max(call.ended for call in town.services.calls if call.status == 201) - began


async def test_origin_that_hangs_holds_few_slots_and_the_others_are_served_meanwhile(
    tmp_path: Path, vapid_key: VapidKey
) -> None:
    async with open_town(tmp_path, vapid_key) as town:
        browsers = await town.join(150, gone=False)
        hanging = town.services.origins[0]
        town.services.fail(hanging, http_faults.silence(), times=None)
        others = [browser for number, browser in enumerate(browsers) if number % ORIGINS]

        await last_served(town, await town.publish(), others)

        assert {call.status for call in town.services.calls if call.origin != hanging} == {201}
        assert town.services.most_open[hanging] <= FIRST_WINDOW < SLOTS / 10


@pytest.mark.long
async def test_origin_that_hangs_delays_the_others_by_less_than_a_tenth(tmp_path: Path, vapid_key: VapidKey) -> None:
    took: dict[bool, float] = {}
    for hangs in (False, True):
        folder = tmp_path / str(hangs)
        folder.mkdir()
        async with open_town(folder, vapid_key) as town:
            town.services.latency_s = 0.02
            browsers = await town.join(3000, gone=False)
            if hangs:
                town.services.fail(town.services.origins[0], http_faults.silence(), times=None)
            others = [browser for number, browser in enumerate(browsers) if number % ORIGINS]
            took[hangs] = await last_served(town, await town.publish(), others)

    assert took[True] < took[False] * 1.1


async def test_rows_of_an_origin_that_hung_are_carried_once_it_answers(town: Town) -> None:
    browsers = await town.join(40, gone=False)
    town.services.fail(town.services.origins[0], http_faults.silence(), times=None)
    lane = await town.publish()
    others = [browser for number, browser in enumerate(browsers) if number % ORIGINS]
    await last_served(town, lane, others)
    town.services.mend()

    for _ in range(3):  # the first one of them finds out that the service is back
        town.hands.turn(minutes=2)
        await carry(again(town, lane), 30)

    assert await town.states(40) == {S.SENT: 40}


def again(town: Town, lane: Lane) -> Lane:
    """Return a lane over the same channel."""
    showing = Showing(town.store.notices, ShowNames.COUNT, town.hands.now)
    return Lane(lane.channel, town.store, showing, OwnerId("me"), town.hands.now, SOON, 64)


async def test_service_that_most_students_use_gets_all_it_may_and_no_row_is_tried_in_vain_for_long(
    tmp_path: Path, vapid_key: VapidKey
) -> None:
    async with open_town(tmp_path, vapid_key) as town:
        town.services.latency_s = 0.01
        for number in range(150):
            browser = town.services.subscribe(vapid_key.public, 0 if number % 10 else 1)
            await town.store.subscriptions.save(subscription_of(browser))
            await town.store.students.join(WEBPUSH, hash_of(browser.endpoint), YEAR, {}, town.hands.now())
        lane = await town.publish()

        await carry(lane, 60)

        assert await town.states(150) == {S.SENT: 150}
        assert len(town.services.calls) == 150
