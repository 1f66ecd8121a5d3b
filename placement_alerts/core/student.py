"""A student and the addresses that reach them."""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

StudentId = NewType("StudentId", str)
AddressId = NewType("AddressId", str)


class OffReason(StrEnum):
    """Why an address is switched off."""

    STOPPED = "stopped"
    BLOCKED = "blocked"
    GONE = "gone"


class Address(Frozen):
    """A way to reach a student on one channel.

    value: what the channel sends to; a chat id in decimal for Telegram. Unique for its channel.
    on_since: since when it has been switched on without a break; notices stored earlier are not sent to it.
    off: None while it is on.
    """

    id: AddressId
    channel: str
    value: str
    on_since: UtcDatetime
    off: OffReason | None = None


class Student(Frozen):
    """A person who may get notices. Names are personal data: shown to admins, never logged.

    enrollment_key: keyed hash of the enrollment number they gave, unique; the number itself is not kept.
    enrollment_hint: its last three characters, shown to themselves alone.
    branch: a code as in core.notice.Facts; cgpa: on the scale of 10; both only if the student told them.
    calendar_hash: SHA-256 in hex of the token in their calendar's address; None: they have none.
    """

    id: StudentId
    year: str
    joined_at: UtcDatetime
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    enrollment_key: str | None = None
    enrollment_hint: str | None = None
    branch: str | None = None
    cgpa: float | None = None
    calendar_hash: str | None = None
    addresses: tuple[Address, ...] = ()


class Joined(StrEnum):
    """What `/start` found (reference/existing-interface.md, section 1)."""

    NEW = "new"
    RETURNED = "returned"
    ALREADY = "already"
