"""The pace of a channel: how many calls a second, who goes first, when nobody may, and how long a target rests."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Protocol

from placement_alerts.channels.rests import Rests
from placement_alerts.core.delivery import Priority

BURST = 27  # calls; Telegram's bucket is about 30, three are left for a network that bunches
BURST_S = 0.91  # never more than this many seconds' worth of calls at once
CAUTIOUS_SHARE = 25 / 29.7  # of the rate, once a peer has asked for a pause: telegram.md, section 4
CAUTIOUS_S = 60.0  # how long the caution lasts
GRAIN_S = 1e-6  # what sums of floats may be wrong by
LONGEST_PAUSE_S = 86_400.0  # nobody asks for a longer silence and means it
PROBE_S = 15.0  # a peer in trouble gets one call at a time; the next at the latest after this


class Handle(Protocol):
    """A timer that was set."""

    def cancel(self) -> None:
        """Make it never fire."""


class Clock(Protocol):
    """Monotonic time and timers. An event loop is one."""

    def time(self) -> float:
        """Return the seconds since some fixed moment."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle:
        """Call `callback` after `delay` seconds."""


class Pacer:
    """Paces one peer for the whole process; implements `Gate`.

    Turns follow a theoretical arrival time, so waking up late costs nothing: the next turns come sooner. After a burst
    of `burst` turns the N-th is free at (N - burst) / rate_per_second. Whoever takes a turn says `used` when its
    call is made, or gives it back.

    burst: None for as many as fit the rate. clock: None for the running event loop.
    """

    def __init__(
        self,
        rate_per_second: float,
        *,
        per_target_s: float = 1.0,
        per_group_s: float = 3.0,  # 20 a minute
        burst: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._interval_s = 1 / rate_per_second
        self._burst = burst if burst is not None else max(1, min(BURST, int(rate_per_second * BURST_S)))
        self._given_clock = clock
        self._next = -inf  # theoretical arrival time of the next turn
        self._unused = 0  # turns that were taken and whose call was not made yet
        self._paused_until = -inf
        self._cautious_until = -inf
        self._held_until = -inf
        self._probing = False  # held, or one call at a time since
        self._probe_is_out = False
        self._waiting: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._timer: tuple[float, Handle] | None = None
        self.rests = Rests(per_target_s, per_group_s)

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    async def turn(self, priority: Priority) -> None:
        """Wait until one call may be made, and take that turn. Better priorities pass waiting worse ones."""
        waiter = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (priority, next(self._numbers), waiter))
        self._grant()
        if waiter.done():
            return
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():  # granted and cancelled in the same instant
                self.give_back()
            raise

    def try_turn(self) -> bool:
        """Take a turn if one is free now and nobody waits for it; never waits."""
        self._forget_cancelled()
        if self._waiting or self._free_in(self._clock.time()) > 0:
            return False
        self._take(self._clock.time())
        return True

    def used(self) -> None:
        """Say that the call of a turn is made now. After a stall it counts from now: that is when the peer sees it."""
        now = self._clock.time()
        self._next = max(self._next, now + self._unspent() * self._spacing(now))
        self._unused = max(0, self._unused - 1)

    def give_back(self) -> None:
        """Return a turn that was taken and not used."""
        self._unused = max(0, self._unused - 1)
        self._next -= self._spacing(self._clock.time())
        if self._probe_is_out:
            self._probe_is_out = False
            self._held_until = -inf
        self._grant()

    def pause(self, seconds: float) -> None:
        """Close the gate for everything, because the peer asked; a day at most.

        Never shortened; a later longer one extends it.
        """
        now = self._clock.time()
        self._paused_until = max(self._paused_until, now + min(seconds, LONGEST_PAUSE_S))
        self._cautious_until = self._paused_until + CAUTIOUS_S

    def now(self) -> float:
        """Return the time of the clock that this pacer goes by."""
        return self._clock.time()

    def paused_for(self) -> float:
        """Return for how many seconds more the peer asked us to be silent; 0 when it did not."""
        return max(0.0, self._paused_until - self._clock.time())

    async def until_unpaused(self) -> None:
        """Wait for the end of the peer's pause without taking a turn."""
        while (left := self.paused_for()) > 0:  # noqa: ASYNC110 - a pause may have been extended meanwhile
            await asyncio.sleep(left)

    def hold(self, seconds: float) -> None:
        """Close the gate by our own wish, because the peer is in trouble; then one turn at a time until `release`."""
        self._probing = True
        self._probe_is_out = False
        self._held_until = self._clock.time() + seconds

    def release(self) -> None:
        """End a hold, because the peer answers again. A pause stays."""
        if self._probing:
            self._probing = self._probe_is_out = False
            self._held_until = -inf
            self._grant()

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        self._forget_cancelled()
        return sum(not waiter.done() for _, _, waiter in self._waiting)

    def resting(self) -> tuple[str, ...]:
        """Return the targets that must not get a delivery just now; bounded by what is sent within their rest."""
        return self.rests.resting(self._clock.time())

    def rested_in(self) -> float | None:
        """Return the seconds until the first resting target may get one; None if none rests."""
        return self.rests.rested_in(self._clock.time())

    def begin_delivery(self, target: str) -> None:
        """From now on `target` rests, until `end_delivery` and its time."""
        self.rests.begin(target)

    def end_delivery(self, target: str, calls: int) -> None:
        """Let `target` rest its spacing for each of the `calls` made to it."""
        self.rests.end(target, calls, self._clock.time())

    def answer_in(self, target: str) -> float:
        """Count one answer to `target`; return in how many seconds it may be made: 0 for the first few in a row."""
        return self.rests.answer(target, self._clock.time())

    def _unspent(self) -> int:
        """Return how many turns to keep room for: a turn that somebody forgot may cost the burst, never the pace."""
        return min(self._unused, self._burst - 1)

    def _spacing(self, now: float) -> float:
        return self._interval_s / CAUTIOUS_SHARE if now < self._cautious_until else self._interval_s

    def _free_in(self, now: float) -> float:
        paced = self._next - (self._burst - 1) * self._spacing(now)
        wait = max(paced, self._paused_until, self._held_until) - now
        return wait if wait > GRAIN_S else 0.0

    def _take(self, now: float) -> None:
        spacing = self._spacing(now)
        if now < self._cautious_until:
            self._next = max(self._next, now + (self._burst - 1) * spacing)  # no burst after a pause
        self._next = max(self._next, now + self._unspent() * spacing) + spacing
        self._unused += 1
        if self._probing:
            self._probe_is_out = True
            self._held_until = now + PROBE_S

    def _grant(self) -> None:
        """Give free turns to the best waiters, and wake up for the next one."""
        while self._forget_cancelled():
            now = self._clock.time()
            if (wait := self._free_in(now)) > 0:
                self._wake_up_at(now + wait, now)
                return
            self._take(now)
            heappop(self._waiting)[2].set_result(None)

    def _forget_cancelled(self) -> bool:
        """Drop cancelled waiters from the front; return whether anybody waits."""
        while self._waiting and self._waiting[0][2].done():
            heappop(self._waiting)
        return bool(self._waiting)

    def _wake_up_at(self, moment: float, now: float) -> None:
        if self._timer is not None:
            if self._timer[0] <= moment:
                return  # it fires sooner, and then looks again
            self._timer[1].cancel()
        self._timer = (moment, self._clock.call_later(moment - now, self._wake_up))

    def _wake_up(self) -> None:
        self._timer = None
        self._grant()
