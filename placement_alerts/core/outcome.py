"""What became of one try to deliver: a closed set of values, because a peer's refusal is expected, not an exception."""

from dataclasses import dataclass
from datetime import timedelta

from placement_alerts.core.student import OffReason


@dataclass(frozen=True, slots=True)
class Sent:
    """The peer took everything. message_ids: of the parts in order; announced_id: of the change line, if any.

    moved_to: the address has this value from now on.
    """

    message_ids: tuple[str, ...]
    announced_id: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now. wait: what the peer asked for, never shortened; None: our own back-off.

    counts: whether an attempt is used up (not when the peer merely asked us to wait, or when we are to blame).
    possibly_delivered: the request left and its answer was lost.
    moved_to: the address has this value from now on.
    """

    error_class: str
    wait: timedelta | None = None
    counts: bool = True
    possibly_delivered: bool = False
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Never. switch_off: the address is of no use any more, and why. our_fault: the message was wrong, not the address.

    unclear: a refusal we do not know; after five in a row the address is switched off.
    error: the peer's words, without personal data.
    """

    error_class: str
    error: str = ""
    switch_off: OffReason | None = None
    our_fault: bool = False
    unclear: bool = False


Outcome = Sent | Deferred | Refused
