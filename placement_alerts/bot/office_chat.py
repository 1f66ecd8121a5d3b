"""The office's own chat, `telegram.default_chat`: what the existing bot's route `/api/notify/telegram` writes to."""

import asyncio
import html
import re

import structlog
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import LinkPreviewOptions

DEADLINE_S = 10.0
TEXT_LIMIT = 4096  # characters after entities are parsed: Bot API, sendMessage

log = structlog.get_logger(__name__)


async def say(bot: Bot, chat: str, text: str) -> bool:
    """Send HTML once, as plain text if Telegram cannot parse it; False if that did not work."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            try:
                await _send(bot, chat, text[:TEXT_LIMIT], ParseMode.HTML)
            except TelegramBadRequest:
                await _send(bot, chat, html.unescape(re.sub(r"<[^<>]{0,200}>", "", text))[:TEXT_LIMIT], None)
    except (TelegramAPIError, TimeoutError) as error:
        log.warning("office_chat.not_told", error=type(error).__name__)
        return False
    return True


async def _send(bot: Bot, chat: str, text: str, parse_mode: ParseMode | None) -> None:
    quiet = LinkPreviewOptions(is_disabled=True)
    await bot.send_message(chat, text, parse_mode=parse_mode, link_preview_options=quiet)
