"""The push routes over loopback, with a real store behind them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse

from placement_alerts.channels.base import Parcel, RecordPart
from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.webpush.vapid import new_key
from placement_alerts.core.delivery import Delivery, DeliveryId, DeliveryState, Priority
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent
from placement_alerts.core.receipt_token import RECEIPTS, receipt_token
from placement_alerts.core.student import OffReason, Student
from placement_alerts.core.subscription import WEBPUSH, hash_of
from placement_alerts.store.base import Store
from placement_alerts.web.limits import NEW_BROWSERS
from placement_alerts.web.push import TESTS, PushRoutes
from tests.builders import YEAR, a_delivery, a_notice, a_student
from tests.web.house import House, Moments, a_house

KEY = new_key()[1]
OTHER_KEY = new_key()[1]
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
SUBSCRIPTION: dict[str, Any] = {"endpoint": ENDPOINT, "keys": {"p256dh": OTHER_KEY, "auth": "A" * 22}}
API_KEY = {"X-API-Key": "a-key-of-the-office"}
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"


@dataclass
class AnsweringChannel:
    """A push channel whose push service a test speaks for. parcels: what was delivered."""

    outcome: Outcome = field(default_factory=lambda: Sent(("1",)))
    parcels: list[Parcel] = field(default_factory=list)
    name: str = WEBPUSH
    slots: int = 1
    gate: Pacer = field(default_factory=lambda: Pacer(1000.0, per_target_s=0.0, burst=100))
    trouble: str | None = None

    async def deliver(self, parcel: Parcel, _priority: Priority, _record: RecordPart) -> Outcome:
        self.parcels.append(parcel)
        return self.outcome

    async def check(self) -> str:
        return "a push service"


@pytest.fixture
def channel() -> AnsweringChannel:
    return AnsweringChannel()


@pytest.fixture
async def house(store: Store, moments: Moments, channel: AnsweringChannel) -> AsyncIterator[House]:
    settings = {"vapid_public_key": KEY, "api_key": API_KEY["X-API-Key"]}
    routes = lambda services: PushRoutes(services).routes()  # noqa: E731
    async with a_house(store, moments, routes, settings=settings, push=channel) as opened:
        yield opened


async def post(house: House, path: str, body: Any, **headers: str) -> ClientResponse:
    """Post JSON as our pages do: with the token of the browser's session, if it has one."""
    csrf = (await house.who())["csrf"]
    return await house.ask("POST", f"/api/push/{path}", json=body, headers={"X-CSRF-Token": csrf, **headers})


async def owner(house: House, endpoint: str = ENDPOINT) -> Student:
    student = await house.services.store.students.by_address(WEBPUSH, hash_of(endpoint))
    assert student is not None
    return student


async def a_telegram_student(house: House, chat: str = "900100200") -> Student:
    _, student = await house.services.store.students.join("telegram", chat, YEAR, {}, house.moments.now)
    return student


async def test_key_is_told_to_everybody(house: House) -> None:
    response = await house.get("/api/push/vapid-key")
    assert await response.json() == {"publicKey": KEY}


@pytest.mark.parametrize(("method", "path"), [("GET", "vapid-key"), ("POST", "subscribe")])
async def test_without_a_key_push_is_not_configured(store: Store, moments: Moments, method: str, path: str) -> None:
    async with a_house(store, moments, lambda services: PushRoutes(services).routes()) as house:
        response = await house.ask(method, f"/api/push/{path}", json=SUBSCRIPTION)
        assert response.status == 501
        assert await response.json() == {"detail": "Web push is not configured"}


async def test_first_subscription_makes_an_anonymous_student_and_a_session(house: House) -> None:
    response = await post(house, "subscribe", SUBSCRIPTION, **{"User-Agent": CHROME})

    assert await response.json() == {"success": True}
    student = await owner(house)
    assert student.year == YEAR
    visits = await house.who()
    assert (visits["student"], visits["signed_in"]) == (student.id, False)
    stored = await house.services.store.subscriptions.get(hash_of(ENDPOINT))
    assert stored is not None
    assert (stored.endpoint, stored.label, stored.key_hash) == (ENDPOINT, "Chrome on Android", hash_of(KEY))


async def test_further_subscriptions_are_the_same_students(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)
    first = await owner(house)

    response = await post(house, "subscribe", SUBSCRIPTION | {"endpoint": f"{ENDPOINT}2", "refresh": True})

    assert await response.json() == {"success": True}
    assert (await owner(house, f"{ENDPOINT}2")).id == first.id
    assert (await house.services.store.students.counts())["total"] == 1


async def test_address_makes_no_endless_row_of_anonymous_students(house: House) -> None:
    statuses = []
    for number in range(NEW_BROWSERS.burst + 10):
        house.client.cookie_jar.clear()
        house.moments.pass_by(seconds=1)  # so that no other limit is reached
        answer = await post(house, "subscribe", SUBSCRIPTION | {"endpoint": f"{ENDPOINT}{number}"})
        statuses.append(answer.status)

    found = await house.services.store.students.find(YEAR, None, 100)
    assert statuses.count(200) == len(found)
    assert statuses.count(429) >= 1


async def test_page_that_nobody_asked_on_makes_no_student(house: House) -> None:
    response = await post(house, "subscribe", SUBSCRIPTION | {"refresh": True})

    assert await response.json() == {"success": False}
    assert (await house.services.store.students.counts())["total"] == 0


async def test_subscription_that_was_removed_does_not_come_back_by_a_visit(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)
    await house.services.subscribing.unsubscribe(ENDPOINT)

    assert await (await post(house, "subscribe", SUBSCRIPTION | {"refresh": True})).json() == {"success": False}
    assert await (await post(house, "subscribe", SUBSCRIPTION)).json() == {"success": True}


async def test_subscription_of_an_older_key_is_refused(house: House) -> None:
    assert (await post(house, "subscribe", SUBSCRIPTION | {"key": OTHER_KEY})).status == 409
    assert (await post(house, "subscribe", SUBSCRIPTION | {"key": f"{KEY}="})).status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://fcm.googleapis.com.evil.example/x"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": 7},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 5000},
        {"keys": {"p256dh": "AAAA", "auth": "A" * 22}},
        {"keys": {"p256dh": OTHER_KEY, "auth": "A"}},
        {"keys": None},
        {"user_id": 0},
        {"user_id": "7"},
    ],
)
async def test_subscription_that_does_not_fit_is_refused_and_not_repeated(house: House, change: Any) -> None:
    response = await post(house, "subscribe", SUBSCRIPTION | change)

    assert response.status == 422
    assert "evil" not in await response.text()
    assert await house.services.store.subscriptions.count() == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"{}", "application/json; charset=nonsense"),
        (b"a=b", "text/plain"),
    ],
)
async def test_what_is_no_json_is_refused(house: House, body: bytes, kind: str) -> None:
    response = await house.ask("POST", "/api/push/subscribe", data=body, headers={"Content-Type": kind})
    assert response.status == 422
    response = await house.ask("POST", "/api/push/shown", data=body, headers={"Content-Type": kind})
    assert response.status in (400, 415, 422)


async def test_session_without_its_token_subscribes_nothing(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)
    response = await house.ask("POST", "/api/push/subscribe", json=SUBSCRIPTION | {"endpoint": f"{ENDPOINT}2"})

    assert response.status == 403
    assert await house.services.store.subscriptions.count() == 1


async def test_closed_pages_take_subscriptions_of_signed_in_students_only(store: Store, moments: Moments) -> None:
    settings = {"vapid_public_key": KEY, "public_pages": False}
    async with a_house(store, moments, lambda services: PushRoutes(services).routes(), settings=settings) as house:
        assert (await post(house, "subscribe", SUBSCRIPTION)).status == 401
        student = await a_telegram_student(house)
        await house.ask("POST", "/enter", data={"student": student.id})
        assert (await post(house, "subscribe", SUBSCRIPTION)).status == 200


async def test_program_with_the_key_subscribes_for_a_telegram_user(house: House) -> None:
    student = await a_telegram_student(house)
    body = SUBSCRIPTION | {"user_id": 900100200}

    response = await house.ask("POST", "/api/push/subscribe", json=body, headers=API_KEY)

    assert await response.json() == {"success": True}
    assert (await owner(house)).id == student.id


async def test_program_is_told_that_it_is_not_known_to_whom(house: House) -> None:
    async def status(body: dict[str, Any], **headers: str) -> tuple[int, Any]:
        response = await house.ask("POST", "/api/push/subscribe", json=body, headers=headers)
        return response.status, json.loads(await response.text())

    assert await status(SUBSCRIPTION | {"user_id": 5}, **API_KEY) == (200, {"success": False})
    assert (await status(SUBSCRIPTION, **API_KEY))[0] == 422
    assert (await status(SUBSCRIPTION | {"user_id": 5}))[0] == 401
    assert (await status(SUBSCRIPTION | {"user_id": 5}, **{"X-API-Key": "wrong"}))[0] == 401


async def test_own_subscription_is_ended_by_its_endpoint_alone(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)

    assert await (await post(house, "unsubscribe", {"endpoint": ENDPOINT})).json() == {"success": True}
    assert await (await post(house, "unsubscribe", {"endpoint": ENDPOINT})).json() == {"success": False}
    assert (await owner(house)).addresses[0].off is OffReason.STOPPED


async def test_anothers_subscription_is_ended_by_nobody_but_the_key(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)
    house.client.cookie_jar.clear()

    assert (await post(house, "unsubscribe", {"endpoint": ENDPOINT})).status == 401
    response = await house.ask("POST", "/api/push/unsubscribe", json={"endpoint": ENDPOINT}, headers=API_KEY)
    assert await response.json() == {"success": True}


async def test_state_tells_the_page_what_it_needs_and_is_kept_by_nobody(house: House) -> None:
    await post(house, "subscribe", SUBSCRIPTION)
    response = await house.get("/api/push/state")

    said = await response.json()
    assert said == {"publicKey": KEY, "csrf": (await house.who())["csrf"], "signedIn": False, "known": True}
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("outcome", "sent", "words"),
    [
        (Sent(("1",)), True, "took it"),
        (Deferred("busy", timedelta(seconds=20)), False, "in 20 s"),
        (Deferred("away"), False, "in a minute"),
        (Refused("vapid"), False, "refused"),
        (Refused("gone", switch_off=OffReason.GONE), False, "does not know this device"),
    ],
)
async def test_test_push_says_what_the_push_service_answered(
    house: House, channel: AnsweringChannel, outcome: Outcome, sent: bool, words: str
) -> None:
    channel.outcome = outcome
    await post(house, "subscribe", SUBSCRIPTION)

    said = await (await post(house, "test", {"endpoint": ENDPOINT})).json()

    assert said["sent"] is sent
    assert words in said["says"]
    assert channel.parcels[0].target == hash_of(ENDPOINT)


async def test_test_push_goes_to_ones_own_devices_only(house: House, channel: AnsweringChannel) -> None:
    assert (await post(house, "test", {"endpoint": ENDPOINT})).status == 403
    await post(house, "subscribe", SUBSCRIPTION)
    assert (await post(house, "test", {"endpoint": f"{ENDPOINT}2"})).status == 409
    await house.services.subscribing.unsubscribe(ENDPOINT)
    assert (await post(house, "test", {"endpoint": ENDPOINT})).status == 409
    assert channel.parcels == []


async def test_tests_are_few(house: House, channel: AnsweringChannel) -> None:
    await post(house, "subscribe", SUBSCRIPTION)

    statuses = [(await post(house, "test", {"endpoint": ENDPOINT})).status for _ in range(TESTS.burst + 1)]

    assert statuses == [200] * TESTS.burst + [429]
    assert len(channel.parcels) == TESTS.burst


async def a_sent_delivery(house: House) -> Delivery:
    store = house.services.store
    await store.notices.save(a_notice())
    await store.students.add(a_student(addresses=()))
    row = a_delivery(state=DeliveryState.SENT, channel=WEBPUSH, sent_at=house.moments.now)
    await store.deliveries.plan([row])
    return row


async def report(house: House, what: str, delivery_id: DeliveryId, of: DeliveryId | None = None) -> int:
    token = receipt_token(of or delivery_id, await house.services.store.secret(RECEIPTS))
    response = await house.ask("POST", f"/api/push/{what}", json={"delivery": delivery_id, "token": token})
    return response.status


async def test_device_reports_shown_and_seen_without_a_cookie_and_as_often_as_it_likes(house: House) -> None:
    row = await a_sent_delivery(house)
    first = house.moments.now

    assert await report(house, "shown", row.id) == 204
    house.moments.pass_by(minutes=1)
    assert [await report(house, what, row.id) for what in ("shown", "seen", "seen")] == [204, 204, 204]

    found = await house.services.store.deliveries.get(row.id)
    assert found is not None
    assert (found.shown_at, found.state, found.seen_at) == (first, DeliveryState.SEEN, house.moments.now)


async def test_token_of_another_delivery_reports_nothing(house: House) -> None:
    row = await a_sent_delivery(house)

    assert await report(house, "seen", row.id, of=DeliveryId("another")) == 403
    found = await house.services.store.deliveries.get(row.id)
    assert found is not None
    assert found.state is DeliveryState.SENT


async def test_delivery_that_is_not_there_any_more_is_no_trouble(house: House) -> None:
    assert await report(house, "shown", DeliveryId("n9.1.a9")) == 204
    assert await report(house, "seen", DeliveryId("n9.1.a9")) == 204
