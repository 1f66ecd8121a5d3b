"""Requests of one-shot commands. Arguments and results are JSON texts: their field names come from outside."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import json
from datetime import datetime

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.store.base import Request, RequestId, RequestState
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document
from placement_alerts.store.mongo.indexes import REQUESTS
from placement_alerts.store.mongo.writes import insert_new


class MongoRequests:
    """RequestRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._requests = client.collection(REQUESTS)

    @operation
    async def ask(self, request: Request) -> None:
        told = {"_id": request.id, "kind": request.kind, "args": json.dumps(dict(request.args))}
        await insert_new(self._requests, [told | {"asked_at": to_utc_ms(request.asked_at)} | _progress(request)])

    @operation
    async def take(self) -> Request | None:
        while True:  # ends: whoever was first made a request RUNNING
            asked = self._requests.find({"state": RequestState.ASKED.value}).sort([("asked_at", 1), ("_id", 1)])
            oldest: list[Document] = await asked.limit(1).to_list(None)
            if not oldest:
                return None
            running = {"state": RequestState.RUNNING.value}
            wanted = {"_id": oldest[0]["_id"], "state": RequestState.ASKED.value}
            if (await self._requests.update_one(wanted, {"$set": running})).modified_count:
                return _to_request(oldest[0] | running)

    @operation
    async def report(self, request: Request) -> None:
        await self._requests.update_one({"_id": request.id}, {"$set": _progress(request)})

    @operation
    async def get(self, request_id: RequestId) -> Request | None:
        document = await self._requests.find_one({"_id": request_id})
        return None if document is None else _to_request(document)

    @operation
    async def clean(self, before: datetime) -> None:
        await self._requests.delete_many({"asked_at": {"$lt": to_utc_ms(before)}})


def _progress(request: Request) -> Document:
    result = None if request.result is None else json.dumps(dict(request.result))
    return {"state": request.state.value, "progress": request.progress, "result": result}


def _to_request(document: Document) -> Request:
    return Request(
        id=RequestId(document["_id"]),
        kind=document["kind"],
        args=json.loads(document["args"]),
        state=RequestState(document["state"]),
        asked_at=document["asked_at"],
        progress=document["progress"],
        result=None if document["result"] is None else json.loads(document["result"]),
    )
