"""Moves that are asked for a notice, an address or by an operator, on both stores."""

from dataclasses import replace

import pytest

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.errors import DeliveryMoveError
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import NOW, a_delivery, after
from tests.store.wishes import a_claim, a_receipt, bring_to, claimed

N1 = NoticeId("n1")
A7 = AddressId("a7")
EVERY_STATE = [a_delivery(f"of-{state}", state=state) for state in DeliveryState]


async def states_of(store: Store, deliveries: list[Delivery]) -> list[DeliveryState]:
    stored = [await store.deliveries.get(delivery.id) for delivery in deliveries]
    return [delivery.state for delivery in stored if delivery]


def with_waiting_as(state: DeliveryState) -> list[DeliveryState]:
    """Return what becomes of EVERY_STATE when all that waits moves to `state`."""
    waiting = {DeliveryState.PLANNED, DeliveryState.HELD, DeliveryState.DUE, DeliveryState.RETRYING}
    return [state if before in waiting else before for before in DeliveryState]


@pytest.mark.parametrize("state", [DeliveryState.SUPERSEDED, DeliveryState.WITHDRAWN])
async def test_closing_a_notice_ends_only_what_waits(store: Store, state: DeliveryState) -> None:
    await store.deliveries.plan(EVERY_STATE)

    assert await store.deliveries.close_waiting(N1, 2, state) == 4
    assert await store.deliveries.close_waiting(N1, 2, state) == 0

    assert await states_of(store, EVERY_STATE) == with_waiting_as(state)


async def test_closing_earlier_revisions_spares_this_one_and_other_notices(store: Store) -> None:
    deliveries = [a_delivery(revision=1), a_delivery(revision=2), a_delivery(revision=3), a_delivery(notice="n2")]
    await store.deliveries.plan(deliveries)

    assert await store.deliveries.close_waiting(N1, 3, DeliveryState.SUPERSEDED) == 2

    due, superseded = DeliveryState.DUE, DeliveryState.SUPERSEDED
    assert await states_of(store, deliveries) == [superseded, superseded, due, due]


async def test_closing_into_a_state_that_the_table_forbids_is_refused(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])

    with pytest.raises(DeliveryMoveError):
        await store.deliveries.close_waiting(N1, 2, DeliveryState.SEEN)


async def test_closing_an_address_refuses_only_what_waits_for_it(store: Store) -> None:
    of_address = [replace(delivery, address_id=A7) for delivery in EVERY_STATE]
    await store.deliveries.plan([*of_address, a_delivery("8")])

    assert await store.deliveries.close_address(A7, "blocked", NOW) == 4
    assert await store.deliveries.close_address(A7, "blocked", NOW) == 0

    assert await states_of(store, of_address) == with_waiting_as(DeliveryState.REFUSED)
    closed = await store.deliveries.get(a_delivery("of-due").id)
    assert closed is not None
    assert closed.error_class == "blocked"


async def test_new_target_reaches_only_what_waits_for_the_address(store: Store) -> None:
    await store.deliveries.plan([a_delivery("7", "n1", state=DeliveryState.SENT), a_delivery("8")])
    waiting = [a_delivery("7", "n2"), a_delivery("7", "n3", state=DeliveryState.HELD)]
    await store.deliveries.plan(waiting)

    await store.deliveries.retarget(A7, "-100")
    await store.deliveries.retarget(A7, "-100")

    targets = [delivery.target for delivery in await store.deliveries.find(DeliveryFilter(), None, 9)]
    assert sorted(targets) == ["-100", "-100", "7", "8"]
    assert [delivery.target for delivery in await claimed(store)] == ["8", "-100"]


async def test_latest_endings_of_an_address_come_newest_first(store: Store) -> None:
    endings = [DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.EXPIRED]
    for number, state in enumerate(endings):
        await bring_to(store, state, a_delivery("7", f"n{number}", due_at=after(minutes=number - 9)))
    await store.deliveries.mark_seen(NoticeId("n0"), StudentId("s7"), NOW)
    await store.deliveries.plan([a_delivery("7", "n9"), a_delivery("8", state=DeliveryState.SENT)])

    dead, refused, seen = DeliveryState.DEAD, DeliveryState.REFUSED, DeliveryState.SEEN
    assert await store.deliveries.last_states(A7, 9) == [dead, refused, seen]
    assert await store.deliveries.last_states(A7, 1) == [dead]
    assert await store.deliveries.last_states(AddressId("none"), 9) == []


async def test_seen_marks_what_was_sent_to_the_student_everywhere(store: Store) -> None:
    telegram, push = a_delivery("7"), a_delivery("7b", student_id=StudentId("s7"), channel="webpush")
    await bring_to(store, DeliveryState.SENT, telegram)
    await bring_to(store, DeliveryState.SENT, push)
    await bring_to(store, DeliveryState.SENT, a_delivery("8"))

    assert await store.deliveries.mark_seen(N1, StudentId("s7"), after(hours=1)) == 2
    assert await store.deliveries.mark_seen(N1, StudentId("s7"), after(hours=2)) == 0

    stored = await store.deliveries.get(telegram.id)
    assert stored is not None
    assert (stored.state, stored.seen_at) == (DeliveryState.SEEN, after(hours=1))
    assert (await store.deliveries.counts())["telegram", DeliveryState.SENT] == 1


async def test_seen_touches_nothing_but_what_was_sent(store: Store) -> None:
    one_student = [replace(delivery, student_id=StudentId("s7")) for delivery in EVERY_STATE]
    await store.deliveries.plan(one_student)

    assert await store.deliveries.mark_seen(N1, StudentId("s7"), NOW) == 1

    expected = [DeliveryState.SEEN if state is DeliveryState.SENT else state for state in DeliveryState]
    assert await states_of(store, one_student) == expected


async def test_operator_retries_only_what_ended_badly(store: Store) -> None:
    await store.deliveries.plan(EVERY_STATE)
    ids = [delivery.id for delivery in EVERY_STATE]

    assert await store.deliveries.retry(ids, NOW) == 3
    assert await store.deliveries.retry(ids, NOW) == 0

    bad = {DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.EXPIRED}
    expected = [DeliveryState.DUE if state in bad else state for state in DeliveryState]
    assert await states_of(store, EVERY_STATE) == expected


async def test_retried_delivery_is_due_at_once_with_fresh_attempts_and_what_it_showed(store: Store) -> None:
    dead = a_delivery(state=DeliveryState.DEAD, attempts=9, possibly_delivered=2, message_ids=("17",))
    await store.deliveries.plan([dead])

    await store.deliveries.retry([dead.id], after(hours=1))

    (again,) = await claimed(store, now=after(hours=1))
    assert (again.attempts, again.possibly_delivered, again.message_ids) == (0, 2, ("17",))


async def test_retrying_nothing_changes_nothing(store: Store) -> None:
    assert await store.deliveries.retry([], NOW) == 0
    assert await store.deliveries.free([], NOW) == 0


async def test_delivery_under_way_survives_closing_and_is_recorded(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (sending,) = await claimed(store)

    assert await store.deliveries.close_waiting(N1, 9, DeliveryState.WITHDRAWN) == 0
    assert await store.deliveries.close_address(A7, "blocked", NOW) == 0
    assert await store.deliveries.exchange([a_receipt(sending)], a_claim()) == []

    assert await states_of(store, [sending]) == [DeliveryState.SENT]
