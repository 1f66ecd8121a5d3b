"""Outgoing webhooks: endpoints in one collection, the calls to them in another."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.webhook import CallId, CallState, EndpointId, WebhookCall, WebhookEndpoint
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, parsed, to_model
from placement_alerts.store.mongo.expiry import forget
from placement_alerts.store.mongo.indexes import WEBHOOK_CALLS, WEBHOOK_ENDPOINTS
from placement_alerts.store.mongo.writes import insert_new, save_version

_ENDED = [CallState.DELIVERED.value, CallState.FAILED.value]
_BY_TIME = (("created_at", -1), ("_id", -1))


class MongoWebhooks:
    """WebhookRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._endpoints = client.collection(WEBHOOK_ENDPOINTS)
        self._calls = client.collection(WEBHOOK_CALLS)

    @operation
    async def save(self, endpoint: WebhookEndpoint) -> bool:
        return await save_version(self._endpoints, from_model(endpoint))

    @operation
    async def get(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        document = await self._endpoints.find_one({"_id": endpoint_id})
        return None if document is None else to_model(WebhookEndpoint, document)

    @operation
    async def all(self) -> list[WebhookEndpoint]:
        documents = await self._endpoints.find().sort([("created_at", 1), ("_id", 1)]).to_list(None)
        return await parsed(WebhookEndpoint, documents)

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """Forget the calls in slices, each within a deadline of its own, the endpoint, and what came meanwhile.

        The endpoint goes after its calls: who repeats this after a crash finds it and goes on.
        """
        await self._forget_calls(endpoint_id)
        removed = await self._remove_endpoint(endpoint_id)
        await self._forget_calls(endpoint_id)
        return removed

    @operation
    async def add_calls(self, calls: Sequence[WebhookCall]) -> int:
        return await insert_new(self._calls, [from_model(call) for call in calls])

    @operation
    async def due(self, now: datetime, limit: int) -> list[WebhookCall]:
        due = {"state": CallState.WAITING.value, "due_at": {"$lte": to_utc_ms(now)}}
        return await self._page(due, (("due_at", 1), ("_id", 1)), limit)

    @operation
    async def next_due(self) -> datetime | None:
        waiting = {"state": CallState.WAITING.value}
        first = await self._calls.find(waiting, {"due_at": 1}).sort("due_at", 1).limit(1).to_list(None)
        return first[0]["due_at"] if first else None

    @operation
    async def save_call(self, call: WebhookCall) -> None:
        await self._calls.replace_one({"_id": call.id}, from_model(call))

    @operation
    async def get_call(self, call_id: CallId) -> WebhookCall | None:
        document = await self._calls.find_one({"_id": call_id})
        return None if document is None else to_model(WebhookCall, document)

    @operation
    async def calls(self, endpoint_id: EndpointId, after: WebhookCall | None, limit: int) -> list[WebhookCall]:
        older = {} if after is None else _older_than(after)
        return await self._page({"endpoint_id": endpoint_id, **older}, _BY_TIME, limit)

    @operation
    async def clean(self, before: datetime) -> int:
        ended = {"state": {"$in": _ENDED}, "created_at": {"$lt": to_utc_ms(before)}}
        return await forget(self._calls, ended, FORGOTTEN_AT_ONCE)

    async def _page(self, wanted: Mapping[str, Any], order: Sequence[tuple[str, int]], limit: int) -> list[WebhookCall]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        return await parsed(WebhookCall, await self._calls.find(wanted).sort([*order]).limit(limit).to_list(None))

    async def _forget_calls(self, endpoint_id: EndpointId) -> None:
        while await self._forget_some(endpoint_id):
            pass

    @operation
    async def _forget_some(self, endpoint_id: EndpointId) -> int:
        return await forget(self._calls, {"endpoint_id": endpoint_id}, FORGOTTEN_AT_ONCE)

    @operation
    async def _remove_endpoint(self, endpoint_id: EndpointId) -> bool:
        done = await self._endpoints.delete_one({"_id": endpoint_id})
        return bool(done.deleted_count)


def _older_than(last: WebhookCall) -> Document:
    """Return the condition for what follows `last` in a page; its first part is what bounds the walk of the index."""
    moment = to_utc_ms(last.created_at)
    return {"created_at": {"$lte": moment}, "$or": [{"created_at": {"$lt": moment}}, {"_id": {"$lt": last.id}}]}
