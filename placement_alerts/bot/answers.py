"""What the bot says on its way out: sent beside the updates, so that a slow or lost answer holds up nobody."""

import asyncio
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError, TelegramNotFound
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
from aiogram.utils.formatting import Text

from placement_alerts.channels.telegram.text import layout
from placement_alerts.core.message import Button, Message

log = structlog.get_logger(__name__)

LANES = 4  # answers under way at once; a chat keeps to one lane, so its answers stay in order
WAITING_MAX = 250  # a lane; beyond it the person asked more than a minute ago
CALL_S = 10
DEADLINE_S = 90.0  # with the pause that a 429 may ask for, and one repetition
ROOM_S = 2.0

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Answer = SendMessage | AnswerCallbackQuery | EditMessageReplyMarkup


class Told(Enum):
    """How a message went that was sent at once."""

    YES = auto()
    NOT_NOW = auto()  # it may go another time
    NEVER = auto()  # the person never pressed Start, or blocked us


class Answers:
    """Sends what handlers want to say, in the background. What an answer was about is stored before it gets here."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._lanes: list[asyncio.Queue[Answer]] = [asyncio.Queue(WAITING_MAX) for _ in range(LANES)]

    async def say(self, chat_id: int, text: Text, thread_id: int | None = None) -> None:
        """Send a message to a chat soon."""
        await self._put(
            chat_id,
            SendMessage(
                chat_id=chat_id, message_thread_id=thread_id, link_preview_options=_NO_PREVIEW, **text.as_kwargs()
            ),
        )

    async def show(self, chat_id: int, message: Message) -> None:
        """Send a message of any length to a chat soon, in as many parts as it takes."""
        for part in _parts(chat_id, message):
            await self._put(chat_id, part)

    async def tell(self, chat_id: int, message: Message) -> Told:
        """Send a message now and say how it went; parts that went before a failure are sent again by the next try."""
        try:
            for part in _parts(chat_id, message):
                async with asyncio.timeout(DEADLINE_S):
                    await self._bot(part, request_timeout=CALL_S)
        except (TelegramBadRequest, TelegramForbiddenError, TelegramNotFound):
            return Told.NEVER
        except (AiogramError, TimeoutError) as error:
            log.info("answer.failed", method="SendMessage", error=type(error).__name__)
            return Told.NOT_NOW
        return Told.YES

    async def take_buttons(self, chat_id: int, message_id: int) -> None:
        """Take the buttons of a message of ours away soon."""
        await self._put(chat_id, EditMessageReplyMarkup(chat_id=chat_id, message_id=message_id))

    async def notify(self, user_id: int, query_id: str, text: str) -> None:
        """Answer a press of a button soon. text: at most 200 characters."""
        await self._put(user_id, AnswerCallbackQuery(callback_query_id=query_id, text=text))

    async def _put(self, person: int, answer: Answer) -> None:
        try:
            async with asyncio.timeout(ROOM_S):
                await self._lanes[person % LANES].put(answer)
        except TimeoutError:
            log.warning("answer.dropped", method=type(answer).__name__)

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            for number, lane in enumerate(self._lanes):
                lanes.create_task(self._carry(lane), name=f"answers-{number}")

    async def drain(self) -> None:
        """Wait until everything that was said so far is sent or given up; `run` has to be running."""
        for lane in self._lanes:
            await lane.join()

    async def _carry(self, lane: asyncio.Queue[Answer]) -> None:
        while True:
            answer = await lane.get()
            try:
                await self._send(answer)
            finally:
                lane.task_done()

    async def _send(self, answer: Any) -> None:
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._bot(answer, request_timeout=CALL_S)
        except (AiogramError, TimeoutError) as error:
            # the class alone: aiogram's text may hold the chat id; a press answered too late is nobody's trouble
            log.info("answer.failed", method=type(answer).__name__, error=type(error).__name__)


def _parts(chat_id: int, message: Message) -> Iterator[SendMessage]:
    """Yield what to send; the buttons stand under the last part."""
    parts = layout(message)
    for number, part in enumerate(parts, 1):
        yield SendMessage(
            chat_id=chat_id,
            text=part.text,
            entities=[
                MessageEntity(type=one.type, offset=one.offset, length=one.length, url=one.url) for one in part.entities
            ],
            link_preview_options=_NO_PREVIEW,
            reply_markup=_keyboard(message.buttons) if message.buttons and number == len(parts) else None,
        )


def _keyboard(buttons: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup:
    rows = [
        [InlineKeyboardButton(text=one.text, callback_data=one.data, url=one.url) for one in row] for row in buttons
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)
