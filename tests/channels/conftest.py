"""The real Bot on a simulated Bot API, and a channel over it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from placement_alerts.channels.base import Parcel
from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.core.brief import brief_of
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.message import Block, Message, Span
from placement_alerts.core.outcome import Outcome
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from tests.builders import a_notice

STUDENT = 7


class PromptSession(AiohttpSession):
    """aiogram's, without the quarter of a second that it waits for TLS connections at its end."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


BotAt = Callable[..., AbstractAsyncContextManager[Bot]]
Deliver = Callable[..., Awaitable[Outcome]]


@asynccontextmanager
async def open_bot(base_url: str, token: str) -> AsyncIterator[Bot]:
    bot = Bot(token, session=PromptSession(api=TelegramAPIServer.from_base(base_url)))
    try:
        yield bot
    finally:
        await bot.session.close()


@pytest.fixture
async def telegram_api() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as telegram:
        telegram.add_person(STUDENT)
        yield telegram


@pytest.fixture
async def bot(telegram_api: SimulatedTelegram) -> AsyncIterator[Bot]:
    async with open_bot(telegram_api.base_url, telegram_api.token) as bot:
        yield bot


@pytest.fixture
def pacer() -> Pacer:
    return Pacer(1000, per_target_s=0)


@pytest.fixture
def channel(bot: Bot, pacer: Pacer) -> TelegramChannel:
    channel = TelegramChannel(bot, pacer, deadline_s=2)
    bot.session.middleware(channel.turns)
    return channel


class Records:
    """What a channel made durable on the way."""

    def __init__(self) -> None:
        self.parts: list[tuple[tuple[str, ...], str | None]] = []

    async def __call__(self, message_ids: tuple[str, ...], announced_id: str | None) -> None:
        self.parts.append((message_ids, announced_id))


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
def deliver(channel: TelegramChannel, records: Records) -> Deliver:
    """Deliver as the pipeline does: a turn is taken first."""

    async def deliver(parcel: Parcel | None = None, priority: Priority = Priority.NORMAL) -> Outcome:
        await channel.gate.turn(priority)
        return await channel.deliver(parcel or a_parcel(), priority, records)

    return deliver


def a_message(*lines: str) -> Message:
    return Message(tuple(Block((Span(line),)) for line in lines or ("Acme Labs is hiring",)))


def a_parcel(
    message: Message | None = None,
    *,
    target: str = str(STUDENT),
    announcement: Message | None = None,
    shown: tuple[str, ...] = (),
    done: tuple[str, ...] = (),
    announced_id: str | None = None,
) -> Parcel:
    brief = brief_of(a_notice(), urgent=False, change=None)
    return Parcel(target, message or a_message(), DeliveryId("d1"), brief, announcement, shown, done, announced_id)


def texts(telegram: SimulatedTelegram, chat_id: int = STUDENT) -> list[str]:
    """What stands in a chat now, from the bot."""
    messages = telegram.world.chats[chat_id].messages.values()
    return [message.text for message in messages if message.from_bot and not message.deleted]
