"""What the admins have to look at, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from collections.abc import Callable
from datetime import datetime

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.review import Answer, Review, ReviewId
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.documents import parsed
from placement_alerts.store.sqlite.values import to_ms

ASK_SQL = """
    INSERT INTO reviews (id, asked_at, told, answered_at, done, document) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
CHANGE_SQL = "UPDATE reviews SET told = ?, answered_at = ?, done = ?, document = ? WHERE id = ?"
GET_SQL = "SELECT document FROM reviews WHERE id = ?"
OPEN_SQL = "SELECT document FROM reviews WHERE answered_at IS NULL ORDER BY asked_at, id LIMIT ?"
UNTOLD_SQL = "SELECT document FROM reviews WHERE answered_at IS NULL AND told = 0 ORDER BY asked_at, id LIMIT ?"
ANSWERED_SQL = """
    SELECT document FROM reviews WHERE answered_at IS NOT NULL AND done = 0 ORDER BY answered_at, id LIMIT ?"""


class SqliteReviews:
    """The repository of reviews (store/knowledge.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, review: Review) -> bool:
        row = (review.id, to_ms(review.asked_at), *_state(review), review.model_dump_json())
        return await self._database.change(ASK_SQL, row) == 1

    async def get(self, review_id: ReviewId) -> Review | None:
        row = await self._database.row(GET_SQL, (review_id,))
        return None if row is None else _from_row(row)

    async def open(self, limit: int) -> list[Review]:
        return await self._page(OPEN_SQL, limit)

    async def untold(self, limit: int) -> list[Review]:
        return await self._page(UNTOLD_SQL, limit)

    async def mark_told(self, review_id: ReviewId) -> None:
        await self._change(review_id, lambda review: review.model_copy(update={"told": True}))

    async def answer(self, review_id: ReviewId, answer: Answer, by: str, now: datetime) -> bool:
        given = {"answer": answer, "answered_by": by, "answered_at": to_utc_ms(now)}
        return await self._change(
            review_id, lambda review: review if review.answer is not None else review.model_copy(update=given)
        )

    async def answered(self, limit: int) -> list[Review]:
        return await self._page(ANSWERED_SQL, limit)

    async def mark_done(self, review_id: ReviewId) -> None:
        """Forget mail and facts of an answered review; an open one stays as it is."""
        over = {"done": True, "mail": None, "facts": None}
        await self._change(
            review_id, lambda review: review if review.answer is None else review.model_copy(update=over)
        )

    async def _page(self, sql: str, limit: int) -> list[Review]:
        return await parsed(Review, await self._database.rows(sql, (limit,)))

    async def _change(self, review_id: ReviewId, change: Callable[[Review], Review]) -> bool:
        """Change a review under the write lock; False if there is none or it is like that already."""
        async with self._database.transaction() as writer:
            for row in await writer.execute_fetchall(GET_SQL, (review_id,)):
                before = _from_row(row)
                after = change(before)
                if after != before:
                    await writer.execute(CHANGE_SQL, (*_state(after), after.model_dump_json(), review_id))
                    return True
        return False


def _state(review: Review) -> tuple[bool, int | None, bool]:
    """Return the columns that say how far the review is; what is answered always has a time of it."""
    answered_at = None if review.answer is None else to_ms(review.answered_at or review.asked_at)
    return review.told, answered_at, review.done


def _from_row(row: Row) -> Review:
    return Review.model_validate_json(row[0])
