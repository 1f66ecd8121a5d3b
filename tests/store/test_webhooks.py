"""Outgoing webhooks, on both stores."""

import asyncio
from typing import Any

from placement_alerts.core.webhook import Attempt, CallId, CallState, EndpointId, EventType, WebhookEndpoint
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.base import Store
from tests.builders import NOW, a_call, after, an_endpoint

HERE, THERE = EndpointId("here"), EndpointId("there")
EXPIRED = after(days=31)


def second(endpoint: WebhookEndpoint, **values: Any) -> WebhookEndpoint:
    return endpoint.model_copy(update={"version": endpoint.version + 1, **values})


async def test_stored_endpoint_comes_back_as_it_was(store: Store) -> None:
    endpoint = an_endpoint(events=(EventType.DELIVERY_DEAD,), old_secret="whsec_b2xk", old_secret_until=after(days=1))

    assert await store.webhooks.save(endpoint)

    assert await store.webhooks.get(endpoint.id) == endpoint
    assert await store.webhooks.get(EndpointId("none")) is None


async def test_next_version_replaces_the_one_before(store: Store) -> None:
    await store.webhooks.save(an_endpoint())
    changed = second(an_endpoint(), off_reason="gone")

    assert await store.webhooks.save(changed)

    assert await store.webhooks.get(changed.id) == changed


async def test_version_that_does_not_follow_the_stored_one_changes_nothing(store: Store) -> None:
    await store.webhooks.save(an_endpoint())

    assert not await store.webhooks.save(an_endpoint(label="first again"))
    assert not await store.webhooks.save(an_endpoint(version=3, label="too far"))
    assert not await store.webhooks.save(an_endpoint("other", version=2, label="of none"))

    assert await store.webhooks.all() == [an_endpoint()]


async def test_of_many_changes_from_one_version_one_is_stored(store: Store) -> None:
    await store.webhooks.save(an_endpoint())

    async with asyncio.TaskGroup() as saving:
        asked = [
            saving.create_task(store.webhooks.save(second(an_endpoint(), label=str(number)))) for number in range(20)
        ]

    (winner,) = [number for number, task in enumerate(asked) if task.result()]
    assert await store.webhooks.all() == [second(an_endpoint(), label=str(winner))]


async def test_endpoints_come_oldest_first(store: Store) -> None:
    await store.webhooks.save(an_endpoint("late", created_at=after(hours=1)))
    await store.webhooks.save(an_endpoint("b"))
    await store.webhooks.save(an_endpoint("a"))

    assert [endpoint.id for endpoint in await store.webhooks.all()] == ["a", "b", "late"]


async def test_removed_endpoint_takes_its_calls_along(store: Store) -> None:
    await store.webhooks.save(an_endpoint(HERE))
    await store.webhooks.save(an_endpoint(THERE))
    await store.webhooks.add_calls([a_call("1", endpoint_id=HERE), a_call("2", endpoint_id=THERE)])

    assert await store.webhooks.remove(HERE)
    assert not await store.webhooks.remove(HERE)

    assert await store.webhooks.get(HERE) is None
    assert await store.webhooks.due(NOW, 10) == [a_call("2", endpoint_id=THERE)]


async def test_endpoint_of_more_calls_than_are_forgotten_at_once_leaves_none(store: Store) -> None:
    await store.webhooks.save(an_endpoint(HERE))
    calls = [a_call(str(number), endpoint_id=HERE) for number in range(2 * FORGOTTEN_AT_ONCE + 5)]
    await store.webhooks.add_calls(calls)

    assert await store.webhooks.remove(HERE)

    assert await store.webhooks.calls(HERE, None, 10) == []


async def test_stored_call_comes_back_as_it_was(store: Store) -> None:
    call = a_call(body='{"$a.b":"🎓"}', attempts=(Attempt(at=NOW, status=503, took_s=0.25), Attempt(at=NOW, error="x")))

    assert await store.webhooks.add_calls([call]) == 1

    assert await store.webhooks.get_call(call.id) == call
    assert await store.webhooks.get_call(CallId("none")) is None


async def test_call_that_is_there_stays_as_it_is(store: Store) -> None:
    await store.webhooks.add_calls([a_call("1", state=CallState.DELIVERED)])

    assert await store.webhooks.add_calls([a_call("1"), a_call("2"), a_call("2")]) == 1
    assert await store.webhooks.add_calls([]) == 0

    assert await store.webhooks.get_call(CallId("1")) == a_call("1", state=CallState.DELIVERED)


async def test_due_calls_come_earliest_first(store: Store) -> None:
    await store.webhooks.add_calls(
        [
            a_call("now"),
            a_call("also now"),
            a_call("before", due_at=after(minutes=-1)),
            a_call("later", due_at=after(milliseconds=1)),
            a_call("done", state=CallState.DELIVERED),
            a_call("failed", state=CallState.FAILED),
        ]
    )

    assert [call.id for call in await store.webhooks.due(NOW, 10)] == ["before", "also now", "now"]
    assert [call.id for call in await store.webhooks.due(NOW, 1)] == ["before"]
    assert await store.webhooks.due(NOW, 0) == []


async def test_next_due_is_of_waiting_calls_alone(store: Store) -> None:
    assert await store.webhooks.next_due() is None
    await store.webhooks.add_calls([a_call("done", state=CallState.FAILED), a_call("1", due_at=after(hours=2))])
    await store.webhooks.add_calls([a_call("2", due_at=after(hours=1))])

    assert await store.webhooks.next_due() == after(hours=1)


async def test_saved_call_stands_as_it_was_saved(store: Store) -> None:
    await store.webhooks.add_calls([a_call()])
    tried = a_call(due_at=after(minutes=5), tries=1, attempts=(Attempt(at=NOW, status=500),))

    await store.webhooks.save_call(tried)

    assert await store.webhooks.get_call(tried.id) == tried
    assert await store.webhooks.due(NOW, 10) == []
    assert await store.webhooks.next_due() == after(minutes=5)


async def test_call_that_was_forgotten_does_not_come_back(store: Store) -> None:
    await store.webhooks.save_call(a_call())

    assert await store.webhooks.get_call(a_call().id) is None


async def test_endpoints_calls_come_newest_first_page_by_page_each_once(store: Store) -> None:
    calls = [a_call(str(number), created_at=after(minutes=number // 3)) for number in range(8)]
    await store.webhooks.add_calls([*calls, a_call("other", endpoint_id=THERE)])
    endpoint = calls[0].endpoint_id

    first = await store.webhooks.calls(endpoint, None, 4)
    second = await store.webhooks.calls(endpoint, first[-1], 4)

    assert [call.id for call in first] == ["7", "6", "5", "4"]
    assert [call.id for call in second] == ["3", "2", "1", "0"]
    assert await store.webhooks.calls(endpoint, second[-1], 4) == []


async def test_cleaning_forgets_old_calls_that_ended_and_nothing_else(store: Store) -> None:
    await store.webhooks.add_calls(
        [
            a_call("done", state=CallState.DELIVERED),
            a_call("failed", state=CallState.FAILED),
            a_call("waits"),
            a_call("new", state=CallState.DELIVERED, created_at=after(days=1)),
        ]
    )

    assert await store.webhooks.clean(after(days=1)) == 2

    left = await store.webhooks.calls(a_call().endpoint_id, None, 10)
    assert [call.id for call in left] == ["new", "waits"]


async def test_cleaning_is_done_in_slices(store: Store) -> None:
    await store.webhooks.add_calls(
        [a_call(str(number), state=CallState.FAILED) for number in range(FORGOTTEN_AT_ONCE + 5)]
    )

    assert await store.webhooks.clean(EXPIRED) == FORGOTTEN_AT_ONCE
    assert await store.webhooks.clean(EXPIRED) == 5
