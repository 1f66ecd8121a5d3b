"""How pages say how much time is left, and on which day something is. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.notice import Notice, NoticeKind
from placement_alerts.core.timetable import IST, show_date
from placement_alerts.web.pages.wording import near

_SOON = timedelta(days=1)
_NEAR = timedelta(days=3)
_HOUR = timedelta(hours=1)
_EVENTS = {
    NoticeKind.WEBINAR: "Webinar",
    NoticeKind.HACKATHON: "Hackathon",
    NoticeKind.SHORTLIST: "Test or interview",
    NoticeKind.JOB_POSTING: "Test or talk",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Due:
    """A moment and how near it is. tone: "soon", "near", "open" or "over"; words: e.g. "closes in 5 hours"."""

    at: datetime
    tone: str
    words: str
    shown: str


def due(at: datetime, now: datetime, verb: str = "closes") -> Due:
    """Return how far off a moment is. verb: what happens then; "was" follows from it being over."""
    left = at - now
    shown = near(at, now)
    if left <= timedelta(0):
        return Due(at, "over", "closed" if verb == "closes" else "over", shown)
    if left < _HOUR:
        return Due(at, "soon", f"{verb} in {_number(left, timedelta(minutes=1), 'minute')}", shown)
    if left < _SOON:
        return Due(at, "soon", f"{verb} in {_number(left, _HOUR, 'hour')}", shown)
    days = (at.astimezone(IST).date() - now.astimezone(IST).date()).days
    when = "tomorrow" if days == 1 else f"in {days} days"
    return Due(at, "near" if left < _NEAR else "open", f"{verb} {when}", shown)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of a notice that happens at a moment. what: e.g. "Deadline", "Webinar"."""

    at: datetime
    what: str
    notice: Notice
    due: Due


@dataclass(frozen=True, slots=True)
class Day:
    """A day in India. name: e.g. "Today", "Monday"; shown: its date."""

    day: date
    name: str
    shown: str
    entries: tuple[Entry, ...]


def days_of(notices: Iterable[Notice], since: datetime, until: datetime, now: datetime) -> list[Day]:
    """Return what these notices hold in the span, by day, the earliest first."""
    entries = sorted(
        (entry for notice in notices for entry in _entries(notice, now) if since <= entry.at < until),
        key=lambda entry: (entry.at, entry.notice.title),
    )
    today = now.astimezone(IST).date()
    grouped = groupby(entries, key=lambda entry: entry.at.astimezone(IST).date())
    return [_day(day, today, tuple(found)) for day, found in grouped]


def start_of_day(moment: datetime) -> datetime:
    """Return the midnight in India before the moment."""
    return moment.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0)


def _entries(notice: Notice, now: datetime) -> Iterator[Entry]:
    if (deadline := effective_deadline(notice)) is not None:
        yield Entry(deadline, "Deadline", notice, due(deadline, now))
    if (at := notice.facts.event_at) is not None and at != deadline:
        yield Entry(at, _EVENTS.get(notice.facts.kind, "Event"), notice, due(at, now, "begins"))


def _day(day: date, today: date, entries: tuple[Entry, ...]) -> Day:
    names = {0: "Today", 1: "Tomorrow"}
    name = names.get((day - today).days, _WEEKDAYS[day.weekday()])
    return Day(day, name, show_date(entries[0].at), entries)


def _number(left: timedelta, unit: timedelta, name: str) -> str:
    number = max(1, int(left / unit))
    return f"{number} {name}{'' if number == 1 else 's'}"
