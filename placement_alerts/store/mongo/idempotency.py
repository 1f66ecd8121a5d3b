"""What was answered to requests that may be repeated. Headers are a JSON text: their names come from outside."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.store.access import FORGOTTEN_AT_ONCE, KeptAnswer, check_lease
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document
from placement_alerts.store.mongo.expiry import forget
from placement_alerts.store.mongo.indexes import ANSWERS
from placement_alerts.store.mongo.writes import insert_new


class MongoIdempotency:
    """IdempotencyRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers = client.collection(ANSWERS)

    @operation
    async def claim(self, wanted: KeptAnswer, now: datetime) -> KeptAnswer | None:
        check_lease(wanted, now)
        claimed = _to_document(wanted)
        while True:  # ends: whoever was in the way claimed, released or forgot the key
            if await insert_new(self._answers, [claimed]):
                return None
            # what is over is replaced by the one update that finds it so: the next finds a lease that runs
            if (await self._answers.replace_one(_over(wanted.key, now), claimed)).matched_count:
                return None
            there = await self._answers.find_one({"_id": wanted.key})
            if there is not None:
                return _to_answer(there)

    @operation
    async def finish(self, answer: KeptAnswer) -> None:
        """Store the answer to a claimed request; one that was answered already keeps its first answer."""
        document = _to_document(answer)
        answered = {name: document[name] for name in ("expires_at", "status", "headers", "body")}
        claimed = {"_id": answer.key, "fingerprint": answer.fingerprint, "status": None}
        await self._answers.update_one(claimed, {"$set": answered})

    @operation
    async def release(self, claim: KeptAnswer) -> None:
        """Give a claimed key back; what was answered stays."""
        ours = {"_id": claim.key, "lease_until": to_utc_ms(claim.lease_until), "status": None}
        await self._answers.delete_one(ours)

    @operation
    async def clean(self, now: datetime) -> int:
        return await forget(self._answers, {"expires_at": {"$lte": to_utc_ms(now)}}, FORGOTTEN_AT_ONCE)


def _over(key: str, now: datetime) -> Mapping[str, Any]:
    past = {"$lte": to_utc_ms(now)}
    return {"_id": key, "$or": [{"expires_at": past}, {"status": None, "lease_until": past}]}


def _to_document(answer: KeptAnswer) -> Document:
    return {
        "_id": answer.key,
        "fingerprint": answer.fingerprint,
        "lease_until": to_utc_ms(answer.lease_until),
        "expires_at": to_utc_ms(answer.expires_at),
        "status": answer.status,
        "headers": None if answer.headers is None else json.dumps(dict(answer.headers)),
        "body": answer.body,
    }


def _to_answer(document: Document) -> KeptAnswer:
    return KeptAnswer(
        key=document["_id"],
        fingerprint=document["fingerprint"],
        lease_until=document["lease_until"],
        expires_at=document["expires_at"],
        status=document["status"],
        headers=None if document["headers"] is None else json.loads(document["headers"]),
        body=document["body"],
    )
