"""The bot's own name, and the addresses that lead to it."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

log = structlog.get_logger(__name__)


async def deep_link(bot: Bot, base: str, code: str, within_s: float) -> str | None:
    """Return the address that opens the bot and starts it with a code; None while Telegram does not tell its name.

    base: without a slash at its end. code: letters, figures, `_` and `-` only, at most 64.
    """
    try:
        async with asyncio.timeout(within_s):
            name = (await bot.me()).username
    except (TelegramAPIError, TimeoutError) as error:
        log.warning("bot.not_named", error=type(error).__name__)
        return None
    return f"{base}/{name}?start={code}" if name else None
