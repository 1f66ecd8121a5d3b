"""PROOF.md, R4 and R5 in small: many deliveries through a storm of faults, by the channel alone."""

import asyncio
from collections import Counter, deque

from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.telegram.channel import TelegramChannel
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred, Sent
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_faults import Storm
from tests.channels.conftest import Records, a_parcel, open_bot

STUDENTS = 150


async def test_storm_loses_nothing_and_repeats_only_where_an_answer_was_lost() -> None:
    async with SimulatedTelegram() as telegram, open_bot(telegram.base_url, telegram.token) as bot:
        waiting = deque(str(chat.id) for chat in telegram.world.add_students(STUDENTS))
        telegram.storm(Storm(seed=5, floods=0.01, flood_s=(1, 1), server_errors=0.15, resets=0.05, lost=0.05))
        channel = TelegramChannel(bot, Pacer(1000, per_target_s=0))
        possibly: Counter[str] = Counter()

        async def slot() -> None:
            while waiting:
                target = waiting.popleft()
                await channel.gate.turn(Priority.NORMAL)
                outcome = await channel.deliver(a_parcel(target=target), Priority.NORMAL, Records())
                if not isinstance(outcome, Sent):
                    assert isinstance(outcome, Deferred)
                    possibly[target] += outcome.possibly_delivered
                    waiting.append(target)

        async with asyncio.timeout(60), asyncio.TaskGroup() as slots:
            for _ in range(channel.slots):
                slots.create_task(slot())

    copies = {str(chat_id): len(sent) for chat_id, sent in telegram.sends.items()}
    assert len(copies) == STUDENTS
    assert not [target for target, number in copies.items() if number > 1 + possibly[target]]


async def _deliver_one(channel: TelegramChannel, target: str) -> None:
    await channel.gate.turn(Priority.NORMAL)
    await channel.deliver(a_parcel(target=target), Priority.NORMAL, Records())


async def test_one_chat_that_hangs_delays_nobody_else() -> None:
    async with SimulatedTelegram() as telegram, open_bot(telegram.base_url, telegram.token) as bot:
        sick, *others = (str(chat.id) for chat in telegram.world.add_students(50))
        telegram.hang_for(int(sick))
        channel = TelegramChannel(bot, Pacer(1000, per_target_s=0), deadline_s=3)

        async with asyncio.TaskGroup() as slots:
            hanging = slots.create_task(_deliver_one(channel, sick))
            async with asyncio.TaskGroup() as healthy:
                for target in others:
                    healthy.create_task(_deliver_one(channel, target))
            still_hanging = not hanging.done()

    assert still_hanging
    assert len(telegram.sends) == len(others)
