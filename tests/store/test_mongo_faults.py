"""What the store does while its server hangs, is away, or loses a connection in the middle of a write.

On the Java test server, whatever other server the environment names: these tests stop and start it.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import OwnerId, Request, RequestId, RequestState
from placement_alerts.store.mongo.store import MongoStore, open_mongo
from tests.builders import NOW, YEAR, a_delivery, a_notice, known_item
from tests.store.mongo_server import JavaServer, NoServer, no_server, start_java_server, url_of_database
from tests.store.tcp_proxy import TcpProxy, tcp_proxy
from tests.store.wishes import a_claim, a_receipt

T = TypeVar("T")


@pytest.fixture(scope="module")
def server() -> Iterator[JavaServer]:
    try:
        server = start_java_server()
    except NoServer as error:
        no_server(error)
    yield server
    server.stop()


@pytest_asyncio.fixture
async def store(server: JavaServer) -> AsyncIterator[MongoStore]:
    store = await open_mongo(url_of_database(server.url, f"faults_{uuid.uuid4().hex[:8]}"))
    yield store
    await store.close()


@pytest_asyncio.fixture
async def proxy(server: JavaServer) -> AsyncIterator[TcpProxy]:
    async with tcp_proxy(server.port) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def proxied(proxy: TcpProxy) -> AsyncIterator[MongoStore]:
    url = f"mongodb://127.0.0.1:{proxy.port}/"
    store = await open_mongo(url_of_database(url, f"proxied_{uuid.uuid4().hex[:8]}"))
    yield store
    await store.close()


async def test_calls_to_a_hung_server_end_in_time_and_the_first_one_after_it_works(
    server: JavaServer, store: MongoStore
) -> None:
    await store.notices.save(a_notice())
    server.pause()
    try:
        async with asyncio.TaskGroup() as calls:  # more than there are threads: waiting for a turn counts as well
            ends = [calls.create_task(_seconds_to_unavailable(store)) for _ in range(40)]
    finally:
        server.resume()

    again = time.monotonic()
    notice = await store.notices.get(NoticeId("n1"))

    assert max(end.result() for end in ends) < 2.7
    assert notice == a_notice()
    assert time.monotonic() - again < 1


async def test_ping_to_a_hung_server_ends_after_a_second(server: JavaServer, store: MongoStore) -> None:
    began = time.monotonic()
    server.pause()
    try:
        with pytest.raises(StoreUnavailable):
            await store.ping()
    finally:
        server.resume()

    assert time.monotonic() - began < 1.5


async def test_store_closes_while_its_server_hangs(server: JavaServer) -> None:
    store = await open_mongo(url_of_database(server.url, "closing"))
    server.pause()
    try:
        async with asyncio.timeout(3):
            await store.close()
    finally:
        server.resume()


async def test_store_resumes_with_a_server_that_was_stopped_and_started(tmp_path: Path, server: JavaServer) -> None:
    first = start_java_server(data=tmp_path / "data.h2")
    store = await open_mongo(url_of_database(first.url, "kept"))
    try:
        await store.deliveries.plan([a_delivery("1")])
        (held,) = await store.deliveries.exchange([], a_claim(token="t-1"))
        first.stop()
        with pytest.raises(StoreUnavailable):
            await store.ping()
        second = start_java_server(first.port, tmp_path / "data.h2")
        try:
            await store.deliveries.exchange([a_receipt(held)], None)
            kept = await store.deliveries.get(held.id)
        finally:
            second.stop()
    finally:
        await store.close()

    assert kept is not None
    assert kept.state is DeliveryState.SENT


@pytest.mark.parametrize("command", [b"update", b"find"])
async def test_claim_cut_in_the_middle_is_what_its_repetition_returns(
    proxy: TcpProxy, proxied: MongoStore, command: bytes
) -> None:
    await proxied.deliveries.plan([a_delivery(str(number)) for number in range(8)])
    claimed = await proxied.deliveries.exchange([], a_claim(4, token="t-1"))
    receipts = [a_receipt(delivery) for delivery in claimed]
    proxy.cut_answer_to(command)

    again = await _until_answered(lambda: proxied.deliveries.exchange(receipts, a_claim(4, token="t-2")))

    counts = await proxied.deliveries.counts()
    assert proxy.cuts == 1
    assert {delivery.id for delivery in again} == {f"n1.1.a{number}" for number in range(4, 8)}
    assert counts == {("telegram", DeliveryState.SENT): 4, ("telegram", DeliveryState.SENDING): 4}


async def test_plan_cut_in_the_middle_is_stored_once(proxy: TcpProxy, proxied: MongoStore) -> None:
    deliveries = [a_delivery(str(number)) for number in range(100)]
    proxy.cut_answer_to(b"insert")

    await _until_answered(lambda: proxied.deliveries.plan(deliveries))

    assert proxy.cuts == 1
    assert await proxied.deliveries.counts() == {("telegram", DeliveryState.DUE): 100}


async def test_writes_cut_in_the_middle_may_be_repeated(proxy: TcpProxy, proxied: MongoStore) -> None:
    await proxied.notices.save(a_notice())
    request = Request(RequestId("r-1"), "update", {"a.$b": 1}, RequestState.ASKED, NOW)
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: proxied.notices.save(a_notice(revision=2)),
        lambda: proxied.sources.remember("superset", [known_item()]),
        lambda: proxied.processes.take("fan-out", OwnerId("p-1")),
        lambda: proxied.requests.ask(request),
        lambda: proxied.students.join("telegram", "7", YEAR, {}, NOW),
    ]

    for write in writes:
        for command in (b"insert", b"update"):
            proxy.cut_answer_to(command)
            await _until_answered(write)

    assert await proxied.notices.revisions(NoticeId("n1")) == [a_notice(), a_notice(revision=2)]
    assert await proxied.sources.known("superset") == {known_item().key: known_item()}
    assert await proxied.processes.holder("fan-out") == "p-1"
    assert await proxied.requests.get(request.id) == request
    assert (await proxied.students.counts())["total"] == 1


async def _seconds_to_unavailable(store: MongoStore) -> float:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await store.deliveries.next_due("telegram")
    return time.monotonic() - began


async def _until_answered(call: Callable[[], Awaitable[T]]) -> T:
    """Repeat the call while the store does not answer, as the pipeline does."""
    for _ in range(5):
        with contextlib.suppress(StoreUnavailable):
            return await call()
    return await call()
