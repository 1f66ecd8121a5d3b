"""How close to Telegram's limit the real Bot gets: `python -m tests.bench.telegram_pace --n 300`.

The simulated Bot API runs in a process of its own; counts and times are its own log's. PROOF.md, P1.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from placement_alerts.channels.base import Parcel
from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram import TelegramChannel
from placement_alerts.core.delivery import Priority
from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.outcome import Sent
from placement_alerts.sandbox.telegram_api import TOKEN
from placement_alerts.sandbox.telegram_chats import FIRST_STUDENT_ID

MESSAGE = Message(
    (
        Block((Span("Acme Labs", frozenset({Style.BOLD})), Span(" · Software Engineer"))),
        Block((Span("Apply by Sat 28 Nov 2026, 17:00 IST"),)),
        Block((Span("Open the notice", url="https://placement.example/notices/1"),)),
    ),
    buttons=((Button("Seen", data="seen:1"),),),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """What the simulator counted. of_the_limit: PROOF.md, "Of the limit"."""

    accepted: int
    refusals: int
    seconds: float
    of_the_limit: float | None
    cpu_us: float


@asynccontextmanager
async def simulator(*arguments: str) -> AsyncIterator[str]:
    """Run the simulated Bot API in a process of its own; yields its address."""
    command = (sys.executable, "-m", "placement_alerts.sandbox.telegram_api", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            address = (await process.stdout.readline()).decode().strip()
        yield address
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def bot_at(address: str) -> AsyncIterator[Bot]:
    """Open the real Bot on the simulator."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address)))
    try:
        yield bot
    finally:
        await bot.session.close()


async def send_all(channel: TelegramChannel, targets: Iterator[str]) -> None:
    """Deliver to all targets with the channel's slots."""

    async def slot() -> None:
        while True:
            await channel.gate.turn(Priority.NORMAL)
            target = next(targets, None)
            if target is None:
                channel.gate.give_back()
                return
            outcome = await channel.deliver(Parcel(target, MESSAGE), Priority.NORMAL, _record)
            assert isinstance(outcome, Sent), outcome

    async with asyncio.TaskGroup() as slots:
        for _ in range(channel.slots):
            slots.create_task(slot())


async def measure(count: int, *, limited: bool, students: int, slots: int) -> Pace:
    """Send `count` messages to as many students as there are, in turn."""
    arguments = ["--students", str(students)]
    arguments += ["--rate", "30", "--burst", "30", "--penalty-s", "3"] if limited else ["--no-limit"]
    arguments += ["--latency-ms", "60" if limited else "0"]
    targets = (str(FIRST_STUDENT_ID + index % students) for index in range(count))
    async with simulator(*arguments) as address, bot_at(address) as bot:
        channel = TelegramChannel(bot, Pacer(29.7 if limited else 100_000), slots=slots)
        cpu = time.process_time()
        await send_all(channel, targets)
        cpu = time.process_time() - cpu
        summary = await _summary(address)
    seconds = summary["last_at"] - summary["first_at"]
    return Pace(
        accepted=summary["accepted"],
        refusals=summary["calls"].get("sendMessage", {}).get("429", 0),
        seconds=seconds,
        of_the_limit=(count - 30) / 30 / seconds if limited else None,
        cpu_us=cpu / count * 1e6,
    )


async def _record(_ids: tuple[str, ...], _announced_id: str | None) -> None:
    """Nothing is kept."""


async def _summary(address: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/sandbox/summary") as response:
        summary: dict[str, Any] = json.loads(await response.text())
        return summary


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--no-limit", action="store_true", help="how fast it goes without a limit and latency")
    parser.add_argument("--students", type=int, default=3000)
    parser.add_argument("--slots", type=int, default=8)
    given = parser.parse_args(arguments)
    pace = asyncio.run(measure(given.n, limited=not given.no_limit, students=given.students, slots=given.slots))
    share = "" if pace.of_the_limit is None else f", {pace.of_the_limit:.3f} of the limit"
    print(  # noqa: T201 - the result
        f"{pace.accepted} accepted in {pace.seconds:.2f} s ({pace.accepted / pace.seconds:.0f}/s){share}, "
        f"{pace.refusals} refused with 429, {pace.cpu_us:.0f} µs CPU a message"
    )


if __name__ == "__main__":
    main()
