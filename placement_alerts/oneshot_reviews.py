"""What the commands about reviews do: they read and answer in the store; the running process carries answers out."""

from placement_alerts.app_parts import now
from placement_alerts.config.models import Config
from placement_alerts.core.review import ANSWERS, Answer, AnsweredBy, Review, ReviewId
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.oneshot import store_of


async def list_reviews(config: Config, limit: int) -> list[Review]:
    """Return open reviews, oldest first."""
    async with store_of(config) as store:
        return await store.reviews.open(limit)


async def answer_review(config: Config, review_id: str, answer: Answer) -> Review:
    """Store an answer and return the review with it. Raises NotFound, NotPossible if it is answered or cannot be so."""
    async with store_of(config) as store:
        review = await store.reviews.get(ReviewId(review_id))
        if review is None:
            raise NotFound(f"no review has the id {review_id}; `placement-alerts reviews list` shows ids")
        if answer not in ANSWERS[review.kind]:
            raise NotPossible(f"{review_id} can be answered with {' or '.join(ANSWERS[review.kind])}")
        if not await store.reviews.answer(review.id, answer, AnsweredBy.CLI, now()):
            raise NotPossible(f"{review_id} was answered already: {review.answer or 'just now'}")
        return review.model_copy(update={"answer": answer, "answered_by": AnsweredBy.CLI})
