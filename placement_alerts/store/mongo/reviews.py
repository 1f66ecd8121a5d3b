"""What the admins have to look at. `stage` says how far a review is: one field, so that one index serves a list.

A held mail stands in its review as compressed JSON: with its attachments' rows as they are, the largest that is read
would be larger than the 16 MB that a document may have.
"""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

import asyncio
import zlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.mail import Mail
from placement_alerts.core.review import Answer, Review, ReviewId
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, from_model, to_model
from placement_alerts.store.mongo.indexes import REVIEWS
from placement_alerts.store.mongo.writes import insert_new


class _Stage(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"


class MongoReviews:
    """ReviewRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reviews = client.collection(REVIEWS)

    @operation
    async def ask(self, review: Review) -> bool:
        return await insert_new(self._reviews, [await asyncio.to_thread(_to_document, review)]) == 1

    @operation
    async def get(self, review_id: ReviewId) -> Review | None:
        document = await self._reviews.find_one({"_id": review_id})
        return None if document is None else await asyncio.to_thread(_to_review, document)

    @operation
    async def open(self, limit: int) -> list[Review]:
        return await self._page({"stage": _Stage.OPEN.value}, "asked_at", limit)

    @operation
    async def untold(self, limit: int) -> list[Review]:
        return await self._page({"stage": _Stage.OPEN.value, "told": False}, "asked_at", limit)

    @operation
    async def mark_told(self, review_id: ReviewId) -> None:
        await self._reviews.update_one({"_id": review_id}, {"$set": {"told": True}})

    @operation
    async def answer(self, review_id: ReviewId, answer: Answer, by: str, now: datetime) -> bool:
        given = {"answer": answer.value, "answered_by": by, "answered_at": to_utc_ms(now)}
        return await self._move(review_id, _Stage.OPEN, _Stage.ANSWERED, given)

    @operation
    async def answered(self, limit: int) -> list[Review]:
        return await self._page({"stage": _Stage.ANSWERED.value}, "answered_at", limit)

    @operation
    async def mark_done(self, review_id: ReviewId) -> None:
        """Forget mail and facts of an answered review; an open one stays as it is."""
        over = {"done": True, "mail": None, "facts": None}
        await self._move(review_id, _Stage.ANSWERED, _Stage.DONE, over)

    async def _page(self, wanted: Mapping[str, Any], order: str, limit: int) -> list[Review]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        found = await self._reviews.find(wanted).sort([(order, 1), ("_id", 1)]).limit(limit).to_list(None)
        return await asyncio.to_thread(lambda: [_to_review(document) for document in found])

    async def _move(self, review_id: ReviewId, before: _Stage, after: _Stage, values: Mapping[str, Any]) -> bool:
        wanted = {"_id": review_id, "stage": before.value}
        done = await self._reviews.update_one(wanted, {"$set": {**values, "stage": after.value}})
        return bool(done.modified_count)


def _to_document(review: Review) -> Document:
    document = from_model(review.model_copy(update={"mail": None}), stage=_stage(review).value)
    if review.mail is not None:
        document["mail"] = zlib.compress(review.mail.model_dump_json().encode(), level=1)
    return document


def _to_review(document: Document) -> Review:
    packed = document["mail"]
    mail = None if packed is None else Mail.model_validate_json(zlib.decompress(packed))
    return to_model(Review, document | {"mail": mail})


def _stage(review: Review) -> _Stage:
    if review.answer is None:
        return _Stage.OPEN
    return _Stage.DONE if review.done else _Stage.ANSWERED
