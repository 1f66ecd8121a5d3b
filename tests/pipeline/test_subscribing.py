from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.student import Address, OffReason, StudentId
from placement_alerts.core.subscription import WEBPUSH, PushSubscription, hash_of
from placement_alerts.pipeline.subscribing import EVER, MOST, SILENT, TAKEN_OVER, Subscribing
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_delivery
from tests.pipeline.conftest import Hand

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path}/subscribing.db")
    yield opened
    await opened.close()


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def subscribing(store: Store, hand: Hand) -> Subscribing:
    return Subscribing(store, hand, YEAR)


def a_subscription(hand: Hand, endpoint: str = ENDPOINT) -> PushSubscription:
    return PushSubscription(
        id=hash_of(endpoint),
        endpoint=endpoint,
        p256dh="p",
        auth="a",
        key_hash="k",
        created_at=hand(),
        visited_at=hand(),
    )


async def address_of(store: Store, endpoint: str = ENDPOINT) -> Address | None:
    student = await store.students.by_address(WEBPUSH, hash_of(endpoint))
    return next((one for one in student.addresses if one.value == hash_of(endpoint)), None) if student else None


async def test_anonymous_student_is_of_the_default_year_and_has_no_address(
    store: Store, subscribing: Subscribing
) -> None:
    student = await subscribing.anonymous()

    assert await store.students.get(student.id) == student
    assert (student.year, student.addresses) == (YEAR, ())


async def test_subscription_is_stored_and_its_address_on(store: Store, subscribing: Subscribing, hand: Hand) -> None:
    student = await subscribing.anonymous()

    assert await subscribing.subscribe(student.id, a_subscription(hand))

    assert await store.subscriptions.get(hash_of(ENDPOINT)) == a_subscription(hand)
    address = await address_of(store)
    assert address is not None
    assert address.off is None


async def test_nobody_is_no_student(store: Store, subscribing: Subscribing, hand: Hand) -> None:
    assert not await subscribing.subscribe(StudentId("nobody"), a_subscription(hand))
    assert await store.subscriptions.count() == 0


async def test_browser_of_another_student_is_taken_over_and_gets_nothing_of_theirs(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    before, after = await subscribing.anonymous(), await subscribing.anonymous()
    await subscribing.subscribe(before.id, a_subscription(hand))
    address = await address_of(store)
    assert address is not None
    waiting = a_delivery(student_id=before.id, address_id=address.id, channel=WEBPUSH, target=address.value)
    await store.deliveries.plan([waiting])

    assert await subscribing.subscribe(after.id, a_subscription(hand))

    owner = await store.students.by_address(WEBPUSH, hash_of(ENDPOINT))
    assert owner is not None
    assert owner.id == after.id
    row = await store.deliveries.get(waiting.id)
    assert row is not None
    assert (row.state, row.error_class) == (DeliveryState.REFUSED, TAKEN_OVER)


async def test_end_of_a_subscription_closes_what_waits_and_forgets_the_endpoint(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    student = await subscribing.anonymous()
    await subscribing.subscribe(student.id, a_subscription(hand))
    address = await address_of(store)
    assert address is not None
    waiting = a_delivery(student_id=student.id, address_id=address.id, channel=WEBPUSH, target=address.value)
    await store.deliveries.plan([waiting])

    assert await subscribing.unsubscribe(ENDPOINT)

    assert await store.subscriptions.get(hash_of(ENDPOINT)) is None
    address = await address_of(store)
    assert address is not None
    assert address.off is OffReason.STOPPED
    row = await store.deliveries.get(waiting.id)
    assert row is not None
    assert row.state is DeliveryState.REFUSED
    assert not await subscribing.unsubscribe(ENDPOINT)


async def test_visit_stores_again_what_is_on_and_not_what_was_removed(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    student = await subscribing.anonymous()
    assert await subscribing.refresh(student.id, a_subscription(hand))
    await subscribing.remove(hash_of(ENDPOINT), OffReason.GONE)
    assert await subscribing.refresh(student.id, a_subscription(hand))
    await subscribing.unsubscribe(ENDPOINT)

    assert not await subscribing.refresh(student.id, a_subscription(hand))
    assert await store.subscriptions.count() == 0


async def test_student_keeps_the_subscriptions_that_were_visited_last(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    student = await subscribing.anonymous()
    for number in range(MOST + 2):
        hand.moment += timedelta(minutes=1)
        await subscribing.subscribe(student.id, a_subscription(hand, f"{ENDPOINT}{number}"))

    kept = [await store.subscriptions.get(hash_of(f"{ENDPOINT}{number}")) for number in range(MOST + 2)]
    assert [one is not None for one in kept] == [False, False] + [True] * MOST


async def test_subscriptions_that_come_and_go_make_no_endless_row_of_addresses(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    student = await subscribing.anonymous()
    taken = [await subscribing.subscribe(student.id, a_subscription(hand, f"{ENDPOINT}{i}")) for i in range(EVER + 1)]
    known = await subscribing.subscribe(student.id, a_subscription(hand, f"{ENDPOINT}0"))

    found = await store.students.get(student.id)
    assert found is not None
    assert len(found.addresses) == EVER
    assert taken == [True] * EVER + [False]
    assert known


async def test_silent_subscriptions_are_swept_and_those_that_got_something_stay(
    store: Store, subscribing: Subscribing, hand: Hand
) -> None:
    student = await subscribing.anonymous()
    for name in ("silent", "reached"):
        await subscribing.subscribe(student.id, a_subscription(hand, f"{ENDPOINT}{name}"))
    await store.subscriptions.save(a_subscription(hand, f"{ENDPOINT}nobody"))
    hand.moment += SILENT + timedelta(days=1)
    await subscribing.subscribe(student.id, a_subscription(hand, f"{ENDPOINT}visited"))
    address = await address_of(store, f"{ENDPOINT}reached")
    assert address is not None
    sent = a_delivery(address_id=address.id, channel=WEBPUSH, state=DeliveryState.SENT, sent_at=hand())
    await store.deliveries.plan([sent])

    assert await subscribing.sweep() == 2

    left = [
        name for name in ("silent", "reached", "visited") if await store.subscriptions.get(hash_of(ENDPOINT + name))
    ]
    assert left == ["reached", "visited"]
    assert await subscribing.sweep() == 0
