"""One test for each row of the table of answers, and what follows from them for other subscriptions."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.payload import topic_of
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey, load_key, new_key
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.receipt_token import is_token_of
from placement_alerts.core.student import OffReason
from placement_alerts.core.subscription import PushSubscription, hash_of
from placement_alerts.errors import ConfigError, StoreUnavailable
from placement_alerts.http_client import Connections, HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.channels.webpush.conftest import (
    DEADLINE_S,
    SECRET,
    Deliver,
    Hands,
    Kept,
    a_brief,
    a_channel,
    a_parcel,
    no_record,
    subscription_of,
)

GONE = Refused("gone", switch_off=OffReason.GONE)


async def test_browser_shows_what_was_sent(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)

    outcome = await deliver(kept.add(browser), a_brief(title="Acme · ₹12 LPA 🎉"), delivery_id="n1.1.a7")

    assert outcome == Sent((topic_of(NoticeId("n1")),))
    (message,) = browser.messages
    assert message["notification"]["title"] == "Acme · ₹12 LPA 🎉"
    assert is_token_of(message["notification"]["data"]["token"], DeliveryId("n1.1.a7"), SECRET)


async def test_plain_http_client_does_as_well(
    services: SimulatedPushServices, kept: Kept, vapid_key: VapidKey, hands: Hands
) -> None:
    browser = services.subscribe(vapid_key.public)
    connections = Connections(tls=services.authority.client_context())
    async with HttpClient(allow_private=True, connections=connections) as http:
        channel = a_channel(kept, http, vapid_key, hands)
        outcome = await channel.deliver(a_parcel(kept.add(browser)), Priority.NORMAL, no_record)

    assert isinstance(outcome, Sent)
    assert len(browser.messages) == 1


async def test_request_has_the_headers_of_the_standard(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)

    await deliver(kept.add(browser), a_brief(urgent=True))

    (call,) = services.calls
    assert (call.urgency, call.topic) == ("high", topic_of(NoticeId("n1")))
    assert abs(int(call.ttl) - 2 * 86_400) < 60


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


async def test_stranger_at_the_endpoint_is_not_talked_to(
    kept: Kept, vapid_key: VapidKey, hands: Hands, services: SimulatedPushServices
) -> None:
    browser = services.subscribe(vapid_key.public)
    async with Posts(allow_private=True) as http:  # does not trust the sandbox's authority
        outcome = await a_channel(kept, http, vapid_key, hands).deliver(
            a_parcel(kept.add(browser)), Priority.NORMAL, no_record
        )

    assert isinstance(outcome, Deferred)
    assert not services.calls


@pytest.mark.parametrize("endpoint", ["https://fcm.googleapis.com.evil.example/x", "https://127.0.0.1:8443/x", "x"])
async def test_stored_endpoint_that_is_not_a_push_service_is_removed_without_a_call(
    kept: Kept, vapid_key: VapidKey, hands: Hands, services: SimulatedPushServices, endpoint: str
) -> None:
    browser = services.subscribe(vapid_key.public)
    browser.endpoint = endpoint
    target = kept.add(browser)
    async with Posts() as http:
        outcome = await a_channel(kept, http, vapid_key, hands).deliver(a_parcel(target), Priority.NORMAL, no_record)

    assert isinstance(outcome, Refused)
    assert (outcome.switch_off, kept.removed) == (OffReason.GONE, [target])


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


async def test_offline_device_gets_only_the_newest_revision(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public, online=False)
    target = kept.add(browser)
    for revision in (1, 2, 3):
        await deliver(target, a_brief(revision=revision))
    await deliver(target, a_brief(notice_id=NoticeId("n2")))

    browser.come_online()

    shown = [message["notification"]["data"] for message in browser.messages]
    assert [(data["notice_id"], data["revision"]) for data in shown] == [("n1", 3), ("n2", 1)]


async def test_new_keys_of_a_browser_are_used_at_once(
    services: SimulatedPushServices, kept: Kept, deliver: Deliver, vapid_key: VapidKey
) -> None:
    browser = services.subscribe(vapid_key.public)
    target = kept.add(browser)
    await deliver(target)
    fresh = services.subscribe(vapid_key.public)
    browser.private, browser.p256dh, browser.auth = fresh.private, fresh.p256dh, fresh.auth
    kept.rows[target] = subscription_of(browser)

    await deliver(target)

    assert (len(browser.messages), browser.unreadable) == (2, 0)


async def test_nothing_is_sent_to_who_unsubscribed(deliver: Deliver, services: SimulatedPushServices) -> None:
    assert await deliver("unknown") == Refused("not_subscribed", switch_off=OffReason.GONE)
    assert not services.calls


async def test_check_shows_the_public_key_and_the_contact(channel: WebPushChannel, vapid_key: VapidKey) -> None:
    line = await channel.check()

    assert vapid_key.public in line
    assert "mailto:" in line


async def test_room_is_given_back_even_if_the_store_is_away(http: Posts, vapid_key: VapidKey, hands: Hands) -> None:
    class Away(Kept):
        async def get(self, subscription_id: str) -> PushSubscription | None:
            raise StoreUnavailable("no answer")

    channel = a_channel(Away(), http, vapid_key, hands)
    await channel.gate.turn(Priority.NORMAL)

    with pytest.raises(StoreUnavailable):
        await channel.deliver(a_parcel("s1"), Priority.NORMAL, no_record)

    assert sum(channel.gate.try_turn() for _ in range(100)) == channel.slots


async def test_subject_that_services_refuse_stops_the_start(kept: Kept, http: Posts, vapid_key: VapidKey) -> None:
    with pytest.raises(ConfigError, match=r"webpush\.subject"):
        WebPushChannel(
            kept, http, vapid_key,
            subject="mailto:root@localhost", ttl=timedelta(1), public_url="", receipt_secret=b"x", now=Hands().now,
        )  # fmt: skip
