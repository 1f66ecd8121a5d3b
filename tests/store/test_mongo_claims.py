"""What claims by token hold when processes collide and when writes come through late."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pymongo import MongoClient

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.store.base import OwnerId
from placement_alerts.store.mongo.store import MongoStore, open_mongo
from tests.builders import a_delivery
from tests.store.wishes import a_claim, a_receipt

PROCESSES = 4


@pytest_asyncio.fixture
async def stores(mongo_url: str) -> AsyncIterator[list[MongoStore]]:
    """One for each process: they share nothing but the server."""
    stores = [await open_mongo(mongo_url) for _ in range(PROCESSES)]
    yield stores
    for store in stores:
        await store.close()


async def test_no_target_is_sent_to_by_two_processes_at_once(stores: list[MongoStore]) -> None:
    several = [a_delivery(f"{number}", f"n-{notice}") for number in range(10) for notice in range(PROCESSES)]
    await stores[0].deliveries.plan(several)

    rounds = [await _claim_together(stores, f"t-{number}") for number in range(15)]

    counts = {count for targets in rounds for count in Counter(targets).values()}
    assert counts == {1}


async def test_all_is_carried_once_by_processes_that_collide(stores: list[MongoStore]) -> None:
    several = [a_delivery(f"{number}", f"n-{notice}") for number in range(25) for notice in range(4)]
    await stores[0].deliveries.plan(several)

    async with asyncio.TaskGroup() as processes:
        carried = [processes.create_task(_carry_all(store, f"p-{at}")) for at, store in enumerate(stores)]

    assert Counter(delivery.id for each in carried for delivery in each.result()) == {row.id: 1 for row in several}


async def test_many_rows_of_one_target_do_not_hide_the_others(stores: list[MongoStore]) -> None:
    flood = [a_delivery("1", f"a-{number}") for number in range(200)]
    await stores[0].deliveries.plan([*flood, a_delivery("2", "z"), a_delivery("3", "z")])

    claimed = await stores[0].deliveries.exchange([], a_claim(3, token="t-1"))

    assert [delivery.target for delivery in claimed] == ["1", "2", "3"]


async def test_repeated_token_is_answered_what_it_holds_and_no_more(stores: list[MongoStore]) -> None:
    await stores[0].deliveries.plan([a_delivery(str(number)) for number in range(8)])

    first = await stores[0].deliveries.exchange([], a_claim(4, token="t-1"))
    again = await stores[0].deliveries.exchange([], a_claim(4, token="t-1"))

    assert again == first
    assert (await stores[0].deliveries.counts())["telegram", DeliveryState.SENDING] == 4


async def test_rows_beyond_the_wish_are_given_back(mongo_url: str, stores: list[MongoStore]) -> None:
    await stores[0].deliveries.plan([a_delivery(str(number)) for number in range(8)])
    _mark_late(mongo_url, "t-1", [a_delivery(str(number)) for number in range(6)])

    held = await stores[0].deliveries.exchange([], a_claim(4, token="t-1"))

    counts = await stores[0].deliveries.counts()
    assert [delivery.target for delivery in held] == ["0", "1", "2", "3"]
    assert counts == {("telegram", DeliveryState.SENDING): 4, ("telegram", DeliveryState.DUE): 4}


async def test_marking_that_comes_through_after_its_token_was_answered_is_undone(
    mongo_url: str, stores: list[MongoStore]
) -> None:
    deliveries = stores[0].deliveries
    await deliveries.plan([a_delivery("1"), a_delivery("2")])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):  # the caller does not hear the answer
            await deliveries.exchange([], a_claim(1, token="t-1"))
    (known,) = await deliveries.exchange([], a_claim(1, token="t-1"))
    _mark_late(mongo_url, "t-1", [a_delivery("1"), a_delivery("2")])

    (other,) = await deliveries.exchange([], a_claim(2, token="t-2"))

    assert {known.target, other.target} == {"1", "2"}
    assert other.lease == "t-2"


def _mark_late(url: str, token: str, deliveries: list[Delivery]) -> None:
    """Write what the claim of a lost call would: its token, on what still waits."""
    with MongoClient[dict[str, Any]](url, timeoutMS=2000) as client:
        client.get_default_database()["deliveries"].update_many(
            {"_id": {"$in": [delivery.id for delivery in deliveries]}, "waiting": True},
            {"$set": {"state": "sending", "waiting": False, "owner": "o1", "lease": token}},
        )


async def _claim_together(stores: list[MongoStore], token: str) -> list[str]:
    """Let every process claim at the same moment, give all back, and return the targets."""
    async with asyncio.TaskGroup() as claims:
        asked = [
            claims.create_task(
                store.deliveries.exchange([], a_claim(10, token=f"{token}-{at}", owner=OwnerId(f"p-{at}")))
            )
            for at, store in enumerate(stores)
        ]
    claimed = [delivery for claim in asked for delivery in claim.result()]
    await stores[0].deliveries.exchange([a_receipt(delivery, DeliveryState.DUE) for delivery in claimed], None)
    return [delivery.target for delivery in claimed]


async def _carry_all(store: MongoStore, owner: str) -> list[Delivery]:
    """Claim and record until nothing waits; return what was carried."""
    carried: list[Delivery] = []
    while await store.deliveries.next_due("telegram") is not None:
        claimed = await store.deliveries.exchange([], a_claim(owner=OwnerId(owner)))
        await store.deliveries.exchange([a_receipt(delivery) for delivery in claimed], None)
        carried += claimed
    return carried
