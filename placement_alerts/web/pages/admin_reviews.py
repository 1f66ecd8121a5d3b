"""What waits for an answer of the office: held mails, names of companies, alarms."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from placement_alerts.core.html import to_text
from placement_alerts.core.mail import Mail
from placement_alerts.core.review import ANSWERS, Answer, Review, ReviewId
from placement_alerts.core.student import Student
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_room import AdminRoom
from placement_alerts.web.pages.admin_words import ANSWER_LABELS, REVIEW_HEADS

SHOWN = 30
_TEXT_SHOWN = 6_000  # characters of a mail
_HTML_READ = 20_000


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A review as a page shows it. text: of the mail. answers: value and label of each button."""

    review: Review
    head: str
    text: str
    answers: tuple[tuple[str, str], ...]


class ReviewPages:
    """`/admin/reviews`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/reviews", self._list),
            self._room.post("/admin/reviews/{id:[a-z0-9]{1,64}}", self._answer),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        reviews = await self._room.store.reviews.open(SHOWN + 1)
        cards = await asyncio.to_thread(lambda: [_card(review) for review in reviews[:SHOWN]])
        return await self._room.show(
            request, "admin_reviews.html", "reviews", cards=cards, more_wait=len(reviews) > SHOWN
        )

    async def _answer(self, request: web.Request, who: Student, form: Form) -> web.Response:
        review = await self._room.store.reviews.get(ReviewId(request.match_info["id"]))
        if review is None:
            raise NotFound("there is no such question")
        chosen = form.one("answer")
        if chosen not in list(ANSWERS[review.kind]):
            raise NotPossible(f"this can be answered with {' or '.join(ANSWERS[review.kind])}")
        if review.answer is not None:
            return self._room.done("/admin/reviews", "answered_before")
        by = next((one.value for one in who.addresses if one.channel == "telegram"), str(who.id))
        await self._room.audit(who, "review.answered", review.id, chosen)
        first = await self._room.store.reviews.answer(review.id, Answer(chosen), by, self._room.now())
        return self._room.done("/admin/reviews", "answered" if first else "answered_before")


def _card(review: Review) -> ReviewCard:
    return ReviewCard(
        review,
        REVIEW_HEADS[review.kind],
        _text(review.mail) if review.mail else "",
        tuple((answer.value, ANSWER_LABELS[answer]) for answer in ANSWERS[review.kind]),
    )


def _text(mail: Mail) -> str:
    text = mail.text.strip() or to_text(mail.html[:_HTML_READ])
    return text if len(text) <= _TEXT_SHOWN else text[:_TEXT_SHOWN].rstrip() + "…"
