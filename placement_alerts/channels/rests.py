"""Which targets had a call a moment ago and must rest before the next."""

from heapq import heappop, heappush

ANSWERS_IN_A_ROW = 3  # to one person, before they too are spaced


class Rests:
    """Which targets had a call a moment ago. Remembers a target only as long as it rests."""

    def __init__(self, per_target_s: float, per_group_s: float) -> None:
        self._per_target_s = per_target_s
        self._per_group_s = per_group_s
        self._until: dict[str, float] = {}
        self._ends: list[tuple[float, str]] = []  # heap; entries that no longer match `_until` are stale
        self._busy: set[str] = set()

    def begin(self, target: str) -> None:
        """Let it rest until `end`."""
        self._busy.add(target)

    def end(self, target: str, calls: int, now: float) -> None:
        """Let it rest its spacing for each call made."""
        self._busy.discard(target)
        if calls:
            self._extend(target, calls * self._spacing(target), now)

    def answer(self, target: str, now: float) -> float:
        """Count an answer; return in how many seconds it may be made."""
        spacing = self._spacing(target)
        in_a_row = ANSWERS_IN_A_ROW if spacing == self._per_target_s else 1
        wait = self._until.get(target, now) - (in_a_row - 1) * spacing - now
        self._extend(target, spacing, now)
        return max(0.0, wait)

    def resting(self, now: float) -> tuple[str, ...]:
        """Return the targets that rest."""
        self._forget_rested(now)
        return (*self._until, *(self._busy - self._until.keys()))

    def rested_in(self, now: float) -> float | None:
        """Return the seconds until the first of them is rested; None if none rests."""
        self._forget_rested(now)
        if self._ends:
            return self._ends[0][0] - now
        return self._per_target_s if self._busy else None

    def __len__(self) -> int:
        return len(self._until) + len(self._busy)

    def _spacing(self, target: str) -> float:
        return self._per_group_s if target.startswith(("-", "@")) else self._per_target_s

    def _extend(self, target: str, seconds: float, now: float) -> None:
        until = max(self._until.get(target, now), now) + seconds
        if until > now:
            self._until[target] = until
            heappush(self._ends, (until, target))
        self._forget_rested(now)

    def _forget_rested(self, now: float) -> None:
        while self._ends:
            end, target = self._ends[0]
            current = self._until.get(target)
            if current == end and end > now:
                return
            heappop(self._ends)
            if current == end:
                del self._until[target]
