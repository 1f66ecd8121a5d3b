"""How fast the engine is when nothing limits it (PROOF.md, P11): planning, then claim, send and receipt, on one core.

python -m tests.bench.engine [--url mongodb://HOST/NAME] [--students 10000] [--slots 8 64]

Without a URL: SQLite in a temporary folder. A named database should be an empty one: the rows stay in it.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from placement_alerts.app_parts import now
from placement_alerts.channels.base import Channel, Parcel, RecordPart
from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.core.delivery import DeliveryState, Priority
from placement_alerts.core.outcome import Outcome, Sent
from placement_alerts.core.render import ShowNames
from placement_alerts.core.retry import RetryPolicy
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.sandbox.telegram_api import TOKEN
from placement_alerts.store import open_store
from placement_alerts.store.base import OwnerId, Store
from tests.bench.rig import (
    STRETCH_COLUMNS,
    Stretch,
    chats,
    join,
    notices,
    one_core,
    progress,
    quiet_logs,
    row_of,
    say,
    simulated_telegram,
    stretch_of,
    table,
)

UNLIMITED = 100_000.0  # a second
BATCH = 64  # fanout.batch as shipped
LOOK_S = 0.05


class InstantChannel:
    """Takes everything at once. Implements `channels.base.Channel`."""

    name = "telegram"  # the students' addresses are of this channel
    trouble = None

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.gate = Pacer(UNLIMITED, per_target_s=0.0, per_group_s=0.0)

    async def deliver(self, _parcel: Parcel, _priority: Priority, _record: RecordPart) -> Outcome:
        self.gate.used()
        return Sent(("1",))

    async def check(self) -> str:
        return "instant"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="also measure this MongoDB")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--slots", type=int, nargs="+", default=[8, 64])
    given = parser.parse_args(arguments)
    asyncio.run(_measure(given.students, given.slots, given.url))
    say(
        "Our process is kept on one core; per CPU second, of all its threads, is what that core does undisturbed. "
        "Lag: how late the event loop was meanwhile, sampled every 2 ms."
    )
    if not given.url:
        say("MongoDB: not measured: no --url given")


async def _measure(students: int, slots: Sequence[int], url: str | None) -> None:
    rows: list[tuple[str, ...]] = []
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        stores = {"SQLite": f"sqlite:///{Path(folder)}/bench.db"} | ({"MongoDB": url} if url else {})
        for name, store_url in stores.items():
            store = await open_store(store_url)
            try:
                rows += await _measure_store(name, store, students, slots)
            finally:
                await store.close()
    progress("")
    table(("", "deliveries", *STRETCH_COLUMNS), *rows)


async def _measure_store(name: str, store: Store, students: int, slots: Sequence[int]) -> list[tuple[str, ...]]:
    progress(f"{name}: {students:,} students press Start")
    await join(store, students)
    postings = notices(100)
    rows: list[tuple[str, ...]] = []
    for number in slots:
        progress(f"{name}: {number} slots, instant channel")
        await store.notices.save(next(postings))
        planned, carried = await _plan_and_carry(store, InstantChannel(number))
        if not rows:
            rows.append(row_of(f"{name}: plan", planned))
        rows.append(row_of(f"{name}: carry, instant channel, {number} slots", carried))
    async with simulated_telegram("--no-limit", "--latency-ms", "0", "--students", str(students)) as address:
        for number in slots:
            progress(f"{name}: {number} slots, Telegram channel")
            await store.notices.save(next(postings))
            async with _bot(address, number) as bot:
                channel = TelegramChannel(bot, Pacer(UNLIMITED, per_target_s=0.0), slots=number)
                _, carried = await _plan_and_carry(store, channel)
            rows.append(row_of(f"{name}: carry, Telegram channel, {number} slots", carried))
        progress("aiogram alone")
        rows.append(row_of(f"aiogram's Bot alone, {slots[0]} in flight", await _send_bare(address, students, slots[0])))
    return rows


async def _send_bare(address: str, students: int, in_flight: int) -> Stretch:
    """Send the text alone, as a floor for what the pipeline adds: nothing planned, claimed or recorded."""
    posting = next(notices(1))
    left = iter(chats(students))
    async with _bot(address, in_flight) as bot:

        async def send() -> None:
            for chat in left:
                await bot.send_message(chat, f"{posting.title}\n\n{posting.text}")

        async def send_all() -> int:
            async with asyncio.TaskGroup() as sends:
                for _ in range(in_flight):
                    sends.create_task(send())
            return students

        with one_core():
            return await stretch_of(send_all)


@asynccontextmanager
async def _bot(address: str, in_flight: int) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(address), limit=in_flight)
    try:
        yield Bot(TOKEN, session=session)
    finally:
        await session.close()


async def _plan_and_carry(store: Store, channel: Channel) -> tuple[Stretch, Stretch]:
    """Plan what is stored, then carry it."""
    showing = Showing(store.notices, ShowNames.COUNT, now)
    lane = Lane(channel, store, showing, OwnerId("bench"), now, RetryPolicy(), BATCH)
    planner = Planner(store, (lane,), showing, now)
    before = await _sent(store)
    with one_core():
        planned = await stretch_of(lambda: _plan(store, planner))
        lane.stop_when_empty()
        carried = await stretch_of(lambda: _carry(store, lane, before))
    return planned, carried


async def _plan(store: Store, planner: Planner) -> int:
    await planner.run_once()
    return sum(n for (_, state), n in (await store.deliveries.counts()).items() if state is DeliveryState.DUE)


async def _carry(store: Store, lane: Lane, before: int) -> int:
    await lane.run()
    return await _sent(store) - before


async def _sent(store: Store) -> int:
    return sum(n for (_, state), n in (await store.deliveries.counts()).items() if state is DeliveryState.SENT)


if __name__ == "__main__":
    quiet_logs()
    main()
