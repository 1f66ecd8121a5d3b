"""Offers, one document each with the events that wait to be published, and which company names mean the same."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

import asyncio
from typing import Any

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.offer import Offer, OfferId
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, parsed, to_model
from placement_alerts.store.mongo.indexes import ALIASES, OFFERS
from placement_alerts.store.mongo.writes import put

BATCH = 25  # offers that come at once: the driver decodes them without letting anything else run


class MongoOffers:
    """OfferRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._offers = client.collection(OFFERS)
        self._aliases = client.collection(ALIASES)

    @operation
    async def get(self, year: str, company_key: str) -> Offer | None:
        document = await self._offers.find_one({"year": year, "company_key": company_key})
        return None if document is None else to_model(Offer, document)

    @operation
    async def save(self, offer: Offer) -> bool:
        # beside the event loop: an offer of 500 students takes 20 ms
        document = await asyncio.to_thread(from_model, offer, unpublished=bool(offer.pending))
        try:
            if offer.version == 1:
                await self._offers.insert_one(document)
                return True
            done = await self._offers.replace_one({"_id": offer.id, "version": offer.version - 1}, document)
        except DuplicateKeyError:  # the company has an offer already
            return False
        return bool(done.modified_count)

    @operation
    async def remove(self, offer_id: OfferId, version: int) -> bool:
        done = await self._offers.delete_one({"_id": offer_id, "version": version})
        return bool(done.deleted_count)

    @operation
    async def of_year(self, year: str) -> list[Offer]:
        return await _read(self._offers.find({"year": year}).sort("company_key", 1).batch_size(BATCH))

    @operation
    async def with_pending(self, limit: int) -> list[Offer]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        return await _read(self._offers.find({"unpublished": True}).sort("_id", 1).limit(limit))

    @operation
    async def aliases(self) -> dict[str, str]:
        documents = await self._aliases.find().sort("_id", 1).to_list(None)
        return {document["_id"]: document["kept"] for document in documents}

    @operation
    async def add_alias(self, alias: str, kept: str) -> None:
        await put(self._aliases, {"_id": alias, "kept": kept})


async def _read(cursor: Any) -> list[Offer]:
    return await parsed(Offer, await cursor.to_list(None))
