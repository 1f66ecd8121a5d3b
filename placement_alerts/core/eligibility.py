"""Whom a notice concerns, and why not."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, delivery_id
from placement_alerts.core.notice import Notice
from placement_alerts.core.student import Address, Student

_LOST = frozenset({DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.EXPIRED, DeliveryState.SUPPRESSED})
_ARRIVED = frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.SEEN})


@dataclass(frozen=True, slots=True)
class Verdict:
    """addresses: where the notice goes; none: the student is not told. reason: why, in words for a receipt."""

    addresses: tuple[Address, ...]
    reason: str


def judge(notice: Notice, student: Student, earlier: Collection[Delivery]) -> Verdict:
    """Say where one revision of a notice goes for one student.

    earlier: the student's deliveries of earlier revisions. Who joined after a notice was stored gets no backlog, but a
    later change that matters reaches them as a new notice (pitfall 16).
    """
    if student.year != notice.year:
        return Verdict((), f"of another year: {student.year}")
    usable = [address for address in student.addresses if address.off is None]
    if not usable:
        reasons = sorted({address.off for address in student.addresses if address.off})
        return Verdict((), f"no address is on: {', '.join(reasons)}" if reasons else "has no address")
    timely = tuple(address for address in usable if address.on_since <= notice.stored_at)
    if not timely:
        return Verdict((), "joined after the notice was stored")
    if notice.revision == 1:
        return Verdict(timely, "of the notice's year")
    return _judge_revision(notice, timely, earlier)


def deliveries_for(
    notice: Notice, student: Student, earlier: Collection[Delivery], now: datetime
) -> Iterator[Delivery]:
    """Return a due delivery for each address, or one suppressed delivery that says why there is none."""
    verdict = judge(notice, student, earlier)
    for address in verdict.addresses:
        yield Delivery(
            id=delivery_id(notice.id, notice.revision, address.id),
            notice_id=notice.id,
            revision=notice.revision,
            year=notice.year,
            student_id=student.id,
            address_id=address.id,
            channel=address.channel,
            target=address.value,
            priority=Priority.URGENT if notice.urgent else Priority.NORMAL,
            state=DeliveryState.DUE,
            due_at=now,
            planned_at=now,
            reason=verdict.reason,
        )
    if not verdict.addresses:
        yield Delivery(
            id=delivery_id(notice.id, notice.revision, student.id),
            notice_id=notice.id,
            revision=notice.revision,
            year=notice.year,
            student_id=student.id,
            address_id=None,
            channel="",
            target="",
            priority=Priority.NORMAL,
            state=DeliveryState.SUPPRESSED,
            due_at=now,
            planned_at=now,
            reason=verdict.reason,
        )


def _judge_revision(notice: Notice, timely: tuple[Address, ...], earlier: Collection[Delivery]) -> Verdict:
    if notice.withdrawn:
        arrived = {row.address_id for row in earlier if row.state in _ARRIVED or row.possibly_delivered}
        told = tuple(address for address in timely if address.id in arrived)
        return Verdict(told, "got what is withdrawn" if told else "never got what is withdrawn")
    if notice.matters:
        return Verdict(timely, "of the notice's year; the change matters")
    had = {row.address_id for row in earlier if row.state not in _LOST or row.possibly_delivered}
    told = tuple(address for address in timely if address.id in had)
    return Verdict(
        told, "got an earlier revision" if told else "never got an earlier revision, and the change is small"
    )
