"""Claims and receipts, on both stores."""

import asyncio
from dataclasses import replace

import pytest

from placement_alerts.core.delivery import DeliveryState, Priority
from placement_alerts.errors import DeliveryMoveError
from placement_alerts.store.base import OwnerId, Store
from tests.builders import NOW, a_delivery, after
from tests.store.wishes import a_claim, a_receipt, claimed


async def test_claimed_delivery_is_sending_with_the_owner_and_token_of_its_claim(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    wish = a_claim()

    (delivery,) = await store.deliveries.exchange([], wish)

    assert delivery == replace(a_delivery(), state=DeliveryState.SENDING, owner="o1", lease=wish.token)
    assert await store.deliveries.get(delivery.id) == delivery


@pytest.mark.parametrize(
    "state", [DeliveryState.PLANNED, DeliveryState.HELD, DeliveryState.DUE, DeliveryState.RETRYING]
)
async def test_whatever_waits_is_claimed_once_its_time_has_come(store: Store, state: DeliveryState) -> None:
    await store.deliveries.plan([a_delivery(state=state, due_at=after(hours=1))])

    assert await claimed(store, now=after(minutes=59)) == []
    assert len(await claimed(store, now=after(hours=1))) == 1


async def test_claim_takes_only_its_channel(store: Store) -> None:
    await store.deliveries.plan([a_delivery("1"), a_delivery("2", channel="webpush")])

    assert [delivery.target for delivery in await claimed(store)] == ["1"]


async def test_priority_goes_first_then_the_longest_due_then_the_id(store: Store) -> None:
    await store.deliveries.plan(
        [
            a_delivery("low", priority=Priority.LOW, due_at=after(hours=-9)),
            a_delivery("late", due_at=after(hours=-1)),
            a_delivery("b", due_at=after(hours=-2)),
            a_delivery("a", due_at=after(hours=-2)),
            a_delivery("urgent", priority=Priority.URGENT, due_at=NOW),
            a_delivery("answer", priority=Priority.ANSWER, due_at=NOW),
        ]
    )

    found = await claimed(store, 4)

    assert [delivery.target for delivery in found] == ["answer", "urgent", "a", "b"]
    assert [delivery.target for delivery in await claimed(store, 4)] == ["late", "low"]


async def test_claim_never_returns_more_than_its_limit(store: Store) -> None:
    await store.deliveries.plan([a_delivery(str(number)) for number in range(9)])

    assert len(await claimed(store, 4)) == 4
    assert await claimed(store, 0) == []


async def test_a_target_gets_one_delivery_of_a_claim_and_the_next_after_its_receipt(store: Store) -> None:
    await store.deliveries.plan([a_delivery("7", f"n{number}", due_at=after(minutes=-number)) for number in range(100)])
    await store.deliveries.plan([a_delivery("8", "n1")])

    found = await claimed(store)

    assert [(delivery.target, delivery.notice_id) for delivery in found] == [("7", "n99"), ("8", "n1")]
    assert await claimed(store) == []
    (after_receipt,) = await store.deliveries.exchange([a_receipt(found[0])], a_claim())
    assert (after_receipt.target, after_receipt.notice_id) == ("7", "n98")


async def test_resting_targets_are_passed_over_even_if_they_are_many(store: Store) -> None:
    await store.deliveries.plan([a_delivery(str(number), due_at=after(hours=-1)) for number in range(200)])
    await store.deliveries.plan([a_delivery("awake")])

    found = await claimed(store, resting=[str(number) for number in range(200)])

    assert [delivery.target for delivery in found] == ["awake"]


async def test_repeated_claim_gets_what_its_token_holds(store: Store) -> None:
    await store.deliveries.plan([a_delivery(str(number)) for number in range(4)])
    wish = a_claim(2)
    first = await store.deliveries.exchange([], wish)

    again = await store.deliveries.exchange([], wish)

    assert again == first
    assert len(await claimed(store)) == 2


async def test_concurrent_claims_share_the_rows_without_overlap(store: Store) -> None:
    await store.deliveries.plan([a_delivery(str(number)) for number in range(40)])

    async with asyncio.TaskGroup() as claims:
        answers = [claims.create_task(claimed(store, 4)) for _ in range(10)]

    ids = [delivery.id for answer in answers for delivery in answer.result()]
    assert len(ids) == len(set(ids))


async def test_receipt_is_recorded_as_it_was_given_and_ends_the_lease(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(store)

    receipt = a_receipt(
        sending,
        DeliveryState.RETRYING,
        due_at=after(minutes=5),
        attempts=1,
        possibly_delivered=1,
        message_ids=("17", "18"),
        announced_id="19",
        error_class="timeout",
        error="no answer",
        sent_at=None,
    )
    await store.deliveries.exchange([receipt], None)

    assert await store.deliveries.get(sending.id) == replace(
        a_delivery(),
        state=DeliveryState.RETRYING,
        due_at=after(minutes=5),
        attempts=1,
        possibly_delivered=1,
        message_ids=("17", "18"),
        announced_id="19",
        error_class="timeout",
        error="no answer",
    )


async def test_part_that_was_sent_is_recorded_and_keeps_the_lease(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(store)

    part = a_receipt(sending, DeliveryState.SENDING, message_ids=("17",), sent_at=None)
    await store.deliveries.exchange([part], None)

    assert await store.deliveries.get(sending.id) == replace(sending, message_ids=("17",))
    await store.deliveries.exchange([a_receipt(sending, message_ids=("17", "18"))], None)
    stored = await store.deliveries.get(sending.id)
    assert stored is not None
    assert (stored.state, stored.message_ids, stored.lease) == (DeliveryState.SENT, ("17", "18"), None)


async def test_receipts_of_64_slots_are_recorded_in_one_exchange_with_the_next_claim(store: Store) -> None:
    await store.deliveries.plan([a_delivery(str(number)) for number in range(128)])
    first = await claimed(store, 64)

    second = await store.deliveries.exchange([a_receipt(delivery) for delivery in first], a_claim(64))

    assert not {delivery.id for delivery in first} & {delivery.id for delivery in second}
    assert await store.deliveries.counts() == {
        ("telegram", DeliveryState.SENT): 64,
        ("telegram", DeliveryState.SENDING): 64,
    }


async def test_repeated_receipt_changes_nothing(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(store)
    await store.deliveries.exchange([a_receipt(sending)], None)

    await store.deliveries.exchange([a_receipt(sending, DeliveryState.RETRYING)], None)

    stored = await store.deliveries.get(sending.id)
    assert stored is not None
    assert stored.state is DeliveryState.SENT


async def test_receipt_of_a_stranger_lease_is_dropped(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(store)

    await store.deliveries.exchange([a_receipt(replace(sending, lease="other"))], None)

    assert await store.deliveries.get(sending.id) == sending


async def test_dead_owners_rows_are_due_again_and_marked(store: Store) -> None:
    await store.deliveries.plan([a_delivery("7"), a_delivery("8")])
    await claimed(store, 1, owner=OwnerId("dead"))
    (alive,) = await claimed(store, 1, owner=OwnerId("alive"))

    assert await store.deliveries.free([OwnerId("dead")], after(minutes=1)) == 1
    assert await store.deliveries.free([OwnerId("dead")], after(minutes=1)) == 0

    freed = await store.deliveries.get(a_delivery("7").id)
    assert freed == replace(a_delivery("7"), due_at=after(minutes=1), attempts=1, possibly_delivered=1)
    assert await store.deliveries.get(alive.id) == alive


async def test_late_receipt_of_a_freed_lease_is_dropped(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (lost,) = await claimed(store, owner=OwnerId("dead"))
    await store.deliveries.free([OwnerId("dead")], NOW)
    (again,) = await claimed(store, owner=OwnerId("alive"))

    await store.deliveries.exchange([a_receipt(lost)], None)

    assert await store.deliveries.get(again.id) == again


@pytest.mark.parametrize(
    "state", [DeliveryState.SEEN, DeliveryState.PLANNED, DeliveryState.HELD, DeliveryState.SUPPRESSED]
)
async def test_receipt_that_the_table_of_moves_forbids_is_refused_whole(store: Store, state: DeliveryState) -> None:
    await store.deliveries.plan([a_delivery("7"), a_delivery("8")])
    first, second = await claimed(store)

    with pytest.raises(DeliveryMoveError):
        await store.deliveries.exchange([a_receipt(first), a_receipt(second, state)], None)

    assert await store.deliveries.counts() == {("telegram", DeliveryState.SENDING): 2}
