"""What a student got, what their device showed, and how a notice's deliveries stand, on both stores."""

from typing import Any

from placement_alerts.core.delivery import DeliveryId, DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import Store
from tests.builders import NOW, a_delivery, after
from tests.store.wishes import a_claim, a_receipt

NOBODY: dict[str, Any] = {"address_id": None, "channel": "", "target": "", "state": DeliveryState.SUPPRESSED}


async def test_delivery_is_shown_once_and_the_first_time_stays(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])

    answers = [await store.deliveries.mark_shown(a_delivery().id, after(minutes=minutes)) for minutes in (1, 2)]

    stored = await store.deliveries.get(a_delivery().id)
    assert answers == [True, True]
    assert stored is not None
    assert stored.shown_at == after(minutes=1)


async def test_unknown_delivery_is_not_shown(store: Store) -> None:
    assert not await store.deliveries.mark_shown(DeliveryId("none"), NOW)


async def test_planned_delivery_keeps_when_it_was_shown_and_seen(store: Store) -> None:
    delivery = a_delivery(state=DeliveryState.SEEN, sent_at=NOW, shown_at=after(minutes=1), seen_at=after(minutes=2))
    await store.deliveries.plan([delivery])

    assert await store.deliveries.get(delivery.id) == delivery


async def test_address_last_got_something_when_its_latest_was_sent(store: Store) -> None:
    sent = [a_delivery(notice=f"n{hours}", state=DeliveryState.SENT, sent_at=after(hours=hours)) for hours in (2, 3, 1)]
    await store.deliveries.plan([*sent, a_delivery(notice="waits"), a_delivery("8", sent_at=after(hours=9))])

    assert await store.deliveries.last_sent_at(AddressId("a7")) == after(hours=3)


async def test_address_that_got_nothing_has_no_last_time(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])

    assert await store.deliveries.last_sent_at(AddressId("a7")) is None
    assert await store.deliveries.last_sent_at(AddressId("none")) is None


async def test_pages_of_a_student_give_each_delivery_once_latest_planned_first(store: Store) -> None:
    student = StudentId("s7")
    mine = [a_delivery(notice=f"n{number}", planned_at=after(hours=number // 2)) for number in range(5)]
    nothing = a_delivery(notice="n9", planned_at=after(hours=9), **NOBODY)
    await store.deliveries.plan([*mine, nothing, a_delivery("8")])

    first = await store.deliveries.of_student(student, None, 4)
    second = await store.deliveries.of_student(student, first[-1], 4)

    assert [delivery.notice_id for delivery in first] == ["n9", "n4", "n3", "n2"]
    assert [delivery.notice_id for delivery in second] == ["n1", "n0"]
    assert await store.deliveries.of_student(student, second[-1], 4) == []


async def test_counts_of_a_notice_count_the_latest_revision_of_each_address(store: Store) -> None:
    second_address: dict[str, Any] = {"id": DeliveryId("w"), "address_id": AddressId("w7"), "channel": "webpush"}
    await store.deliveries.plan(
        [
            a_delivery("7", state=DeliveryState.SENT),
            a_delivery("7", revision=2),
            a_delivery("7", state=DeliveryState.DEAD, **second_address),
            a_delivery("8", revision=10),
            a_delivery("8", revision=9, state=DeliveryState.SUPERSEDED),
            a_delivery("9", id=DeliveryId("n1.1.s9"), **NOBODY),
            a_delivery("9", revision=2, id=DeliveryId("n1.2.s9"), **NOBODY),
            a_delivery("7", notice="n2", state=DeliveryState.SEEN),
        ]
    )

    assert await store.deliveries.counts_of(NoticeId("n1")) == {
        ("telegram", DeliveryState.DUE): 2,
        ("webpush", DeliveryState.DEAD): 1,
        ("", DeliveryState.SUPPRESSED): 1,
    }
    assert await store.deliveries.counts_of(NoticeId("none")) == {}


async def test_receipt_leaves_what_was_shown(store: Store) -> None:
    await store.deliveries.plan([a_delivery()])
    (claimed,) = await store.deliveries.exchange([], a_claim())
    await store.deliveries.mark_shown(claimed.id, after(minutes=1))

    await store.deliveries.exchange([a_receipt(claimed)], None)

    stored = await store.deliveries.get(claimed.id)
    assert stored is not None
    assert (stored.state, stored.shown_at) == (DeliveryState.SENT, after(minutes=1))
