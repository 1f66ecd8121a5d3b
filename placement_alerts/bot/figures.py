"""`/stats`: the placement statistics of the student's year."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.types import Message

from placement_alerts.bot import knowledge_texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import CHANNEL, Addressed
from placement_alerts.bot.settings import BotSettings
from placement_alerts.errors import ConfigError
from placement_alerts.store.base import Store


def make_figures_router() -> Router:
    """Return a fresh router."""
    router = Router(name="figures")
    router.message.register(stats, F.chat.type == ChatType.PRIVATE, Addressed(), Command("stats", ignore_case=True))
    return router


async def stats(message: Message, store: Store, answers: Answers, settings: BotSettings) -> None:
    """Show the figures of the student's year, or of the default one to somebody we do not know."""
    student = await store.students.by_address(CHANNEL, str(message.chat.id))
    year = student.year if student else settings.default_year
    answer = knowledge_texts.no_statistics(year)
    if settings.figures is not None:
        try:
            figures = await settings.figures.of(year)
        except ConfigError:  # the year has no branches and strengths: an operator's matter, said at the start
            pass
        else:
            answer = knowledge_texts.statistics(figures, settings.page("/statistics"))
    await answers.say(message.chat.id, answer)
