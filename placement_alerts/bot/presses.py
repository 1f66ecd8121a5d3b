"""Presses of the buttons under notices. Their data comes from outside, so nothing in it is believed."""

import re

from aiogram import F, Router
from aiogram.types import CallbackQuery

from placement_alerts.bot import texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import CHANNEL, Now
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.render import SEEN_BUTTON
from placement_alerts.store.base import DeliveryFilter, Store

_NOTICE_ID = re.compile(r"[\w.:-]{1,58}", re.ASCII)  # 64 bytes of callback data less the prefix


def make_press_router() -> Router:
    """Return a fresh router."""
    router = Router(name="presses")
    router.callback_query.register(seen, F.data.startswith(SEEN_BUTTON))
    router.callback_query.register(out_of_date)
    return router


async def seen(query: CallbackQuery, store: Store, answers: Answers, now: Now) -> None:
    """Note that the person who pressed has seen the notice, whoever's chat the button stands in."""
    notice_id = NoticeId((query.data or "").removeprefix(SEEN_BUTTON))
    student = await store.students.by_address(CHANNEL, str(query.from_user.id))
    if student is None:
        text = texts.PRESS_START_FIRST
    elif not _NOTICE_ID.fullmatch(notice_id):
        text = texts.BUTTON_OUT_OF_DATE
    elif await store.deliveries.mark_seen(notice_id, student.id, now()):
        text = texts.SEEN
    else:  # pressed twice, or not this student's notice
        theirs = await store.deliveries.find(DeliveryFilter(notice_id=notice_id, student_id=student.id), None, 1)
        text = texts.SEEN if theirs else texts.BUTTON_OUT_OF_DATE
    await answers.notify(query.from_user.id, query.id, text)


async def out_of_date(query: CallbackQuery, answers: Answers) -> None:
    """Answer a press of a button that we do not know (any more)."""
    await answers.notify(query.from_user.id, query.id, texts.BUTTON_OUT_OF_DATE)
