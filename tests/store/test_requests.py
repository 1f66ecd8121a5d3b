"""Requests of one-shot commands, on both stores."""

import asyncio
from dataclasses import replace
from typing import Any

from placement_alerts.store.base import Request, RequestId, RequestState, Store
from tests.builders import NOW, after


def a_request(identifier: str = "r1", **values: Any) -> Request:
    defaults: dict[str, Any] = {"kind": "update", "args": {"source": "superset"}, "asked_at": NOW}
    return Request(id=RequestId(identifier), state=RequestState.ASKED, **(defaults | values))


async def test_request_comes_back_as_it_was_asked(store: Store) -> None:
    request = a_request(args={"a.b": 1, "$c": [None, "🎓"]}, progress="0 of 3")
    await store.requests.ask(request)

    assert await store.requests.get(request.id) == request


async def test_unknown_request_is_none_and_nothing_is_there_to_take(store: Store) -> None:
    assert await store.requests.get(RequestId("none")) is None
    assert await store.requests.take() is None


async def test_oldest_request_is_taken_first_and_is_running(store: Store) -> None:
    await store.requests.ask(a_request("late", asked_at=after(minutes=1)))
    await store.requests.ask(a_request("early"))

    assert await store.requests.take() == replace(a_request("early"), state=RequestState.RUNNING)
    assert await store.requests.get(RequestId("early")) == replace(a_request("early"), state=RequestState.RUNNING)
    assert await store.requests.take() == replace(
        a_request("late", asked_at=after(minutes=1)), state=RequestState.RUNNING
    )
    assert await store.requests.take() is None


async def test_concurrent_takers_take_each_request_once(store: Store) -> None:
    for number in range(10):
        await store.requests.ask(a_request(f"r{number}"))

    async with asyncio.TaskGroup() as takers:
        answers = [takers.create_task(store.requests.take()) for _ in range(30)]

    taken = [request.id for answer in answers if (request := answer.result())]
    assert sorted(taken) == [f"r{number}" for number in range(10)]


async def test_request_asked_again_is_not_taken_again(store: Store) -> None:
    await store.requests.ask(a_request())
    await store.requests.take()

    await store.requests.ask(a_request())

    assert await store.requests.take() is None


async def test_report_stores_progress_result_and_state(store: Store) -> None:
    await store.requests.ask(a_request())
    done = replace(a_request(), state=RequestState.DONE, progress="3 of 3", result={"new": 3, "failures": []})

    await store.requests.report(done)

    assert await store.requests.get(RequestId("r1")) == done


async def test_old_requests_are_forgotten(store: Store) -> None:
    await store.requests.ask(a_request("old"))
    await store.requests.ask(a_request("new", asked_at=after(hours=1)))

    await store.requests.clean(after(minutes=30))

    assert await store.requests.get(RequestId("old")) is None
    assert await store.requests.get(RequestId("new")) is not None
