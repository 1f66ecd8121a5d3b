"""Processes and their duties, on both stores."""

import asyncio

from placement_alerts.store.base import OwnerId, Process, Store

O1, O2 = OwnerId("o1"), OwnerId("o2")


def a_process(owner: OwnerId = O1, beat: int = 1) -> Process:
    return Process(owner=owner, home="host/4026531836", pid=4711, started=1_700_000_000_123, beat=beat)


async def test_beat_stores_the_row_and_counts_up(store: Store) -> None:
    await store.processes.beat(a_process())
    await store.processes.beat(a_process(beat=2))
    await store.processes.beat(a_process(O2))

    assert sorted(await store.processes.all(), key=lambda row: row.owner) == [a_process(beat=2), a_process(O2)]


async def test_removed_process_is_forgotten_with_its_duties(store: Store) -> None:
    await store.processes.beat(a_process(O1))
    await store.processes.beat(a_process(O2))
    await store.processes.take("scheduler", O1)
    await store.processes.take("bot", O2)

    await store.processes.remove([O1, OwnerId("none")])

    assert await store.processes.all() == [a_process(O2)]
    assert await store.processes.holder("scheduler") is None
    assert await store.processes.holder("bot") == O2


async def test_duty_is_held_by_one_and_never_taken_from_it(store: Store) -> None:
    assert await store.processes.take("scheduler", O1)
    assert await store.processes.take("scheduler", O1)
    assert not await store.processes.take("scheduler", O2)

    assert await store.processes.holder("scheduler") == O1


async def test_duty_that_was_given_back_is_free(store: Store) -> None:
    await store.processes.take("scheduler", O1)

    await store.processes.drop("scheduler", O2)
    assert await store.processes.holder("scheduler") == O1

    await store.processes.drop("scheduler", O1)
    assert await store.processes.holder("scheduler") is None
    assert await store.processes.take("scheduler", O2)


async def test_fifty_that_reach_for_a_duty_at_once_leave_it_to_one(store: Store) -> None:
    async with asyncio.TaskGroup() as takers:
        answers = [takers.create_task(store.processes.take("scheduler", OwnerId(f"o{n}"))) for n in range(50)]

    assert [answer.result() for answer in answers].count(True) == 1
