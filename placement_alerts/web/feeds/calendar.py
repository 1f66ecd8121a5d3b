"""A student's calendar (RFC 5545, RFC 7986; reference/http-conventions.md, section 11): deadlines and events. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from placement_alerts.core.eligibility import enrollment_numbers, is_meant
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.notice import Notice, NoticeKind
from placement_alerts.core.student import Student
from placement_alerts.core.timetable import show_year
from placement_alerts.web.feeds.words import cleaned, fact_lines, shown_lines, shown_title

PAST = timedelta(days=30)  # what is shown of the past
AHEAD = timedelta(days=366)
WITHDRAWN_KEPT = timedelta(days=30)
DEADLINE_LASTS = timedelta(minutes=15)  # ending at the deadline
EVENT_LASTS = timedelta(hours=1)  # nobody says for how long
REFRESH = timedelta(hours=1)
TEXT_LIMIT = 2_000  # characters of a notice's text
PRODID = "-//placement-alerts//calendar//EN"
_HOST = "placement-alerts"  # part of the UIDs, for ever

_WHAT = {
    NoticeKind.SHORTLIST: "Test or interview",
    NoticeKind.OFFER: "Event",
    NoticeKind.WEBINAR: "Webinar",
    NoticeKind.HACKATHON: "Hackathon",
}
_LISTING = frozenset({NoticeKind.SHORTLIST, NoticeKind.OFFER})  # what they say is for those whom they list


def concerning(notices: Iterable[Notice], student: Student, secret: bytes, now: datetime) -> list[Notice]:
    """Return the notices whose dates are this student's, without those that were withdrawn long ago.

    secret: that enrollment keys are made with. A list that lacks a student who gave their number is for others.
    """
    return [notice for notice in notices if not _is_long_gone(notice, now) and _is_for(notice, student, secret)]


def calendar(notices: Sequence[Notice], year: str, public_url: str, now: datetime) -> bytes:
    """Return the calendar. notices: as of `concerning`. public_url: "": events have no address."""
    found = Calendar()
    found.add("prodid", PRODID)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    name = f"Placements {show_year(year)}"
    found.add("name", name)
    found.add("x-wr-calname", name)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    found.add("color", "teal")
    for event in _events(notices, public_url, now):
        found.add_component(event)
    return bytes(found.to_ical())


def _events(notices: Iterable[Notice], public_url: str, now: datetime) -> Iterator[Event]:
    for notice in notices:
        deadline = effective_deadline(notice)
        if deadline is not None and _is_near(deadline, now):
            yield _event(notice, "deadline", "Deadline", deadline - DEADLINE_LASTS, deadline, public_url)
        at = notice.facts.event_at
        if at is not None and _is_near(at, now):
            what = _WHAT.get(notice.facts.kind, "Event")
            yield _event(notice, "event", what, at, at + EVENT_LASTS, public_url)


def _event(notice: Notice, part: str, what: str, start: datetime, end: datetime, public_url: str) -> Event:
    event = Event()
    event.add("uid", f"{notice.id}-{part}@{_HOST}")
    event.add("dtstamp", notice.stored_at)
    event.add("created", notice.published_at)
    event.add("last-modified", notice.stored_at)
    event.add("sequence", notice.revision - 1)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", f"{what}: {shown_title(notice)}")
    event.add("description", _description(notice))
    event.add("status", "CANCELLED" if notice.withdrawn else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if part == "deadline" else "OPAQUE")
    event.add("categories", [notice.facts.kind.value])
    if notice.facts.venue and part == "event":
        event.add("location", cleaned(notice.facts.venue))
    if public_url:
        event.add("url", f"{public_url}/notices/{notice.id}")
    return event


def _description(notice: Notice) -> str:
    if notice.withdrawn:
        return "Withdrawn by the placement office."
    text = "\n".join(shown_lines(notice)).strip()
    short = text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1].rstrip() + "…"
    return "\n".join([*fact_lines(notice), *(["", short] if short else [])])


def _is_near(moment: datetime, now: datetime) -> bool:
    return now - PAST <= moment < now + AHEAD


def _is_long_gone(notice: Notice, now: datetime) -> bool:
    return notice.withdrawn and now - notice.stored_at >= WITHDRAWN_KEPT


def _is_for(notice: Notice, student: Student, secret: bytes) -> bool:
    listed = student.enrollment_key is not None and student.enrollment_key in _keys(notice, secret)
    if student.year != notice.year or not is_meant(notice, student, listed=listed):
        return False
    is_a_list = notice.facts.kind in _LISTING and bool(enrollment_numbers(notice.facts.students))
    return listed or not is_a_list or student.enrollment_key is None


def _keys(notice: Notice, secret: bytes) -> Collection[str]:
    return {enrollment_key(number, secret) for number in enrollment_numbers(notice.facts.students)}
