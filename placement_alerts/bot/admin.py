"""What admins can do: see what waits for them and answer it. Who is admin is said by `telegram.admins` alone."""

import re

import structlog
from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from placement_alerts.bot import review_texts, texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import Addressed, Now
from placement_alerts.bot.review_texts import REVIEW_BUTTON
from placement_alerts.bot.settings import BotSettings
from placement_alerts.core.review import ANSWERS, Answer, ReviewId
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

SHOWN = 10  # open reviews that /held shows, oldest first

_DATA = re.compile(rf"{REVIEW_BUTTON}([\w.-]{{1,47}}):({'|'.join(Answer)})", re.ASCII)

log = structlog.get_logger(__name__)


class IsAdmin(Filter):
    """The sender is a listed admin. Put it last: who is refused is noted."""

    async def __call__(self, event: Message | CallbackQuery, settings: BotSettings) -> bool:
        """Say whether it is so."""
        sender = event.from_user.id if event.from_user else None
        if sender in settings.admins:
            return True
        log.info("admin.refused", user=sender)
        return False


def make_admin_router() -> Router:
    """Return a fresh router. What it refuses goes on to the routers for everybody."""
    router = Router(name="admin")
    private = F.chat.type == ChatType.PRIVATE
    router.message.register(held, private, Addressed(), Command("held", ignore_case=True), IsAdmin())
    router.callback_query.register(answer, F.data.startswith(REVIEW_BUTTON), IsAdmin())
    return router


async def held(message: Message, store: Store, answers: Answers) -> None:
    """List what waits for an answer, each with its buttons."""
    log.info("admin.commanded", command="held", admin=message.chat.id)
    found = await store.reviews.open(SHOWN + 1)
    shown = found[:SHOWN]
    if not shown:
        await answers.say(message.chat.id, Text(review_texts.NOTHING_HELD))
        return
    await answers.say(message.chat.id, Text(review_texts.held(len(shown), more=len(found) > len(shown))))
    for review in shown:
        await answers.show(message.chat.id, review_texts.question(review))


async def answer(query: CallbackQuery, store: Store, answers: Answers, now: Now, answered: Flag) -> None:
    """Store an admin's answer unless there is one; the pipeline carries it out. Nothing in the press is believed."""
    admin = query.from_user.id
    found = _DATA.fullmatch(query.data or "")
    review = await store.reviews.get(ReviewId(found[1])) if found else None
    if found is None or review is None or Answer(found[2]) not in ANSWERS[review.kind]:
        await answers.notify(admin, query.id, texts.BUTTON_OUT_OF_DATE)
        return
    wanted = Answer(found[2])
    if review.answer is None and await store.reviews.answer(review.id, wanted, str(admin), now()):
        log.info("review.answered", review=review.id, answer=wanted, admin=admin)
        answered.set()
        text = review_texts.thanks(wanted)
    else:
        review = await store.reviews.get(review.id) or review
        text = review_texts.answered_already(review, admin)
    await answers.notify(admin, query.id, text)
    if query.message is not None:
        await answers.take_buttons(query.message.chat.id, query.message.message_id)
