"""One push service: how much it may have at once, when it needs rest, and whether it refuses us as a whole.

Nobody ever waits here: whoever finds it closed comes back later. Times are monotonic seconds.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf

FIRST_WINDOW = 4  # requests at once, to a service that has not shown yet that it answers
BUSY_S = 0.2  # until a place is free, at a service that answers well
ALIVE_S = 0.25  # one that answered within this answers well
SILENT_S = 1.0  # one that has not answered for so long, with so many requests open, may hang:
SILENT_WITH = FIRST_WINDOW
SILENT_WAIT_S = 3.0
PROBE_WAIT_S = 5.0  # for others, while one request finds out whether it works again
FIRST_REST_S, LONGEST_REST_S = 2.0, 60.0
LONGEST_PAUSE_S = 86_400.0  # nobody asks for a longer silence and means it
STREAK = 3  # failures in a row, of more than one subscription, before the service is to blame
FIRST_STOP_S, LONGEST_STOP_S = 10.0, 600.0
REFUSED_STREAK = 5  # subscriptions refused in a row before we are to blame
UNDECIDED_S = 30.0  # until it is clear whether a subscription or we are to blame

BUSY, SILENT, FLOOD, TROUBLE, REFUSED = "busy", "silent", "flood", "trouble", "vapid_refused"


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing may be sent now. why: one of the words above. wait_s: come back then. alive: it answers well."""

    why: str
    wait_s: float
    alive: bool = False


class Verdict(Enum):
    """Whose fault a refusal of our token is."""

    ITS_OWN = auto()  # this subscription was made with another key
    OURS = auto()
    UNDECIDED = auto()


class Origin:
    """What is known of one push service. most: requests at once. stopped: it refuses our tokens, all of them."""

    def __init__(self, most: int) -> None:
        self.in_flight = 0
        self.stopped = False
        self._most = most
        self._window = min(FIRST_WINDOW, most)
        self._heard_at = -inf  # any answer
        self._proved_at = -inf  # an answer that accepted our token
        self._busy_since = -inf
        self._paused_until = -inf  # because it asked
        self._closed_until = -inf  # by our own wish
        self._why = TROUBLE
        self._rest_s = 0.0
        self._rested_at = -inf
        self._probing = False
        self._failures = 0
        self._failing: set[str] = set()
        self._suspects: dict[str, int] = {}  # refused since the last success: how often

    @property
    def window(self) -> int:
        """How many requests it may have at once now."""
        return self._window

    @property
    def resting(self) -> bool:
        """Whether it is in trouble: at rest, or tried by one request at a time."""
        return self._probing

    def closed(self, now: float) -> Closed | None:
        """Return why nothing may be sent now; None: `begin` may be called."""
        if now < self._paused_until:
            return Closed(FLOOD, self._paused_until - now)
        if now < self._closed_until:
            return Closed(self._why, self._closed_until - now)
        if self._probing and self.in_flight:
            return Closed(self._why, PROBE_WAIT_S)
        if self.in_flight < min(self._window, SILENT_WITH):
            return None
        silent_s = now - max(self._heard_at, self._busy_since)
        if silent_s > SILENT_S:
            return Closed(SILENT, SILENT_WAIT_S)
        if self.in_flight >= self._window:
            alive = silent_s < ALIVE_S
            return Closed(BUSY, BUSY_S if alive else SILENT_S, alive and self._window == self._most)
        return None

    def begin(self, now: float) -> None:
        """Note that a request begins."""
        if not self.in_flight:
            self._busy_since = now
        self.in_flight += 1

    def end(self) -> None:
        """Note that it ended, one way or another."""
        self.in_flight -= 1

    def succeeded(self, now: float) -> None:
        """Note that it took a message."""
        self.answered(now)
        self._proved_at = now
        self._suspects.clear()
        self.stopped = False
        self._end_rest()
        if self.in_flight * 2 >= self._window:  # a window that nobody needs does not grow
            self._window = min(self._most, self._window + 1)

    def answered(self, now: float) -> None:
        """Note that it answered at all."""
        self._heard_at = now
        self._failures = 0
        self._failing.clear()
        if not self.stopped:
            self._end_rest()

    def pause(self, now: float, seconds: float) -> float:
        """Keep silent because it asked; never shortened. Returns the seconds."""
        seconds = min(seconds, LONGEST_PAUSE_S)
        self._paused_until = max(self._paused_until, now + seconds)
        self._window = min(FIRST_WINDOW, self._most)
        return seconds

    def failed(self, now: float, began: float, target: str, *, surely: bool) -> float | None:
        """Note that it failed a request; return for how long it rests if it is to blame, None if the target is.

        began: when the request did. surely: one failure is proof enough, because no connection could be made.
        """
        self._window = max(min(FIRST_WINDOW, self._most), self._window // 2)
        if self._proved_at > began:
            return None
        self._failures += 1
        if len(self._failing) < STREAK:
            self._failing.add(target)
        if not surely and not self._probing and (self._failures < STREAK or len(self._failing) < 2):
            return None
        self._rest(now, began, TROUBLE, FIRST_REST_S, LONGEST_REST_S)
        return max(self._closed_until - now, FIRST_REST_S)

    def refused(self, now: float, began: float, target: str) -> tuple[Verdict, float]:
        """Note that it refused our token for a subscription; return whose fault it is, and how long to wait."""
        proved = self._proved_at > began or (self._proved_at > -inf and not self._suspects)
        self.answered(now)
        if len(self._suspects) < REFUSED_STREAK or target in self._suspects:
            self._suspects[target] = self._suspects.get(target, 0) + 1
        if proved:
            return Verdict.ITS_OWN, 0.0
        again = self._suspects.get(target, 0) > 1
        if self.stopped or len(self._suspects) >= REFUSED_STREAK or (again and len(self._suspects) > 1):
            self.stopped = True
            self._rest(now, began, REFUSED, FIRST_STOP_S, LONGEST_STOP_S)
            return Verdict.OURS, max(self._closed_until - now, FIRST_STOP_S)
        return (Verdict.ITS_OWN, 0.0) if again else (Verdict.UNDECIDED, UNDECIDED_S)

    def _rest(self, now: float, began: float, why: str, first_s: float, longest_s: float) -> None:
        self._probing = True
        self._window = min(FIRST_WINDOW, self._most)
        if began > self._rested_at:  # requests that were under way together are one failure
            self._rest_s = min(longest_s, max(first_s, self._rest_s * 2))
            self._rested_at = now
            self._closed_until, self._why = now + self._rest_s, why

    def _end_rest(self) -> None:
        self._rest_s = 0.0
        self._probing = False
        self._closed_until = -inf
