"""Web push subscriptions."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.subscription import PushSubscription
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, to_model
from placement_alerts.store.mongo.indexes import SUBSCRIPTIONS


class MongoSubscriptions:
    """SubscriptionRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._subscriptions = client.collection(SUBSCRIPTIONS)

    @operation
    async def save(self, subscription: PushSubscription) -> None:
        known = from_model(subscription)
        wanted, made = {"_id": known.pop("_id")}, {"created_at": known.pop("created_at")}
        change = {"$set": known, "$setOnInsert": made}
        try:
            await self._subscriptions.update_one(wanted, change, upsert=True)
        except DuplicateKeyError:  # two upserts of one new document raced and the other won: now it can be changed
            await self._subscriptions.update_one(wanted, change, upsert=True)

    @operation
    async def get(self, subscription_id: str) -> PushSubscription | None:
        document = await self._subscriptions.find_one({"_id": subscription_id})
        return None if document is None else to_model(PushSubscription, document)

    @operation
    async def remove(self, subscription_id: str) -> bool:
        done = await self._subscriptions.delete_one({"_id": subscription_id})
        return bool(done.deleted_count)

    @operation
    async def unvisited(self, before: datetime, after: str | None, limit: int) -> list[PushSubscription]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        wanted = {"_id": {"$gt": after or ""}, "visited_at": {"$lt": to_utc_ms(before)}}
        page = await self._subscriptions.find(wanted).sort("_id", 1).limit(limit).to_list(None)
        return [to_model(PushSubscription, document) for document in page]

    @operation
    async def count(self) -> int:
        return int(await self._subscriptions.estimated_document_count())
