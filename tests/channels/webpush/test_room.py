import asyncio

import pytest

from placement_alerts.channels.webpush.room import Room
from placement_alerts.channels.webpush.turns import LoopTurns
from placement_alerts.core.delivery import Priority


class Clock:
    """Time that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(clock: Clock) -> Room:
    return Room(8, 4, clock)


def taken(room: Room) -> int:
    """Take all the room there is; return how much."""
    count = 0
    while room.try_turn():
        count += 1
    return count


def test_there_is_room_for_every_slot(room: Room) -> None:
    assert taken(room) == 8


def test_room_that_was_given_back_is_taken_again(room: Room) -> None:
    taken(room)
    room.begin("a")
    room.end("a")
    room.give_back()

    assert taken(room) == 2


async def test_who_waits_gets_the_next_room(room: Room) -> None:
    taken(room)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(room.turn(Priority.NORMAL))
        await asyncio.sleep(0)
        assert not waiting.done()
        room.give_back()


def test_targets_under_way_rest(room: Room) -> None:
    room.begin("a")
    room.begin("a")
    room.begin("b")
    room.end("a")
    room.end("b")

    assert room.resting() == ("a",)


def test_room_shrinks_to_the_least_while_rows_come_back_and_grows_by_what_is_sent(room: Room) -> None:
    for _ in range(20):
        room.put_back(0.2, shrink=True)
    assert taken(room) == 4

    for _ in range(8):
        room.sent()
    assert taken(room) == 2


def test_service_that_may_hang_leaves_all_room_to_the_others(room: Room) -> None:
    for _ in range(20):
        room.put_back(0.2, shrink=True)

    room.put_back(1.0, shrink=False)

    assert taken(room) == 8


def test_lane_is_told_when_the_first_row_comes_back(room: Room, clock: Clock) -> None:
    room.put_back(0.2, shrink=True)
    clock.now = 0.1
    room.put_back(0.2, shrink=True)

    assert room.rested_in() == pytest.approx(0.1)
    clock.now = 0.25
    assert room.rested_in() == pytest.approx(0.05)
    clock.now = 1.0
    assert room.rested_in() is None


async def test_one_a_turn_of_the_loop() -> None:
    turns, loop_turn, seen = LoopTurns(), 0, []

    async def work() -> None:
        await turns.turn()
        seen.append(loop_turn)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(10):
            tasks.create_task(work())
        while len(seen) < 10:
            await asyncio.sleep(0)
            loop_turn += 1

    assert len(set(seen[1:])) == 9


async def test_who_went_away_does_not_hold_the_others() -> None:
    turns = LoopTurns()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        first, gone, last = (tasks.create_task(turns.turn()) for _ in range(3))
        await asyncio.sleep(0)
        gone.cancel()
        await last

    assert first.done()
