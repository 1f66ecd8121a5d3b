"""Deliveries: rows that move from state to state, each by a filter on the state and lease from which it starts."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from placement_alerts.core.delivery import (
    RETRYABLE,
    WAITING,
    Delivery,
    DeliveryId,
    DeliveryState,
    Priority,
    Receipt,
    check_move,
)
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import Claim, DeliveryFilter, OwnerId
from placement_alerts.store.mongo.claims import Claims
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_delivery, from_receipt, in_state, to_delivery
from placement_alerts.store.mongo.indexes import DELIVERIES
from placement_alerts.store.mongo.listing import older_than
from placement_alerts.store.mongo.writes import insert_new

_S = DeliveryState
_WAITING = [state.value for state in sorted(WAITING)]
_LAST_STATES = [_S.SENT.value, _S.SEEN.value, _S.REFUSED.value, _S.DEAD.value]


class MongoDeliveries:
    """DeliveryRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._deliveries = client.collection(DELIVERIES)
        self._claims = Claims(self._deliveries)

    @operation
    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        return await insert_new(self._deliveries, [from_delivery(delivery) for delivery in deliveries])

    @operation
    async def exchange(self, receipts: Sequence[Receipt], claim: Claim | None) -> list[Delivery]:
        for receipt in receipts:
            check_move(_S.SENDING, receipt.state)
        if receipts:
            await self._deliveries.bulk_write([_recording(receipt) for receipt in receipts], ordered=False)
        return [] if claim is None else await self._claims.take(claim)

    @operation
    async def close_waiting(self, notice_id: NoticeId, below_revision: int, state: DeliveryState) -> int:
        for before in WAITING:
            check_move(before, state)
        earlier = {"notice_id": notice_id, "state": {"$in": _WAITING}, "revision": {"$lt": below_revision}}
        return await self._move(earlier, state)

    @operation
    async def close_address(self, address_id: AddressId, error_class: str, now: datetime) -> int:
        waiting = {"address_id": address_id, "state": {"$in": _WAITING}}
        # due_at of an ended delivery is when its last try was due, or when it ended without one: `last_states` needs it
        return await self._move(waiting, _S.REFUSED, error_class=error_class, due_at=to_utc_ms(now))

    @operation
    async def retarget(self, address_id: AddressId, target: str) -> None:
        waiting = {"address_id": address_id, "state": {"$in": _WAITING}}
        await self._deliveries.update_many(waiting, {"$set": {"target": target}})

    @operation
    async def of_address(self, notice_id: NoticeId, address_id: AddressId) -> list[Delivery]:
        found = self._deliveries.find({"notice_id": notice_id, "address_id": address_id})
        return await _read(found.sort([("revision", 1), ("_id", 1)]))

    @operation
    async def of_students(self, notice_id: NoticeId, students: Collection[StudentId]) -> list[Delivery]:
        # sorted here: for a long list of students the server would sort in memory too
        found = await _read(self._deliveries.find({"notice_id": notice_id, "student_id": {"$in": list(students)}}))
        return sorted(found, key=lambda delivery: delivery.id)

    @operation
    async def last_states(self, address_id: AddressId, limit: int) -> list[DeliveryState]:
        if limit < 1:
            return []
        found = self._deliveries.find({"address_id": address_id, "state": {"$in": _LAST_STATES}}, {"state": 1})
        rows = await found.sort([("due_at", -1), ("_id", -1)]).limit(limit).to_list(None)
        return [DeliveryState(row["state"]) for row in rows]

    @operation
    async def mark_seen(self, notice_id: NoticeId, student_id: StudentId, now: datetime) -> int:
        sent = {"notice_id": notice_id, "student_id": student_id, "state": _S.SENT.value}
        return await self._move(sent, _S.SEEN, seen_at=to_utc_ms(now))

    @operation
    async def mark_shown(self, delivery_id: DeliveryId, now: datetime) -> bool:
        unseen = {"_id": delivery_id, "shown_at": None}
        done = await self._deliveries.update_one(unseen, {"$set": {"shown_at": to_utc_ms(now)}})
        return bool(done.matched_count or await self._deliveries.find_one({"_id": delivery_id}, {"_id": 1}))

    @operation
    async def last_sent_at(self, address_id: AddressId) -> datetime | None:
        """Return the latest sent_at of its rows, all of which are read: a thousand in a year."""
        stages = [{"$match": {"address_id": address_id}}, {"$group": {"_id": None, "last": {"$max": "$sent_at"}}}]
        rows: list[Document] = await self._deliveries.aggregate(stages).to_list(None)
        return rows[0]["last"] if rows else None

    async def of_student(self, student_id: StudentId, after: Delivery | None, limit: int) -> list[Delivery]:
        return await self.find(DeliveryFilter(student_id=student_id), after, limit)

    @operation
    async def counts_of(self, notice_id: NoticeId) -> dict[tuple[str, DeliveryState], int]:
        """Count the greatest (revision, channel, state) of each student and address; a revision is there once."""
        row = {"revision": "$revision", "channel": "$channel", "state": "$state"}
        stages = [
            {"$match": {"notice_id": notice_id}},
            {"$group": {"_id": {"s": "$student_id", "a": "$address_id"}, "latest": {"$max": row}}},
            {"$group": {"_id": {"channel": "$latest.channel", "state": "$latest.state"}, "count": {"$sum": 1}}},
        ]
        return _counts(await self._deliveries.aggregate(stages).to_list(None))

    @operation
    async def free(self, owners: Collection[OwnerId], now: datetime) -> int:
        under_way = {"owner": {"$in": list(owners)}, "state": _S.SENDING.value}
        changes = {
            "$set": in_state(_S.DUE) | {"due_at": to_utc_ms(now)},
            "$inc": {"attempts": 1, "possibly_delivered": 1},
        }
        return int((await self._deliveries.update_many(under_way, changes)).modified_count)

    @operation
    async def next_due(self, channel: str) -> datetime | None:
        waiting = {"channel": channel, "waiting": True, "priority": {"$in": [int(one) for one in Priority]}}
        first = await self._deliveries.find(waiting, {"due_at": 1}).sort("due_at", 1).limit(1).to_list(None)
        return first[0]["due_at"] if first else None

    @operation
    async def get(self, delivery_id: DeliveryId) -> Delivery | None:
        document = await self._deliveries.find_one({"_id": delivery_id})
        return None if document is None else to_delivery(document)

    @operation
    async def find(self, wanted: DeliveryFilter, after: Delivery | None, limit: int) -> list[Delivery]:
        fields = _fields(wanted) | ({} if after is None else older_than("planned_at", after.planned_at, after.id))
        return await _read(self._deliveries.find(fields).sort([("planned_at", -1), ("_id", -1)]), limit)

    @operation
    async def retry(self, ids: Collection[DeliveryId], now: datetime) -> int:
        ended = {"_id": {"$in": list(ids)}, "state": {"$in": [state.value for state in sorted(RETRYABLE)]}}
        return await self._move(ended, _S.DUE, due_at=to_utc_ms(now), attempts=0)

    @operation
    async def counts(self) -> dict[tuple[str, DeliveryState], int]:
        group = {"_id": {"channel": "$channel", "state": "$state"}, "count": {"$sum": 1}}
        stages = [{"$match": {"channel": {"$gte": ""}}}, {"$group": group}]  # the match is what makes it use its index
        return _counts(await self._deliveries.aggregate(stages).to_list(None))

    async def _move(self, wanted: Mapping[str, Any], state: DeliveryState, **more: Any) -> int:
        done = await self._deliveries.update_many(wanted, {"$set": in_state(state) | more})
        return int(done.modified_count)


async def _read(cursor: Any, limit: int | None = None) -> list[Delivery]:
    if limit is not None:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        cursor = cursor.limit(limit)
    return [to_delivery(document) for document in await cursor.to_list(None)]


def _recording(receipt: Receipt) -> UpdateOne:
    under_way = {"_id": receipt.delivery_id, "lease": receipt.lease, "state": _S.SENDING.value}
    return UpdateOne(under_way, {"$set": from_receipt(receipt)})


def _counts(rows: Sequence[Document]) -> dict[tuple[str, DeliveryState], int]:
    return {(row["_id"]["channel"], DeliveryState(row["_id"]["state"])): row["count"] for row in rows}


def _fields(wanted: DeliveryFilter) -> dict[str, Any]:
    """Return the fields to compare; a channel is always beside states, because their index begins with both."""
    fields = {
        "student_id": wanted.student_id,
        "notice_id": wanted.notice_id,
        "error_class": wanted.error_class,
        "channel": wanted.channel,
        "state": None if wanted.state is None else wanted.state.value,
    }
    chosen: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    if chosen.keys() == {"channel"}:
        chosen["state"] = {"$in": [state.value for state in DeliveryState]}
    return chosen
