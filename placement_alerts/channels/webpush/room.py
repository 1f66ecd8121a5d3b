"""When the push channel may take another delivery: as long as there is room. It has no pace; services say when to stop.

Most students use one browser, so most rows are for one push service. When that is as busy as it may be, taking further
rows only to put them back would cost more than sending: then the room shrinks to what is under way, row by row, and
grows again as soon as something else can be sent.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable

from placement_alerts.core.delivery import Priority

SHRINKS_BY = 1.0  # for each row that was put back
GROWS_BY = 0.25  # for each row that was sent: so one of five is put back at most
LOOKS_EVERY_S = 0.05


class Room:
    """Implements `Gate` without a pace.

    slots: how many deliveries may be under way. least: it never shrinks below. clock: monotonic seconds.
    """

    def __init__(self, slots: int, least: int, clock: Callable[[], float]) -> None:
        self._slots = slots
        self._least = min(slots, least)
        self._clock = clock
        self._width = float(slots)
        self._taken = 0
        self._busy: Counter[str] = Counter()
        self._put_back: deque[float] = deque()

    async def turn(self, priority: Priority) -> None:
        """Wait until there is room, and take it."""
        while not self.try_turn():  # noqa: ASYNC110 - a slot that ends a delivery takes the room it leaves by itself
            await asyncio.sleep(LOOKS_EVERY_S)

    def try_turn(self) -> bool:
        """Take room if there is any; never waits."""
        if self._taken >= int(self._width):
            return False
        self._taken += 1
        return True

    def give_back(self) -> None:
        """Return room that was taken, used or not."""
        self._taken -= 1

    def resting(self) -> tuple[str, ...]:
        """Return the targets with a delivery under way: a later revision must not overtake it."""
        return tuple(self._busy)

    def rested_in(self) -> float | None:
        """Return the seconds until the first row that found its service busy is due again; None if there is none."""
        now = self._clock()
        while self._put_back and self._put_back[0] <= now:
            self._put_back.popleft()
        return self._put_back[0] - now if self._put_back else None

    def begin(self, target: str) -> None:
        """Say that a delivery to the target begins, with room that was taken."""
        self._busy[target] += 1

    def end(self, target: str) -> None:
        """Say that it ended; gives the room back."""
        self._busy[target] -= 1
        if not self._busy[target]:
            del self._busy[target]
        self.give_back()

    def sent(self) -> None:
        """Say that a row could be sent."""
        self._width = min(self._slots, self._width + GROWS_BY)

    def put_back(self, wait_s: float, *, shrink: bool) -> None:
        """Say that a row's service was busy, so that it comes back after the wait.

        shrink: the service answers well and has all that it may have; False: it may hang, so the others need the room.
        """
        self._put_back.append(self._clock() + wait_s)
        if len(self._put_back) > self._slots:
            self._put_back.popleft()
        self._width = max(self._least, self._width - SHRINKS_BY) if shrink else self._slots
