import asyncio
import os
import sys
from dataclasses import replace

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.errors import StoreBusy
from placement_alerts.pipeline.membership import Membership, somebody_runs, this_process
from placement_alerts.store.base import Claim, OwnerId, Process, Store
from tests.builders import a_notice
from tests.pipeline.conftest import Hand, Works


def member(store: Store, now: Hand, *, alone: bool = False, dead_after_s: float = 30.0) -> Membership:
    return Membership(store, this_process(), now, alone=alone, dead_after_s=dead_after_s)


def elsewhere(owner: str, beat: int = 1) -> Process:
    return Process(OwnerId(owner), "another machine", os.getpid(), 1, beat)


async def claim_one(works: Works, owner: str) -> None:
    await works.join(7)
    await works.publish(a_notice())
    await works.store.deliveries.exchange([], Claim("telegram", OwnerId(owner), "t", 1, works.now()))


async def test_what_an_earlier_life_on_an_embedded_store_was_sending_is_due_at_once(works: Works) -> None:
    await claim_one(works, "earlier")
    await works.store.processes.beat(elsewhere("earlier"))

    await member(works.store, works.now, alone=True).join()

    assert await works.states() == [DeliveryState.DUE]


async def test_a_process_of_this_machine_that_is_gone_is_buried_at_once(works: Works) -> None:
    await claim_one(works, "gone")
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    await works.store.processes.beat(replace(this_process(), owner=OwnerId("gone"), pid=ended.pid))

    await member(works.store, works.now).join()

    assert await works.states() == [DeliveryState.DUE]


async def test_a_reused_pid_is_not_taken_for_the_process(works: Works) -> None:
    await claim_one(works, "gone")
    me = this_process()
    await works.store.processes.beat(replace(me, owner=OwnerId("gone"), started=me.started - 1))

    await member(works.store, works.now).join()

    assert await works.states() == [DeliveryState.DUE]


async def test_a_process_elsewhere_keeps_its_rows_while_we_have_not_watched_it(works: Works) -> None:
    await claim_one(works, "far")
    await works.store.processes.beat(elsewhere("far"))
    works.now.turn(days=1)

    await member(works.store, works.now, dead_after_s=0.0).join()

    assert await works.states() == [DeliveryState.SENDING]


async def test_a_process_elsewhere_whose_beat_stood_still_is_buried(works: Works) -> None:
    await claim_one(works, "far")
    await works.store.processes.beat(elsewhere("far"))
    mine = member(works.store, works.now, dead_after_s=0.0)

    await mine.join()
    await mine.join()

    assert await works.states() == [DeliveryState.DUE]


async def test_a_process_elsewhere_whose_beat_moves_lives(works: Works) -> None:
    await claim_one(works, "far")
    mine = member(works.store, works.now, dead_after_s=0.0)

    for beat in (1, 2, 3):
        await works.store.processes.beat(elsewhere("far", beat))
        await mine.join()

    assert await works.states() == [DeliveryState.SENDING]


async def test_a_duty_is_held_by_one_process_at_a_time(store: Store, now: Hand) -> None:
    first, second = member(store, now), member(store, now)

    assert await first.hold("scheduler")
    assert not await store.processes.take("scheduler", second.owner)


async def test_who_waits_for_a_duty_ends_when_the_process_stops(store: Store, now: Hand) -> None:
    first, second = member(store, now), member(store, now)
    await first.hold("scheduler")

    async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(second.hold("scheduler"))
        await asyncio.sleep(0)
        second.stop()

    assert waiting.result() is False


async def test_a_process_that_lost_a_duty_while_it_stood_still_ends(store: Store, now: Hand) -> None:
    mine = Membership(store, this_process(), now, alone=True, dead_after_s=30.0, beat_s=0.01)
    await mine.hold("scheduler")
    await store.processes.remove([mine.owner])
    await store.processes.take("scheduler", OwnerId("other"))

    with pytest.raises(StoreBusy, match="took over scheduler"):
        await mine.run()


async def test_a_process_that_runs_here_is_found(store: Store, now: Hand) -> None:
    await member(store, now).join()

    assert await somebody_runs(store)


async def test_an_empty_store_has_nobody(store: Store) -> None:
    assert not await somebody_runs(store)


async def test_who_left_is_forgotten_with_its_duties(store: Store, now: Hand) -> None:
    mine = member(store, now)
    await mine.join()
    await mine.hold("scheduler")

    await mine.leave()

    assert await store.processes.all() == []
    assert await store.processes.holder("scheduler") is None


async def test_an_outage_of_the_store_is_nobodys_death(works: Works) -> None:
    await claim_one(works, "far")
    await works.store.processes.beat(elsewhere("far"))
    mine = Membership(
        works.store, this_process(), works.now, alone=False, dead_after_s=0.05, beat_s=0.001
    )  # fmt: skip

    await mine.join()
    await asyncio.sleep(0.1)  # no look at the store meanwhile, as while it is away
    await mine.join()

    assert await works.states() == [DeliveryState.SENDING]


async def test_a_duty_that_is_taken_over_while_the_others_are_confirmed_ends_nothing(store: Store, now: Hand) -> None:
    mine = Membership(store, this_process(), now, alone=True, dead_after_s=30.0, beat_s=0.0)
    await mine.hold("duty 0")

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(mine.run())
        for number in range(1, 50):
            await mine.hold(f"duty {number}")
        mine.stop()

    assert running.exception() is None


async def test_who_waits_for_a_duty_is_let_go_before_the_beats_end(store: Store, now: Hand) -> None:
    first, second = member(store, now), member(store, now)
    await first.hold("scheduler")

    async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(second.hold("scheduler"))
        await asyncio.sleep(0)
        second.take_no_more()

    assert waiting.result() is False
