import asyncio
from collections.abc import Callable
from heapq import heappop, heappush

import pytest

from placement_alerts.channels.pacing import CAUTIOUS_S, Pacer
from placement_alerts.channels.patience import Patience
from placement_alerts.core.delivery import Priority


class Timer:
    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class DrivenClock:
    """A clock that stands still until a test moves it. late_s: by how much timers fire late."""

    def __init__(self, late_s: float = 0.0) -> None:
        self._now = 1000.0
        self._late_s = late_s
        self._timers: list[tuple[float, int, Timer, Callable[[], object]]] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        timer = Timer()
        heappush(self._timers, (self._now + delay + self._late_s, id(timer), timer, callback))
        return timer

    async def advance(self, seconds: float) -> None:
        end = self._now + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer, callback = heappop(self._timers)
            if not timer.cancelled:
                callback()
            await settle()
        self._now = end
        await settle()


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


async def take(pacer: Pacer, count: int, moments: list[float], priority: Priority = Priority.NORMAL) -> None:
    for _ in range(count):
        await pacer.turn(priority)
        pacer.used()
        moments.append(pacer.now())


async def test_burst_is_free_and_the_rest_follows_the_rate(clock: DrivenClock) -> None:
    pacer = Pacer(10, burst=3, clock=clock)
    moments: list[float] = []

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(pacer, 6, moments))
        await clock.advance(10)

    assert [round(moment - 1000, 3) for moment in moments] == [0, 0, 0, 0.1, 0.2, 0.3]


async def test_late_wake_ups_do_not_accumulate() -> None:
    clock = DrivenClock(late_s=0.02)
    pacer = Pacer(29.7, burst=27, clock=clock)
    moments: list[float] = []

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(pacer, 3000, moments))
        await clock.advance(200)

    assert moments[-1] - 1000 == pytest.approx((3000 - 27) / 29.7, abs=0.03)


async def test_turns_that_a_stall_kept_from_being_used_come_on_top_of_no_burst(clock: DrivenClock) -> None:
    pacer = Pacer(10, burst=5, clock=clock)
    assert [pacer.try_turn() for _ in range(3)] == [True] * 3

    await clock.advance(60)  # the store stands still before the calls are made
    for _ in range(3):
        pacer.used()

    assert [pacer.try_turn() for _ in range(3)] == [True, True, False]


async def test_turns_taken_behind_a_stall_leave_room_for_those_still_unused(clock: DrivenClock) -> None:
    pacer = Pacer(10, burst=5, clock=clock)
    assert [pacer.try_turn() for _ in range(3)] == [True] * 3

    await clock.advance(60)

    assert [pacer.try_turn() for _ in range(3)] == [True, True, False]


async def test_a_turn_that_nobody_used_costs_the_burst_and_never_the_pace(clock: DrivenClock) -> None:
    pacer = Pacer(10, burst=3, clock=clock)
    moments: list[float] = []
    for _ in range(50):
        pacer.try_turn()
        await clock.advance(1)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(pacer, 10, moments))
        await clock.advance(10)

    assert moments[-1] - moments[0] == pytest.approx(0.9)


async def test_default_burst_never_exceeds_what_the_rate_gives_in_a_second(clock: DrivenClock) -> None:
    pacers = [Pacer(rate, clock=clock) for rate in (1, 10, 29.7, 1000)]

    assert [sum(pacer.try_turn() for _ in range(100)) for pacer in pacers] == [1, 9, 27, 27]


async def test_better_priorities_pass_waiting_worse_ones(clock: DrivenClock) -> None:
    pacer = Pacer(1, burst=1, clock=clock)
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    order: list[Priority] = []

    async def wait(priority: Priority) -> None:
        await pacer.turn(priority)
        pacer.used()
        order.append(priority)

    async with asyncio.TaskGroup() as tasks:
        for priority in (Priority.LOW, Priority.NORMAL, Priority.URGENT, Priority.ANSWER, Priority.URGENT):
            tasks.create_task(wait(priority))
        await clock.advance(10)

    assert order == sorted(order)
    assert len(order) == 5


async def test_equal_priorities_keep_their_order(clock: DrivenClock) -> None:
    pacer = Pacer(1, burst=1, clock=clock)
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    order: list[int] = []

    async def wait(number: int) -> None:
        await pacer.turn(Priority.NORMAL)
        pacer.used()
        order.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(5):
            tasks.create_task(wait(number))
        await clock.advance(10)

    assert order == [0, 1, 2, 3, 4]


async def test_pause_closes_for_everything_and_is_only_ever_extended(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    pacer.pause(5)
    pacer.pause(1)
    moments: list[float] = []

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(pacer, 1, moments, Priority.ANSWER))
        await clock.advance(3)
        pacer.pause(4)
        await clock.advance(10)

    assert [moment - 1000 for moment in moments] == [7]


async def test_no_burst_follows_a_pause(clock: DrivenClock) -> None:
    pacer = Pacer(29.7, clock=clock)
    pacer.pause(5)
    await clock.advance(5)

    assert [pacer.try_turn() for _ in range(3)] == [True, False, False]
    pacer.used()
    await clock.advance(1 / 25 + 0.0001)
    assert pacer.try_turn()


async def test_full_pace_returns_after_the_caution(clock: DrivenClock) -> None:
    pacer = Pacer(29.7, clock=clock)
    pacer.pause(5)

    await clock.advance(5 + CAUTIOUS_S + 1)

    assert sum(pacer.try_turn() for _ in range(100)) == 27


async def test_cancelled_waiter_uses_no_turn(clock: DrivenClock) -> None:
    pacer = Pacer(1, burst=1, clock=clock)
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    waiter = asyncio.create_task(pacer.turn(Priority.URGENT))
    await settle()

    waiter.cancel()
    await asyncio.wait([waiter])
    await clock.advance(1)

    assert pacer.waiting == 0
    assert pacer.try_turn()


async def test_turn_granted_to_a_waiter_that_is_cancelled_at_once_passes_on(clock: DrivenClock) -> None:
    pacer = Pacer(1, burst=2, clock=clock)
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    first = asyncio.create_task(pacer.turn(Priority.URGENT))
    second = asyncio.create_task(pacer.turn(Priority.NORMAL))
    await settle()

    clock._now += 1  # the turn is granted, and in the same instant the first waiter is cancelled
    pacer._wake_up()
    first.cancel()
    await settle()

    assert first.cancelled()
    assert second.done()


async def test_turn_given_back_can_be_taken_again(clock: DrivenClock) -> None:
    pacer = Pacer(0.001, burst=1, clock=clock)
    await pacer.turn(Priority.NORMAL)

    pacer.give_back()

    assert pacer.try_turn()
    assert not pacer.try_turn()


async def test_try_turn_does_not_pass_those_who_wait(clock: DrivenClock) -> None:
    pacer = Pacer(1, burst=1, clock=clock)
    await pacer.turn(Priority.NORMAL)
    pacer.used()
    waiter = asyncio.create_task(pacer.turn(Priority.LOW))
    await settle()
    clock._now += 1.5  # a turn is free, but its timer has not fired yet

    taken = pacer.try_turn()

    assert not taken
    await clock.advance(1)
    assert waiter.done()


async def test_hold_lets_one_call_through_at_a_time_until_released(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    pacer.hold(10)

    assert not pacer.try_turn()
    await clock.advance(10)
    assert [pacer.try_turn() for _ in range(2)] == [True, False]
    pacer.release()
    assert pacer.try_turn()


async def test_release_does_not_shorten_a_pause(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    pacer.pause(10)
    pacer.hold(1)

    pacer.release()

    assert not pacer.try_turn()


async def test_probe_given_back_lets_another_go(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    pacer.hold(1)
    await clock.advance(1)
    assert pacer.try_turn()

    pacer.give_back()

    assert pacer.try_turn()


async def test_target_rests_during_its_delivery_and_for_each_call_after_it(clock: DrivenClock) -> None:
    pacer = Pacer(100, per_target_s=1, clock=clock)

    pacer.begin_delivery("7")
    assert pacer.resting() == ("7",)
    pacer.end_delivery("7", 3)
    await clock.advance(2.5)
    assert pacer.resting() == ("7",)
    assert pacer.rested_in() == pytest.approx(0.5)
    await clock.advance(0.5)
    assert pacer.resting() == ()
    assert pacer.rested_in() is None


async def test_group_gets_20_a_minute(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)

    pacer.end_delivery("-1005", 1)

    assert pacer.rested_in() == pytest.approx(60 / 20)


async def test_rested_targets_are_forgotten(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    for number in range(10_000):
        pacer.begin_delivery(str(number))
        pacer.end_delivery(str(number), 1)
        pacer.answer_in(str(number))
        clock._now += 0.01

    assert len(pacer.rests) <= 2 / 0.01 + 1

    clock._now += 10
    pacer.resting()

    assert len(pacer.rests) == 0


@pytest.mark.parametrize("asked", [1e300, 10**400])
async def test_pause_is_at_most_a_day(clock: DrivenClock, asked: float) -> None:
    pacer = Pacer(100, clock=clock)

    pacer.pause(asked)

    assert pacer.paused_for() == 86_400


async def test_three_answers_in_a_row_go_at_once_and_the_fourth_waits(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)

    assert [pacer.answer_in("7") for _ in range(4)] == [0, 0, 0, pytest.approx(1)]


async def test_waits_grow_to_the_longest_while_the_peer_stays_away(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    patience = Patience(pacer, "telegram", {})
    waits = []
    for _ in range(8):
        began = pacer.now() + 0.001
        patience.failed("7", "away", began=began, surely=True)
        waits.append(pacer._held_until - pacer.now())
        await clock.advance(waits[-1] + 0.01)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_calls_that_fail_together_are_one_failure(clock: DrivenClock) -> None:
    pacer = Pacer(100, clock=clock)
    patience = Patience(pacer, "telegram", {})
    began = pacer.now()
    await clock.advance(0.1)

    counted = [not patience.failed(str(target), "away", began=began, surely=True) for target in range(8)]

    assert pacer._held_until - pacer.now() == 1
    assert counted == [True] + [False] * 7
