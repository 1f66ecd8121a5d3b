"""One test for each row of the table of answers."""

import asyncio

import pytest

from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.student import OffReason
from placement_alerts.errors import StoreUnavailable
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.channels.webpush.conftest import (
    DEADLINE_S,
    Deliver,
    Hands,
    Kept,
    a_brief,
    a_channel,
    a_parcel,
    no_record,
)

GONE = Refused("gone", switch_off=OffReason.GONE)


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_taken_by_the_service_is_sent(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, status: int
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(status))

    assert isinstance(await deliver(kept.add(browser)), Sent)


@pytest.mark.parametrize("status", [404, 410])
async def test_gone_subscription_is_removed_after_one_call(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, status: int
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(status), times=None)
    target = kept.add(browser)

    assert await deliver(target) == GONE
    again = await deliver(target)

    assert isinstance(again, Refused)
    assert again.switch_off is OffReason.GONE
    assert kept.removed == [target]
    assert len(services.calls) == 1


async def test_gone_subscription_is_refused_even_if_the_store_cannot_forget_it(
    services: SimulatedPushServices, http: Posts, vapid_key: VapidKey, hands: Hands
) -> None:
    class Away(Kept):
        async def remove(self, subscription_id: str) -> bool:
            raise StoreUnavailable("no answer")

    kept = Away()
    browser = services.subscribe(vapid_key.public)
    browser.gone = True
    channel = a_channel(kept, http, vapid_key, hands)

    assert await channel.deliver(a_parcel(kept.add(browser)), Priority.NORMAL, no_record) == GONE


async def test_malformed_request_is_our_fault(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(400))
    target = kept.add(browser)

    assert await deliver(target) == Refused("malformed", our_fault=True)
    assert target in kept.rows


async def test_too_large_message_is_shortened_once(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.largest = 700

    outcome = await deliver(kept.add(browser), a_brief(body="ж" * 200))

    assert isinstance(outcome, Sent)
    assert [call.status for call in services.calls] == [413, 201]
    assert browser.messages[0]["notification"]["title"] == a_brief().title


async def test_message_that_is_still_too_large_is_dead(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.largest = 10

    assert await deliver(kept.add(browser)) == Refused("too_large", our_fault=True)
    assert len(services.calls) == 2


@pytest.mark.parametrize("location", ["https://127.0.0.1:1/x", "http://127.0.0.1/", "/push/other"])
async def test_redirect_is_refused_and_not_followed(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, location: str
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.redirect(location))

    outcome = await deliver(kept.add(browser))

    assert isinstance(outcome, Refused)
    assert (outcome.error_class, outcome.unclear, outcome.switch_off) == ("redirected", True, None)
    assert len(services.calls) == 1


@pytest.mark.parametrize("status", [405, 406, 415, 422])
async def test_refusal_that_the_standard_does_not_know_is_unclear(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, status: int
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(status))

    assert await deliver(kept.add(browser)) == Refused("odd_status", f"status {status}", unclear=True)


@pytest.mark.parametrize("status", [500, 502, 503, 408])
async def test_trouble_of_the_service_is_tried_again_with_our_own_back_off(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, status: int
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(status))
    target = kept.add(browser)

    assert await deliver(target) == Deferred(f"status_{status}")
    assert isinstance(await deliver(target), Sent)


async def test_answer_that_was_lost_is_marked(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.silence())

    assert await deliver(kept.add(browser)) == Deferred("answer_lost", possibly_delivered=True)


@pytest.mark.parametrize("fault", [http_faults.silence(), http_faults.drip()], ids=lambda fault: fault.name)
async def test_send_ends_within_its_deadline(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, fault: http_faults.Fault
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, fault)
    target = kept.add(browser)

    async with asyncio.timeout(DEADLINE_S * 2):
        outcome = await deliver(target)

    assert isinstance(outcome, Deferred)


async def test_long_answer_is_not_read_to_its_end(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.body(b"x" * 1_000_000, code=201))

    assert isinstance(await deliver(kept.add(browser)), Sent)
