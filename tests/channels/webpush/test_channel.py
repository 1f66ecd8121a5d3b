"""What the channel sends to whom, and to whom it sends nothing."""

from datetime import timedelta

import pytest

from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.payload import topic_of
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import VapidKey
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.receipt_token import is_token_of
from placement_alerts.core.student import OffReason
from placement_alerts.core.subscription import PushSubscription
from placement_alerts.errors import ConfigError, StoreUnavailable
from placement_alerts.http_client import Connections, HttpClient
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.channels.webpush.conftest import (
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
