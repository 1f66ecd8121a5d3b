"""A notice as a card of the feed: what it is, for whom, until when. Pure."""

from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.fields import effective_deadline, fields
from placement_alerts.core.notice import Notice, NoticeKind
from placement_alerts.core.render import badge
from placement_alerts.core.timetable import show_moment
from placement_alerts.web.pages.due import Due, due
from placement_alerts.web.pages.wording import posted_short

KIND_NAMES = {
    NoticeKind.JOB_POSTING: "Job postings",
    NoticeKind.SHORTLIST: "Shortlists",
    NoticeKind.OFFER: "Results",
    NoticeKind.WEBINAR: "Webinars",
    NoticeKind.HACKATHON: "Hackathons",
    NoticeKind.REMINDER: "Reminders",
    NoticeKind.INTERNSHIP_NOC: "Internship NOC",
    NoticeKind.POLICY: "Policy",
    NoticeKind.ANNOUNCEMENT: "Announcements",
    NoticeKind.UPDATE: "Updates",
}
_SHOWN = {  # in a card, and by what name
    "Role": "Role",
    "Roles": "Roles",
    "Location": "Location",
    "When": "When",
    "Venue": "Venue",
    "CTC on the portal": "CTC",
}
_FACTS_MOST = 3
_CHARACTERS = 110  # of one fact


@dataclass(frozen=True, slots=True)
class Card:
    """One notice in a list. kind, posted: in words; facts: a few, label and value; changed: the last revision's line.

    named: the reader is on its list. new: it was delivered to the reader, who has not opened it yet.
    """

    notice: Notice
    kind: str
    posted: str
    company: str | None
    facts: tuple[tuple[str, str], ...]
    deadline: Due | None
    changed: str | None
    named: bool = False
    new: bool = False


def card_of(notice: Notice, now: datetime, *, named: bool = False, new: bool = False) -> Card:
    """Return the card."""
    deadline = effective_deadline(notice)
    facts = [
        (_SHOWN[one.label], _short(one.value.removesuffix(" IST"))) for one in fields(notice) if one.label in _SHOWN
    ]
    return Card(
        notice,
        kind_of_notice(notice),
        posted_short(notice.published_at, now),
        notice.facts.company or (notice.job.company if notice.job else None),
        tuple(facts[:_FACTS_MOST]),
        due(deadline, now) if deadline and not notice.withdrawn else None,
        _changed(notice),
        named,
        new,
    )


def kind_of_notice(notice: Notice) -> str:
    """Return the word for its kind, without the sign that messages have."""
    return badge(notice).partition(" ")[2]


def next_step(notice: Notice) -> tuple[tuple[str, str], ...]:
    """Return when and where a student whom it names should be."""
    found = [(one.label, one.value) for one in fields(notice) if one.label == "Venue"]
    return (*((("When", show_moment(notice.facts.event_at)),) if notice.facts.event_at else ()), *found)


def _changed(notice: Notice) -> str | None:
    if notice.revision == 1 or notice.withdrawn:
        return None
    return notice.announcement


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1].rstrip() + "…"
