"""Planning deliveries in bulk, and reading them, on both stores."""

import asyncio
from datetime import UTC

import pytest

from placement_alerts.core.delivery import DeliveryId, DeliveryState, Priority
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import NOW, a_delivery, after
from tests.store.wishes import a_claim, bring_to


async def test_planned_delivery_comes_back_as_it_was(store: Store) -> None:
    delivery = a_delivery(
        state=DeliveryState.RETRYING,
        priority=Priority.URGENT,
        personal=True,
        attempts=2,
        possibly_delivered=1,
        message_ids=("17", "18"),
        announced_id="19",
        error_class="timeout",
        error="no answer ⏱",
        sent_at=NOW,
        seen_at=after(hours=1),
    )
    await store.deliveries.plan([delivery])

    assert await store.deliveries.get(delivery.id) == delivery


async def test_suppressed_delivery_has_no_address_and_waits_for_nothing(store: Store) -> None:
    suppressed = a_delivery(state=DeliveryState.SUPPRESSED, address_id=None, channel="", target="", reason="other year")
    await store.deliveries.plan([suppressed])

    assert await store.deliveries.get(suppressed.id) == suppressed
    assert await store.deliveries.next_due("") is None
    assert await store.deliveries.exchange([], a_claim(channel="")) == []


async def test_times_are_cut_to_the_millisecond(store: Store) -> None:
    await store.deliveries.plan([a_delivery(due_at=NOW.replace(microsecond=123_999))])

    stored = await store.deliveries.get(a_delivery().id)

    assert stored is not None
    assert stored.due_at == NOW.replace(microsecond=123_000)
    assert stored.due_at.tzinfo is UTC


async def test_planning_again_adds_nothing_and_changes_nothing(store: Store) -> None:
    planned = [a_delivery(str(number)) for number in range(100)]
    more = [a_delivery(str(number), reason="again", state=DeliveryState.HELD) for number in range(110)]

    assert await store.deliveries.plan(planned) == 100
    assert await store.deliveries.plan(planned) == 0
    assert await store.deliveries.plan(more) == 10

    assert await store.deliveries.get(planned[3].id) == planned[3]


async def test_the_same_delivery_twice_in_one_plan_is_stored_once(store: Store) -> None:
    assert await store.deliveries.plan([a_delivery(), a_delivery()]) == 1


async def test_planning_nothing_stores_nothing(store: Store) -> None:
    assert await store.deliveries.plan([]) == 0


async def test_planning_never_disturbs_what_was_sent_meanwhile(store: Store) -> None:
    await bring_to(store, DeliveryState.SENT, a_delivery())

    assert await store.deliveries.plan([a_delivery()]) == 0

    stored = await store.deliveries.get(a_delivery().id)
    assert stored is not None
    assert stored.state is DeliveryState.SENT


async def test_fifty_concurrent_planners_store_each_delivery_once(store: Store) -> None:
    deliveries = [a_delivery(str(number)) for number in range(20)]

    async with asyncio.TaskGroup() as planners:
        answers = [planners.create_task(store.deliveries.plan(deliveries)) for _ in range(50)]

    assert sum(answer.result() for answer in answers) == 20
    assert await store.deliveries.counts() == {("telegram", DeliveryState.DUE): 20}


async def test_unknown_delivery_is_none(store: Store) -> None:
    assert await store.deliveries.get(DeliveryId("none")) is None


async def test_next_due_is_the_earliest_of_the_channel_whatever_its_priority(store: Store) -> None:
    await store.deliveries.plan(
        [
            a_delivery("1", due_at=after(hours=2), priority=Priority.URGENT),
            a_delivery("2", due_at=after(hours=1), priority=Priority.LOW, state=DeliveryState.HELD),
            a_delivery("3", due_at=NOW, channel="webpush"),
            a_delivery("4", due_at=NOW, state=DeliveryState.SENT),
        ]
    )

    assert await store.deliveries.next_due("telegram") == after(hours=1)
    assert await store.deliveries.next_due("live") is None


async def test_deliveries_of_an_address_are_all_revisions_oldest_first(store: Store) -> None:
    await store.deliveries.plan([a_delivery(revision=number) for number in (10, 2, 1)])
    await store.deliveries.plan([a_delivery("8"), a_delivery(notice="n2")])

    found = await store.deliveries.of_address(NoticeId("n1"), AddressId("a7"))

    assert [delivery.revision for delivery in found] == [1, 2, 10]


async def test_deliveries_of_students_are_all_revisions_by_id(store: Store) -> None:
    wanted = [a_delivery("1"), a_delivery("1", revision=2), a_delivery("2")]
    await store.deliveries.plan([*wanted, a_delivery("3"), a_delivery("1", "n2")])

    found = await store.deliveries.of_students(NoticeId("n1"), [StudentId("s2"), StudentId("s1"), StudentId("none")])

    assert found == sorted(wanted, key=lambda delivery: delivery.id)
    assert await store.deliveries.of_students(NoticeId("n1"), []) == []


@pytest.mark.parametrize("wanted", [DeliveryFilter(), DeliveryFilter(channel="telegram", state=DeliveryState.DUE)])
async def test_found_are_latest_planned_first(store: Store, wanted: DeliveryFilter) -> None:
    await store.deliveries.plan(
        [a_delivery("2", planned_at=after(hours=2)), a_delivery("3", planned_at=after(hours=3))]
    )
    await store.deliveries.plan([a_delivery("1", planned_at=after(hours=1))])

    assert [delivery.target for delivery in await store.deliveries.find(wanted, None, 2)] == ["3", "2"]


async def test_filters_hold_together(store: Store) -> None:
    refused = a_delivery("1", state=DeliveryState.REFUSED, error_class="blocked")
    others = [
        a_delivery("2", state=DeliveryState.REFUSED, error_class="not found"),
        a_delivery("1", "n2", state=DeliveryState.REFUSED, error_class="blocked"),
        a_delivery("3", state=DeliveryState.DEAD, error_class="blocked"),
        a_delivery("1", revision=2, channel="webpush", state=DeliveryState.REFUSED, error_class="blocked"),
    ]
    await store.deliveries.plan([refused, *others])

    wanted = DeliveryFilter(
        state=DeliveryState.REFUSED,
        channel="telegram",
        notice_id=NoticeId("n1"),
        student_id=StudentId("s1"),
        error_class="blocked",
    )

    assert await store.deliveries.find(wanted, None, 9) == [refused]


async def test_each_filter_works_alone_and_none_finds_all(store: Store) -> None:
    blocked = a_delivery("1", "n1", state=DeliveryState.REFUSED, error_class="blocked")
    pushed = a_delivery("2", "n2", channel="webpush")
    await store.deliveries.plan([blocked, pushed])
    find = store.deliveries.find

    assert await find(DeliveryFilter(), None, 9) == [pushed, blocked]
    assert await find(DeliveryFilter(state=DeliveryState.REFUSED), None, 9) == [blocked]
    assert await find(DeliveryFilter(channel="webpush"), None, 9) == [pushed]
    assert await find(DeliveryFilter(notice_id=NoticeId("n2")), None, 9) == [pushed]
    assert await find(DeliveryFilter(student_id=StudentId("s1")), None, 9) == [blocked]
    assert await find(DeliveryFilter(error_class="blocked"), None, 9) == [blocked]


@pytest.mark.parametrize(
    "wanted",
    [
        DeliveryFilter(),
        DeliveryFilter(state=DeliveryState.DUE),
        DeliveryFilter(channel="telegram"),
        DeliveryFilter(notice_id=NoticeId("n1")),
    ],
)
async def test_pages_hold_every_match_once_though_many_were_planned_at_one_moment(
    store: Store, wanted: DeliveryFilter
) -> None:
    planned = [a_delivery(str(number), planned_at=after(hours=number // 3)) for number in range(8)]
    await store.deliveries.plan(planned)

    first = await store.deliveries.find(wanted, None, 4)
    second = await store.deliveries.find(wanted, first[-1], 4)
    third = await store.deliveries.find(wanted, second[-1], 4)

    assert first + second == sorted(planned, key=lambda delivery: (delivery.planned_at, delivery.id), reverse=True)
    assert third == []


async def test_counts_follow_every_move(store: Store) -> None:
    await bring_to(store, DeliveryState.SENT, a_delivery("1"))
    await store.deliveries.plan([a_delivery("2"), a_delivery("3"), a_delivery("4", channel="webpush")])
    await store.deliveries.mark_seen(NoticeId("n1"), StudentId("s1"), NOW)

    assert await store.deliveries.counts() == {
        ("telegram", DeliveryState.SEEN): 1,
        ("telegram", DeliveryState.DUE): 2,
        ("webpush", DeliveryState.DUE): 1,
    }
