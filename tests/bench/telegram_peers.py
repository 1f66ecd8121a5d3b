"""Who stands beside us in the Telegram benchmark: each sends every text to every chat in its own way."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError

from placement_alerts.app_parts import Parts, open_parts
from placement_alerts.core.delivery import WAITING, DeliveryState
from placement_alerts.sandbox.telegram_api import TOKEN
from tests.bench.rig import Used, chats, configuration, join, notices, progress, used

PATIENT = 1000  # tries of one message
# the best that was found by hand: with a burst of 20 at 29.5/s it wakes unevenly, and is refused 81 times in 300
TUNED_BURST, TUNED_RATE = 10, 29.0
NAIVE_S = 0.05

Peer = Callable[[str, int, int], Coroutine[Any, Any, Used]]
"""Sends so many notices (third) to so many students (second) at an address (first)."""


async def ours(address: str, students: int, count: int) -> Used:
    """Plan, claim, send and record: the whole pipeline as `run` assembles it, with its settings as shipped."""
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        async with open_parts(configuration(Path(folder), address), exclusive=True) as parts:
            await parts.membership.join()
            await join(parts.store, students)
            for notice in notices(count):
                await parts.store.notices.save(notice)
            with used() as found:
                await _carry(parts, students * count)
    return found


async def _carry(parts: Parts, expected: int) -> None:
    async with asyncio.TaskGroup() as tasks:
        planning = tasks.create_task(parts.planner.run())
        for lane in parts.lanes:
            tasks.create_task(lane.run())
        while (done := await _ended(parts)) < expected:
            progress(f"{done:,} of {expected:,}")
            await asyncio.sleep(0.2)
        parts.planner.stop()
        await planning
        for lane in parts.lanes:
            lane.stop()


async def _ended(parts: Parts) -> int:
    counts = await parts.store.deliveries.counts()
    return sum(n for (_, state), n in counts.items() if state not in WAITING and state is not DeliveryState.SENDING)


async def limiter_as_shipped(address: str, students: int, count: int) -> Used:
    """python-telegram-bot with AIORateLimiter(), told to retry because it loses what is refused otherwise."""
    from telegram.ext import AIORateLimiter

    return await _with_limiter(address, students, count, AIORateLimiter(max_retries=PATIENT))


async def limiter_tuned(address: str, students: int, count: int) -> Used:
    """The same with the fastest pace that is never refused."""
    from telegram.ext import AIORateLimiter

    pace = {"overall_max_rate": TUNED_BURST, "overall_time_period": TUNED_BURST / TUNED_RATE}
    return await _with_limiter(address, students, count, AIORateLimiter(**pace, max_retries=PATIENT))


async def _with_limiter(address: str, students: int, count: int, limiter: Any) -> Used:
    from telegram.ext import ExtBot

    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    async with ExtBot(TOKEN, base_url=f"{address}/bot", rate_limiter=limiter) as bot:
        with used() as found:
            async with asyncio.TaskGroup() as sends:
                for chat, text in _messages(students, count):
                    sends.create_task(bot.send_message(chat, text))
    return found


async def naive(address: str, students: int, count: int) -> Used:
    """One after the other over aiogram with a short sleep."""
    async with _bot(address) as bot:
        with used() as found:
            for chat, text in _messages(students, count):
                await _try(bot, chat, text)
                await asyncio.sleep(NAIVE_S)
    return found


async def gathered(address: str, students: int, count: int) -> Used:
    """All at once over aiogram."""
    async with _bot(address) as bot:
        with used() as found:
            await asyncio.gather(*(_try(bot, chat, text) for chat, text in _messages(students, count)))
    return found


@asynccontextmanager
async def _bot(address: str) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))
    try:
        yield bot
    finally:
        await bot.session.close()


async def _try(bot: Bot, chat: int, text: str) -> None:
    try:
        await bot.send_message(chat, text)
    except TelegramAPIError:
        return  # as such loops do: the simulator counts what was refused


def _messages(students: int, count: int) -> Iterator[tuple[int, str]]:
    for notice in notices(count):
        for chat in chats(students):
            yield chat, f"{notice.title}\n\n{notice.text}"


PEERS: dict[str, Peer] = {
    "ours": ours,
    "limiter as shipped": limiter_as_shipped,
    "limiter tuned": limiter_tuned,
    "naive loop": naive,
    "gather": gathered,
}


def chosen(names: Sequence[str] | None) -> dict[str, Peer]:
    """Return these peers, or all."""
    return {name: PEERS[name] for name in names or PEERS}
