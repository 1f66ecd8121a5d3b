"""When a peer as a whole is in trouble: slow down for everybody, and let no delivery pay for it with its attempts."""

from collections.abc import Mapping
from math import inf

import structlog

from placement_alerts.channels.pacing import Pacer

SHORTEST_S = 1.0
LONGEST_S = 60.0
STREAK = 5  # failures in a row, of more than one target, before the peer and not the target is to blame

log = structlog.get_logger(__name__)


class Patience:
    """Watches how calls end. trouble: a short fixed word for what is wrong with the peer; None when it works.

    hints: for each trouble a sentence for people, which is logged when it begins.
    """

    def __init__(self, pacer: Pacer, channel: str, hints: Mapping[str, str]) -> None:
        self._pacer = pacer
        self._channel = channel
        self._hints = hints
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
        self._note(None)
        self._pacer.release()

    def failed(self, target: str, trouble: str, *, began: float, surely: bool) -> bool:
        """Count a failure; return whether the peer as a whole is in trouble, so that it is not the delivery's own.

        trouble: the word for it. began: when the call was begun, by the pacer's clock. surely: one failure is proof
        enough, for example a refused connection.
        """
        self._failures += 1
        if len(self._targets) < STREAK:
            self._targets.add(target)
        if not surely and (self._failures < STREAK or len(self._targets) < 2):
            return False
        was_in_trouble = self.trouble is not None
        self._note(trouble)
        if began > self._held_at:  # calls that were under way together are one failure
            self._wait_s = min(LONGEST_S, max(SHORTEST_S, self._wait_s * 2))
            self._hold(self._wait_s)
        return was_in_trouble or not surely

    def rejected(self, trouble: str) -> None:
        """Try seldom until somebody mends it, because the peer does not know us."""
        self._note(trouble)
        self._hold(LONGEST_S)

    def _note(self, trouble: str | None) -> None:
        if trouble == self.trouble:
            return
        if trouble is None:
            log.info("channel.recovered", channel=self._channel, was=self.trouble)
        else:
            log.warning("channel.degraded", channel=self._channel, now=trouble, hint=self._hints.get(trouble))
        self.trouble = trouble

    def _hold(self, seconds: float) -> None:
        self._held_at = self._pacer.now()
        self._pacer.hold(seconds)
