"""API tokens. A unique index keeps their hashes apart."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from collections.abc import Mapping
from datetime import datetime

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.token import ApiToken, TokenId
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, to_model
from placement_alerts.store.mongo.indexes import TOKENS


class MongoTokens:
    """TokenRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tokens = client.collection(TOKENS)

    @operation
    async def add(self, token: ApiToken) -> None:
        await self._tokens.insert_one(from_model(token))

    @operation
    async def by_hash(self, hash_: str) -> ApiToken | None:
        return await self._one({"hash": hash_})

    @operation
    async def get(self, token_id: TokenId) -> ApiToken | None:
        return await self._one({"_id": token_id})

    @operation
    async def all(self) -> list[ApiToken]:
        documents = await self._tokens.find().sort([("created_at", -1), ("_id", -1)]).to_list(None)
        return [to_model(ApiToken, document) for document in documents]

    @operation
    async def revoke(self, token_id: TokenId, now: datetime) -> bool:
        """End the token, an expired one too; False if it is unknown or revoked already."""
        live = {"_id": token_id, "revoked_at": None}
        done = await self._tokens.update_one(live, {"$set": {"revoked_at": to_utc_ms(now)}})
        return bool(done.modified_count)

    @operation
    async def mark_used(self, token_id: TokenId, at: datetime) -> None:
        # $max: to MongoDB, null is less than any time
        await self._tokens.update_one({"_id": token_id}, {"$max": {"used_at": to_utc_ms(at)}})

    async def _one(self, wanted: Mapping[str, str]) -> ApiToken | None:
        document = await self._tokens.find_one(wanted)
        return None if document is None else to_model(ApiToken, document)
