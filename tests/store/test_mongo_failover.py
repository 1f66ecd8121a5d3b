"""What a fail-over of the primary costs: time, never an acknowledged write. Needs a real replica set."""

import asyncio
import os
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from placement_alerts.core.delivery import DeliveryId, DeliveryState
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import a_delivery
from tests.store.mongo_server import URL_VARIABLE

STEP_DOWN_S = 10
OUTAGE_S = 60

pytestmark = pytest.mark.skipif(
    URL_VARIABLE not in os.environ, reason=f"fail-over: not run, {URL_VARIABLE} names no real replica set"
)


async def test_acknowledged_writes_outlive_the_primary(mongo_url: str) -> None:
    store = await open_store(mongo_url)
    try:
        acknowledged = [await _plan_one(store, number) for number in range(100)]
        await asyncio.to_thread(_step_down, mongo_url)
        async with asyncio.timeout(OUTAGE_S):
            acknowledged += [await _plan_one(store, number) for number in range(100, 200)]
        stored = await store.deliveries.find(DeliveryFilter(state=DeliveryState.DUE), None, 1000)
    finally:
        await store.close()

    assert {delivery.id for delivery in stored} == set(acknowledged)


async def _plan_one(store: Store, number: int) -> DeliveryId:
    """Store one delivery, however often it takes; return its id once that is acknowledged."""
    delivery = a_delivery(str(number))
    while True:
        try:
            await store.deliveries.plan([delivery])
        except StoreUnavailable:
            await asyncio.sleep(0.1)  # an election takes seconds
        else:
            return delivery.id


def _step_down(url: str) -> None:
    with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=10_000) as client:
        client.admin.command("ping")
        if len(client.nodes) < 2:
            pytest.skip(f"fail-over: not run, {URL_VARIABLE} names a deployment without a second node")
        try:
            client.admin.command("replSetStepDown", STEP_DOWN_S)
        except ConnectionFailure:
            return  # it closes its connections
        except OperationFailure as error:
            pytest.skip(f"fail-over: not run, the account may not ask for it ({error.code})")
