"""A service that refuses our key: for one subscription, or for all of them."""

from datetime import timedelta

import pytest

from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey, load_key, new_key
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.student import OffReason
from placement_alerts.core.subscription import hash_of
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.channels.webpush.conftest import (
    Deliver,
    Hands,
    Kept,
    a_channel,
    a_parcel,
    no_record,
)


async def test_five_origins_get_tokens_of_their_own(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browsers = [services.subscribe(vapid_key.public, origin) for origin in (0, 1, 2, 3, 4) * 2]

    outcomes = [await deliver(kept.add(browser)) for browser in browsers]

    assert all(isinstance(outcome, Sent) for outcome in outcomes)  # each service verifies `aud`
    assert not services.refusals


async def test_subscription_with_another_key_is_removed_and_the_others_stay(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, channel: WebPushChannel
) -> None:
    good = services.subscribe(vapid_key.public)
    old = services.subscribe(new_key()[1])
    target = kept.add(good)

    await deliver(target)
    outcome = await deliver(kept.add(old))

    assert outcome == Refused("other_key", switch_off=OffReason.GONE)
    assert kept.removed == [hash_of(old.endpoint)]
    assert isinstance(await deliver(target), Sent)
    assert channel.trouble is None


@pytest.mark.parametrize("status", [401, 403])
async def test_lone_subscription_is_removed_after_a_second_try_with_a_new_token(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey, status: int
) -> None:
    browser = services.subscribe(vapid_key.public)
    services.fail(browser.endpoint, http_faults.status(status), times=None)
    target = kept.add(browser)

    first = await deliver(target)
    second = await deliver(target)

    assert first == Deferred("vapid_refused", wait=timedelta(seconds=30), counts=False)
    assert second == Refused("other_key", switch_off=OffReason.GONE)


async def test_origin_that_refuses_all_is_stopped_and_loses_nobody(
    services: SimulatedPushServices, kept: Kept, http: Posts, vapid_key: VapidKey, hands: Hands
) -> None:
    """Somebody changed the key by mistake."""
    channel = a_channel(kept, http, load_key(new_key()[0]), hands)
    targets = [kept.add(services.subscribe(vapid_key.public)) for _ in range(20)]

    outcomes = [await channel.deliver(a_parcel(target), Priority.NORMAL, no_record) for target in targets]

    assert all(isinstance(outcome, Deferred) and not outcome.counts for outcome in outcomes)
    assert channel.trouble == "vapid_refused"
    assert kept.removed == []
    assert len(services.calls) == 5


async def test_stopped_origin_is_tried_seldom_and_recovers(
    services: SimulatedPushServices,
    kept: Kept,
    deliver: Deliver,
    vapid_key: VapidKey,
    channel: WebPushChannel,
    hands: Hands,
) -> None:
    targets = [kept.add(services.subscribe(vapid_key.public)) for _ in range(5)]
    services.fail(services.origins[0], http_faults.status(403), times=None)
    for target in targets:
        await deliver(target)
    hands.turn(seconds=11)
    probe = await deliver(targets[0])
    soon = await deliver(targets[1])
    services.mend()
    hands.turn(seconds=21)

    outcome = await deliver(targets[0])

    assert isinstance(probe, Deferred)
    assert isinstance(soon, Deferred)
    assert len(services.calls) == 7
    assert isinstance(outcome, Sent)
    assert channel.trouble is None
    assert kept.removed == []


async def test_other_origins_go_on_when_one_is_stopped(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    services.fail(services.origins[0], http_faults.status(403), times=None)
    for _ in range(5):
        await deliver(kept.add(services.subscribe(vapid_key.public)))

    assert isinstance(await deliver(kept.add(services.subscribe(vapid_key.public, 1))), Sent)
