"""Whom a notice concerns, and why not; and whom it names."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.changes import brings_more
from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, delivery_id
from placement_alerts.core.enrollment import normal_number
from placement_alerts.core.notice import ListedStudent, Notice
from placement_alerts.core.student import Address, Student

NAMED = "named in the notice"

_LOST = frozenset({DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.EXPIRED, DeliveryState.SUPPRESSED})
_ARRIVED = frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.SEEN})


@dataclass(frozen=True, slots=True)
class Verdict:
    """addresses: where the notice goes; none: the student is not told. reason: why, in words for a receipt."""

    addresses: tuple[Address, ...]
    reason: str


def enrollment_numbers(students: Iterable[ListedStudent]) -> tuple[str, ...]:
    """Return the enrollment numbers of listed students as they are compared, each once, in the order of the list."""
    written = (student.enrollment for student in students if student.enrollment)
    return tuple(dict.fromkeys(number for one in written if (number := normal_number(one)) is not None))


def judge(
    notice: Notice,
    student: Student,
    earlier: Collection[Delivery],
    before: Sequence[Notice] = (),
    *,
    listed: bool = False,
) -> Verdict:
    """Say where one revision of a notice goes for one student.

    earlier: the student's deliveries of earlier revisions. before: the earlier revisions themselves, oldest first. Who
    joined after a notice was stored gets no backlog, but a later change that matters reaches them as a new notice
    (pitfall 16). listed: the revision names the student, so it reaches them whatever their year and since when.
    """
    if student.year != notice.year and not listed and not any(_arrived(row) for row in earlier):
        return Verdict((), f"of another year: {student.year}")
    outside = _outside(notice, student, listed=listed)
    meant = _meant_addresses(notice, student, earlier, named_or_meant=outside is None)
    if outside is not None and not meant:
        return Verdict((), outside)
    usable = tuple(address for address in meant if address.off is None)
    if not usable:
        reasons = sorted({address.off for address in meant if address.off})
        return Verdict((), f"no address is on: {', '.join(reasons)}" if reasons else "has no address")
    if listed and not notice.withdrawn:
        return Verdict(usable, NAMED)
    timely = tuple(address for address in usable if address.on_since <= notice.stored_at)
    if not timely:
        return Verdict((), "joined after the notice was stored")
    if notice.revision == 1:
        return Verdict(timely, "of the notice's year")
    return _judge_revision(notice, student, timely, earlier, before)


def is_meant(notice: Notice, student: Student, *, listed: bool = False) -> bool:
    """Say whether the office means this student, whether they can be reached or not."""
    return listed or (student.year == notice.year and _outside(notice, student, listed=listed) is None)


def was_told(rows: Iterable[Delivery]) -> bool:
    """Say whether one of these told its student with a sound that the notice names them.

    rows: deliveries of one notice to one address, oldest revision first.
    """
    shown = False
    for row in rows:
        whole = row.state in (DeliveryState.SENT, DeliveryState.SEEN)
        # parts that stand where nothing stood came with a sound; an edit alone is silent
        if row.personal and (whole or row.announced_id or (row.message_ids and not shown)):
            return True
        shown = shown or bool(row.message_ids)
    return False


def deliveries_for(
    notice: Notice,
    student: Student,
    earlier: Collection[Delivery],
    now: datetime,
    before: Sequence[Notice] = (),
    *,
    listed: bool = False,
) -> Iterator[Delivery]:
    """Return a due delivery for each address, or one suppressed delivery that says why there is none."""
    verdict = judge(notice, student, earlier, before, listed=listed)
    for address in verdict.addresses:
        urgent = notice.urgent or (listed and (notice.matters or not was_told(_to(address, earlier))))
        yield Delivery(
            id=delivery_id(notice.id, notice.revision, address.id),
            notice_id=notice.id,
            revision=notice.revision,
            year=notice.year,
            student_id=student.id,
            address_id=address.id,
            channel=address.channel,
            target=address.value,
            priority=Priority.URGENT if urgent else Priority.NORMAL,
            state=DeliveryState.DUE,
            due_at=now,
            planned_at=now,
            reason=verdict.reason,
            personal=listed,
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


def _outside(notice: Notice, student: Student, *, listed: bool) -> str | None:
    """Return why the office does not mean this student; None: it does. Who is named is always meant."""
    audience = notice.audience
    if audience is None or listed:
        return None
    if audience.only_named:
        return "not named in the notice"
    if audience.branches and student.branch is not None and student.branch not in audience.branches:
        return f"of another branch: {student.branch}"
    return None


def _meant_addresses(
    notice: Notice, student: Student, earlier: Collection[Delivery], *, named_or_meant: bool
) -> tuple[Address, ...]:
    """Return the student's addresses on the channels that the office chose, and those that got the notice before.

    Who got it once is told what becomes of it, even if the office means fewer now.
    """
    channels = notice.audience.channels if notice.audience else ()
    had = {row.address_id for row in earlier if _arrived(row)}
    return tuple(
        address
        for address in student.addresses
        if address.id in had or (named_or_meant and (not channels or address.channel in channels))
    )


def _judge_revision(
    notice: Notice,
    student: Student,
    timely: tuple[Address, ...],
    earlier: Collection[Delivery],
    before: Sequence[Notice],
) -> Verdict:
    if notice.withdrawn:
        arrived = {row.address_id for row in earlier if _arrived(row)}
        told = tuple(address for address in timely if address.id in arrived)
        return Verdict(told, "got what is withdrawn" if told else "never got what is withdrawn")
    if _is_for_all([*before, notice], len(before)):
        return Verdict(timely, "of the notice's year; the change matters")
    had = {row.address_id for row in earlier if row.state not in _LOST or _showed_something(row)}
    missed = _overtaken(before, earlier)
    told = tuple(
        address for address in timely if address.id in had or any(address.on_since <= past.stored_at for past in missed)
    )
    if new := tuple(one for one in timely if one not in told and _was_not_meant(one, student, earlier, before)):
        return Verdict((*told, *new), "meant by the office since this revision")
    return Verdict(
        told, "got an earlier revision" if told else "never got an earlier revision, and the change is small"
    )


def _was_not_meant(address: Address, student: Student, earlier: Collection[Delivery], before: Sequence[Notice]) -> bool:
    """Say whether the revision that was planned last for this student left the address out on purpose."""
    planned = max((row.revision for row in earlier), default=0)
    last = next((past for past in reversed(before) if past.revision == planned), None)
    if last is None or last.audience is None:
        return False
    channels = last.audience.channels
    return _outside(last, student, listed=False) is not None or bool(channels and address.channel not in channels)


def _to(address: Address, rows: Iterable[Delivery]) -> list[Delivery]:
    return sorted((row for row in rows if row.address_id == address.id), key=lambda row: row.revision)


def _arrived(row: Delivery) -> bool:
    return row.state in _ARRIVED or _showed_something(row)


def _showed_something(row: Delivery) -> bool:
    return bool(row.possibly_delivered or row.message_ids)


def _overtaken(before: Sequence[Notice], earlier: Collection[Delivery]) -> list[Notice]:
    """Return the revisions for all that were replaced before they were planned for this student: nobody told them."""
    planned = max((row.revision for row in earlier), default=0)
    return [
        past
        for position, past in enumerate(before)
        if past.revision > planned and not (past.archived or past.withdrawn) and _is_for_all(before, position)
    ]


def _is_for_all(revisions: Sequence[Notice], position: int) -> bool:
    """Say whether this revision goes to all students of the year, not only to those who have an earlier one."""
    notice = revisions[position]
    if notice.revision == 1 or notice.matters:
        return True
    return position > 0 and brings_more(revisions[position - 1], notice)
