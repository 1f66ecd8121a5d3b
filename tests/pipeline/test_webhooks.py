"""Outgoing webhooks from a stored event to an integrator's server, over a real store and a real connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from placement_alerts.core.delivery import DeliveryState, Receipt
from placement_alerts.core.retry import receipt_of
from placement_alerts.core.webhook import CallState, EndpointId, EventType, WebhookCall, WebhookEndpoint
from placement_alerts.core.webhook_retry import FAILING, GONE, WAITS, rotated
from placement_alerts.core.webhook_signing import secret_text
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.alarms import Alarms
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store.base import Claim, OwnerId, Store
from tests.builders import NOW, YEAR, a_call, a_delivery, a_notice, an_endpoint
from tests.pipeline.conftest import Hand
from tests.pipeline.webhook_receiver import Receiver, open_receiver

OLD, NEW = secret_text(bytes(range(32))), secret_text(bytes(range(32, 64)))
EP = EndpointId("ep1")


@dataclass
class Bench:
    """Webhooks whose clock a test turns, and an integrator's server."""

    store: Store
    webhooks: Webhooks
    receiver: Receiver
    now: Hand

    async def listen(self, identifier: str = "ep1", path: str = "/in", **values: object) -> WebhookEndpoint:
        endpoint = an_endpoint(identifier, **({"url": f"{self.receiver.url}{path}", "secret": NEW} | values))
        assert await self.store.webhooks.save(endpoint)
        return endpoint

    async def endpoint(self, identifier: str = "ep1") -> WebhookEndpoint:
        found = await self.store.webhooks.get(EndpointId(identifier))
        assert found is not None
        return found

    async def calls(self, identifier: str = "ep1") -> list[WebhookCall]:
        return await self.store.webhooks.calls(EndpointId(identifier), None, 100)

    async def only_call(self) -> WebhookCall:
        [call] = await self.calls()
        return call


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as receiver:
        yield receiver


@pytest.fixture
async def bench(store: Store, receiver: Receiver, now: Hand) -> AsyncIterator[Bench]:
    async with HttpClient(allow_private=True) as http:  # the receiver is on loopback
        webhooks = Webhooks(store, http, now, "https://alerts.example.org", Alarms(store, now, YEAR).raise_once)
        yield Bench(store, webhooks, receiver, now)


async def test_event_arrives_signed_for_the_published_library(bench: Bench) -> None:
    bench.now.moment = datetime.now(UTC)  # which that library compares with
    await bench.listen()

    await bench.webhooks.tell(a_notice(title="Größe ✓"))
    await bench.webhooks.run_once()

    [got] = bench.receiver.received
    assert Webhook(NEW).verify(got.body, got.headers)["data"]["title"] == "Größe ✓"
    assert got.headers["content-type"] == "application/json"


async def test_after_a_rotation_both_secrets_verify(bench: Bench) -> None:
    bench.now.moment = datetime.now(UTC)
    endpoint = await bench.listen(secret=OLD)
    await bench.store.webhooks.save(rotated(endpoint, NEW, bench.now()).model_copy(update={"version": 2}))

    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()

    [got] = bench.receiver.received
    assert Webhook(OLD).verify(got.body, got.headers)
    assert Webhook(NEW).verify(got.body, got.headers)


async def test_telling_twice_calls_once(bench: Bench) -> None:
    await bench.listen()

    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()
    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()

    assert bench.receiver.count() == 1
    assert (await bench.only_call()).state is CallState.DELIVERED


async def test_retries_come_at_the_times_of_the_standard_with_one_id(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(500)
    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()
    waits, early = [], []

    for _ in WAITS:
        call = await bench.only_call()
        waits.append(call.due_at - bench.now())
        bench.now.moment = call.due_at - timedelta(seconds=1)
        await bench.webhooks.run_once()
        early.append((await bench.only_call()).tries - call.tries)
        bench.now.moment = call.due_at
        await bench.webhooks.run_once()

    assert all(
        least <= wait <= least * 1.1 + timedelta(milliseconds=1) for least, wait in zip(WAITS, waits, strict=True)
    )
    assert set(early) == {0}
    assert bench.receiver.count() == 10
    assert len({one.headers["webhook-id"] for one in bench.receiver.received}) == 1
    assert (await bench.only_call()).state is CallState.FAILED


async def test_later_success_ends_the_retries(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(503)
    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()

    bench.receiver.will(200)
    bench.now.turn(seconds=10)
    await bench.webhooks.run_once()

    call = await bench.only_call()
    assert [attempt.status for attempt in call.attempts] == [503, 200]
    assert (await bench.endpoint()).failing_since is None


async def test_rest_that_the_endpoint_asks_for_is_kept(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(503, Retry_After="3600")
    await bench.webhooks.tell(a_notice())

    await bench.webhooks.run_once()

    assert (await bench.only_call()).due_at == NOW + timedelta(hours=1)


async def test_429_makes_all_calls_to_the_endpoint_wait(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(429, Retry_After="600")
    await bench.webhooks.tell(a_notice("n1"))
    await bench.webhooks.run_once()
    await bench.webhooks.tell(a_notice("n2"))

    await bench.webhooks.run_once()

    assert bench.receiver.count() == 1
    assert {call.due_at for call in await bench.calls()} == {NOW + timedelta(minutes=10)}


async def test_410_switches_the_endpoint_off(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(410)
    await bench.webhooks.tell(a_notice("n1"))
    await bench.webhooks.run_once()

    await bench.webhooks.tell(a_notice("n2"))
    await bench.webhooks.run_once()

    assert bench.receiver.count() == 1
    assert (await bench.endpoint()).off_reason == GONE
    assert (await bench.only_call()).state is CallState.FAILED


async def test_three_days_of_failures_switch_it_off_and_tell_the_admins(bench: Bench) -> None:
    await bench.listen(label="Companion site")
    bench.receiver.will(500)
    await bench.webhooks.tell(a_notice("n1"))
    await bench.webhooks.run_once()

    bench.now.turn(days=3)
    await bench.webhooks.run_once()

    assert (await bench.endpoint()).off_reason == FAILING
    [alarm] = await bench.store.reviews.open(10)
    assert "webhook" in alarm.title.lower()
    assert "Companion site" in " ".join(alarm.reasons)


async def test_calls_that_wait_when_it_is_off_end(bench: Bench) -> None:
    endpoint = await bench.listen()
    await bench.webhooks.tell(a_notice())
    off = endpoint.model_copy(update={"off_reason": "by hand", "version": 2})
    await bench.store.webhooks.save(off)

    await bench.webhooks.run_once()

    assert bench.receiver.count() == 0
    assert (await bench.only_call()).state is CallState.FAILED


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirect_is_a_failure_and_not_followed(bench: Bench, status: int) -> None:
    await bench.listen()
    bench.receiver.will(status, Location=f"{bench.receiver.url}/elsewhere")
    await bench.webhooks.tell(a_notice())

    await bench.webhooks.run_once()

    assert bench.receiver.count("/elsewhere") == 0
    assert (await bench.only_call()).attempts[0].status == status


async def test_long_answer_is_cut_and_counts_by_its_status(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.will(200, body=b"x" * 1_000_000)
    await bench.webhooks.tell(a_notice())

    await bench.webhooks.run_once()

    assert (await bench.only_call()).state is CallState.DELIVERED


async def test_private_address_is_refused_before_any_connection(bench: Bench, now: Hand) -> None:
    await bench.listen(url=bench.receiver.url.replace("http:", "https:") + "/in")
    async with HttpClient() as strict:
        webhooks = Webhooks(bench.store, strict, now, "")
        await webhooks.tell(a_notice())

        await webhooks.run_once()

    assert (await bench.only_call()).attempts[0].status is None
    assert bench.receiver.received == []


async def test_plain_http_is_refused(bench: Bench, now: Hand) -> None:
    await bench.listen(url="http://hooks.example.org/in")
    async with HttpClient() as strict:
        webhooks = Webhooks(bench.store, strict, now, "")
        await webhooks.tell(a_notice())

        await webhooks.run_once()

    assert "https" in str((await bench.only_call()).attempts[0].error)


async def test_crash_before_the_record_repeats_the_same_id(bench: Bench) -> None:
    await bench.listen()
    bench.receiver.hang("/in")
    await bench.webhooks.tell(a_notice())
    running = asyncio.create_task(bench.webhooks.run())
    await asyncio.wait_for(bench.receiver.arrived["/in"].wait(), 5)
    running.cancel()
    await asyncio.wait({running})
    bench.receiver.recover()

    async with HttpClient(allow_private=True) as http:
        await Webhooks(bench.store, http, bench.now, "").run_once()

    first, second = bench.receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (await bench.only_call()).state is CallState.DELIVERED


async def test_hanging_endpoint_does_not_hold_up_the_others(bench: Bench) -> None:
    await bench.listen("slow", "/slow")
    await bench.listen("fast", "/fast")
    bench.receiver.hang("/slow")
    await bench.store.webhooks.add_calls([a_call(f"s{n}", endpoint_id=EndpointId("slow")) for n in range(250)])
    running = asyncio.create_task(bench.webhooks.run())
    await asyncio.wait_for(bench.receiver.arrived["/slow"].wait(), 5)

    await bench.webhooks.tell(a_notice())
    await asyncio.wait_for(bench.receiver.arrived["/fast"].wait(), 5)

    assert bench.receiver.count("/slow") <= 2
    running.cancel()
    await asyncio.wait({running})


async def test_run_carries_what_is_told_and_stops(bench: Bench) -> None:
    await bench.listen()
    running = asyncio.create_task(bench.webhooks.run())

    await bench.webhooks.tell(a_notice())
    await asyncio.wait_for(bench.receiver.arrived["/in"].wait(), 5)
    bench.webhooks.stop()
    await asyncio.wait_for(running, 5)

    assert (await bench.only_call()).state is CallState.DELIVERED


async def test_ended_call_is_sent_again_as_the_same_event(bench: Bench) -> None:
    await bench.listen()
    await bench.webhooks.tell(a_notice())
    await bench.webhooks.run_once()
    call = await bench.only_call()

    assert await bench.webhooks.resend(call.id)
    assert not await bench.webhooks.resend(call.id)  # it waits already
    await bench.webhooks.run_once()

    first, second = bench.receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_range_of_calls_is_sent_again(bench: Bench) -> None:
    await bench.listen()
    for number in range(5):
        await bench.webhooks.tell(a_notice(f"n{number}"))
        await bench.webhooks.run_once()
        bench.now.turn(hours=1)

    count = await bench.webhooks.resend_range(EP, NOW + timedelta(hours=1), NOW + timedelta(hours=4))
    await bench.webhooks.run_once()

    assert count == 3
    assert bench.receiver.count() == 8


async def test_test_reaches_an_endpoint_that_is_off(bench: Bench) -> None:
    endpoint = await bench.listen(off_reason="gone", events=(EventType.NOTICE_CREATED,))

    await bench.webhooks.test(endpoint)
    await bench.webhooks.run_once()

    assert b'"type":"webhook.test"' in bench.receiver.received[0].body


async def test_dead_delivery_is_told_once(bench: Bench) -> None:
    await bench.listen(events=(EventType.DELIVERY_DEAD,))
    await die(bench.store)

    for _ in range(2):
        await bench.webhooks.look_for_dead()
        await bench.webhooks.run_once()

    [got] = bench.receiver.received
    assert b'"type":"delivery.dead"' in got.body


async def test_endpoint_hears_of_no_death_before_it_was_made(bench: Bench) -> None:
    await die(bench.store)
    await bench.listen(created_at=NOW + timedelta(seconds=1))

    await bench.webhooks.look_for_dead()

    assert await bench.calls() == []


async def die(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    [claimed] = await store.deliveries.exchange([], Claim("telegram", OwnerId("me"), "t1", 1, NOW))
    dead: Receipt = replace(receipt_of(claimed, DeliveryState.DEAD, NOW), error_class="unknown")
    await store.deliveries.exchange([dead], None)
