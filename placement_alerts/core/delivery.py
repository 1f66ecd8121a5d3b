"""A delivery: one revision of one notice on its way to one address, and the only table of the moves it may make."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NewType

from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.errors import DeliveryMoveError

DeliveryId = NewType("DeliveryId", str)


class DeliveryState(StrEnum):
    """Where a delivery stands (DESIGN.md, section 3)."""

    PLANNED = "planned"  # waits for the hour the office chose
    HELD = "held"  # waits for the end of quiet hours or for a digest
    DUE = "due"
    SENDING = "sending"  # leased by one process: at most one send of it is under way
    SENT = "sent"
    SEEN = "seen"
    RETRYING = "retrying"  # due again later
    REFUSED = "refused"  # the peer said no for good
    DEAD = "dead"  # attempts used up, or our own fault; an operator may retry it
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # a newer revision took over before this one was sent
    WITHDRAWN = "withdrawn"
    SUPPRESSED = "suppressed"  # not for this student; `reason` says why


_S = DeliveryState

WAITING = frozenset({_S.PLANNED, _S.HELD, _S.DUE, _S.RETRYING})
_ENDINGS = frozenset({_S.REFUSED, _S.DEAD, _S.EXPIRED, _S.SUPERSEDED, _S.WITHDRAWN})

MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        _S.PLANNED: frozenset({_S.HELD, _S.DUE, _S.SENDING}) | _ENDINGS,
        _S.HELD: frozenset({_S.DUE, _S.SENDING}) | _ENDINGS,
        _S.DUE: frozenset({_S.HELD, _S.SENDING}) | _ENDINGS,
        _S.RETRYING: frozenset({_S.DUE, _S.SENDING}) | _ENDINGS,
        # sending -> sending records a part that was sent; sending -> due gives a lease back
        _S.SENDING: frozenset({_S.SENDING, _S.DUE, _S.RETRYING, _S.SENT}) | _ENDINGS,
        _S.SENT: frozenset({_S.SEEN}),
        # an operator may retry what ended badly
        _S.REFUSED: frozenset({_S.DUE}),
        _S.DEAD: frozenset({_S.DUE}),
        _S.EXPIRED: frozenset({_S.DUE}),
        _S.SEEN: frozenset(),
        _S.SUPERSEDED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.SUPPRESSED: frozenset(),
    }
)

RETRYABLE = frozenset(
    {state for state, nexts in MOVES.items() if state not in WAITING and _S.DUE in nexts} - {_S.SENDING}
)


def check_move(before: DeliveryState, after: DeliveryState) -> None:
    """Raise DeliveryMoveError unless a delivery may go from `before` to `after`."""
    if after not in MOVES[before]:
        raise DeliveryMoveError(f"a delivery cannot go from {before} to {after}")


def sources_of(after: DeliveryState) -> tuple[DeliveryState, ...]:
    """Return the states from which a delivery may come to `after`: the filter of a store's update."""
    return tuple(state for state in DeliveryState if after in MOVES[state])


class Priority(IntEnum):
    """Who goes first on a channel; the smaller number wins (reference/telegram.md, section 4)."""

    ANSWER = 0  # a person waits for it
    URGENT = 1
    NORMAL = 2
    LOW = 3  # digests


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row. Unique by `id`, which is made of notice, revision and address (or student, when suppressed).

    address_id, channel and target are empty for a suppressed delivery; target is the address's value.
    due_at: not before then. attempts: sends begun whose failure was the delivery's own.
    possibly_delivered: sends whose answer was lost (timeout, crash): each may have reached the student.
    message_ids: the channel's ids of the parts that show this revision so far, in order.
    announced_id: the channel's id of the short line about the change, once sent.
    personal: the notice names this very student, so it is told to them as such.
    reason: the verdict of planning. error_class, error: of the last failure; no personal data.
    owner, lease: the process that sends it, and the token of its claim; None unless sending.
    """

    id: DeliveryId
    notice_id: NoticeId
    revision: int
    year: str
    student_id: StudentId
    address_id: AddressId | None
    channel: str
    target: str
    priority: Priority
    state: DeliveryState
    due_at: datetime
    planned_at: datetime
    reason: str
    personal: bool = False
    attempts: int = 0
    possibly_delivered: int = 0
    message_ids: tuple[str, ...] = ()
    announced_id: str | None = None
    error_class: str | None = None
    error: str | None = None
    sent_at: datetime | None = None
    shown_at: datetime | None = None
    seen_at: datetime | None = None
    owner: str | None = None
    lease: str | None = None


def delivery_id(notice_id: NoticeId, revision: int, reached: AddressId | StudentId) -> DeliveryId:
    """Return the one id that a delivery of this revision to this address (or to nobody of this student) can have."""
    return DeliveryId(f"{notice_id}.{revision}.{reached}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The next state of a claimed delivery. It takes effect only while `lease` still holds the row.

    state SENDING keeps the lease and records parts; any other state ends it.
    """

    delivery_id: DeliveryId
    lease: str
    state: DeliveryState
    due_at: datetime
    attempts: int
    possibly_delivered: int
    message_ids: tuple[str, ...]
    announced_id: str | None
    error_class: str | None
    error: str | None
    sent_at: datetime | None
