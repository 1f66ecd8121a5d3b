"""A service that asks for a pause, or is in trouble, rests for all its subscriptions; the others go on."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from placement_alerts.channels.webpush.vapid import VapidKey
from placement_alerts.core.outcome import Deferred, Sent
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.channels.webpush.conftest import (
    Deliver,
    Hands,
    Kept,
)


async def test_flood_answer_pauses_its_origin_alone_for_the_seconds_it_asks(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, hands: Hands
) -> None:
    hasty, same, other = (services.subscribe(vapid_key.public, origin) for origin in (0, 0, 1))
    services.fail(hasty.endpoint, http_faults.status(429, retry_after="120"))
    await deliver(kept.add(other))

    first = await deliver(kept.add(hasty))
    second = await deliver(kept.add(same))
    third = await deliver(kept.add(other))
    hands.turn(seconds=121)
    fourth = await deliver(kept.add(same))

    assert first == Deferred("flood", wait=timedelta(seconds=120), counts=False)
    assert isinstance(second, Deferred)
    assert second.wait is not None
    assert (second.error_class, second.counts, round(second.wait.total_seconds())) == ("flood", False, 120)
    assert not same.messages or fourth == third
    assert isinstance(third, Sent)
    assert isinstance(fourth, Sent)
    assert len(services.calls_to(same)) == 1


async def test_flood_answer_may_name_a_date(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    services.fail(browser.endpoint, http_faults.status(429, retry_after=until))

    outcome = await deliver(kept.add(browser))

    assert isinstance(outcome, Deferred)
    assert outcome.wait is not None
    assert 290 < outcome.wait.total_seconds() <= 300


async def test_wait_that_a_service_in_trouble_asks_for_is_kept(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser, other = services.subscribe(vapid_key.public), services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(503, retry_after="90"))

    first = await deliver(kept.add(browser))
    second = await deliver(kept.add(other))

    assert isinstance(first, Deferred)
    assert first.wait == timedelta(seconds=90)
    assert isinstance(second, Deferred)
    assert not services.calls_to(other)


async def test_service_that_fails_all_rests_without_costing_attempts(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, hands: Hands
) -> None:
    services.fail(services.origins[0], http_faults.status(500), times=None)
    targets = [kept.add(services.subscribe(vapid_key.public)) for _ in range(6)]

    outcomes = [await deliver(target) for target in targets]

    assert [outcome.counts for outcome in outcomes if isinstance(outcome, Deferred)] == [True, True, *[False] * 4]
    assert len(services.calls) == 3
    services.mend()
    hands.turn(seconds=60)
    assert isinstance(await deliver(targets[0]), Sent)


async def test_nobody_listening_rests_the_service_at_once(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    browser.endpoint = "https://127.0.0.1:1/x"

    outcome = await deliver(kept.add(browser))

    assert outcome == Deferred("unreachable", wait=timedelta(seconds=2), counts=False)
