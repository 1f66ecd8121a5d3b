"""When a peer as a whole is in trouble: slow down for everybody, and let no delivery pay for it with its attempts."""

from math import inf

from placement_alerts.channels.pacing import Pacer

SHORTEST_S = 1.0
LONGEST_S = 60.0
STREAK = 5  # failures in a row, of more than one target, before the peer and not the target is to blame


class Patience:
    """Watches how calls end. trouble: what is wrong with the peer, one line for health; None when it works."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._failures = 0
        self._targets: set[str] = set()
        self._wait_s = 0.0
        self._held_at = -inf
        self.trouble: str | None = None

    def succeeded(self) -> None:
        """Note that the peer is there: it answered."""
        self._failures = 0
        self._targets.clear()
        self._wait_s = 0.0
        self.trouble = None
        self._pacer.release()

    def failed(self, target: str, trouble: str, *, began: float, surely: bool) -> bool:
        """Count a failure; return whether the peer as a whole is in trouble, so that it is not the delivery's own.

        began: when the call was begun, by the pacer's clock. surely: one failure is proof enough, for example a
        refused connection.
        """
        self._failures += 1
        if len(self._targets) < STREAK:
            self._targets.add(target)
        if not surely and (self._failures < STREAK or len(self._targets) < 2):
            return False
        was_in_trouble = self.trouble is not None
        self.trouble = trouble
        if began > self._held_at:  # calls that were under way together are one failure
            self._wait_s = min(LONGEST_S, max(SHORTEST_S, self._wait_s * 2))
            self._hold(self._wait_s)
        return was_in_trouble or not surely

    def rejected(self, trouble: str) -> None:
        """Try seldom until somebody mends it, because the peer does not know us."""
        self.trouble = trouble
        self._hold(LONGEST_S)

    def _hold(self, seconds: float) -> None:
        self._held_at = self._pacer.now()
        self._pacer.hold(seconds)
