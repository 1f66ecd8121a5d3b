"""`/policy`: the placement policy of a graduating year."""

import re

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from placement_alerts.bot import knowledge_texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import Addressed
from placement_alerts.bot.settings import BotSettings
from placement_alerts.store.base import Store

_YEAR = re.compile(r"20[2-4]\d", re.ASCII)


def make_policy_router() -> Router:
    """Return a fresh router."""
    router = Router(name="policies")
    router.message.register(policy, F.chat.type == ChatType.PRIVATE, Addressed(), Command("policy", ignore_case=True))
    return router


async def policy(
    message: Message, command: CommandObject, store: Store, answers: Answers, settings: BotSettings
) -> None:
    """Show the policy of the year that is asked for, or which years there are."""
    asked = (command.args or "").strip()
    found = await store.policies.latest(int(asked)) if _YEAR.fullmatch(asked) else None
    if found is None:
        years = await store.policies.years()
        await answers.say(message.chat.id, knowledge_texts.policy_years(years, asked[:20]))
    else:
        await answers.show(message.chat.id, knowledge_texts.policy(found, settings.page(f"/policy/{found.year}")))
