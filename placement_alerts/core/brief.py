"""A notice in the few words that a lock screen shows: what a push notification is made of."""

from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.fields import Field, effective_deadline, fields
from placement_alerts.core.message import Message
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import badge, naming

TITLE_LIMIT = 80  # characters
BODY_LIMIT = 200
_FIRST = ("When", "Venue", "Deadline")


@dataclass(frozen=True, slots=True)
class Brief:
    """One revision in short, free of any channel's markup.

    title: kind and company. body: plain text without a list's names; of a revision it begins with what changed.
    silent: it replaces what is shown without a sound. deadline: the effective one; None: not stated.
    """

    notice_id: NoticeId
    revision: int
    title: str
    body: str
    published_at: datetime
    expires_at: datetime
    deadline: datetime | None = None
    urgent: bool = False
    silent: bool = False


def brief_of(notice: Notice, *, urgent: bool, change: Message | None, personal: bool = False) -> Brief:
    """Return the notice in short.

    change: the line for a reader of an earlier revision; None: nothing to tell them. personal: for a student whom the
    notice names, who is told so; no name of anybody is shown.
    """
    company = notice.facts.company or (notice.job.company if notice.job else None)
    heading = naming(notice) if personal and not notice.withdrawn else badge(notice)
    return Brief(
        notice_id=notice.id,
        revision=notice.revision,
        title=_cut(f"{heading} · {company}" if company else heading, TITLE_LIMIT),
        body=_cut("\n".join(_lines(notice, change, heading)), BODY_LIMIT),
        published_at=notice.published_at,
        expires_at=notice.expires_at,
        deadline=effective_deadline(notice),
        urgent=urgent,
        silent=notice.revision > 1 and (change is None or change.silent),
    )


def _lines(notice: Notice, change: Message | None, heading: str) -> list[str]:
    """Return what changed, the title and the facts, each once: when and where first, because the end may be cut."""
    stated = [field for field in fields(notice) if field.label != "Company"]
    stated.sort(key=lambda field: not field.label.startswith(_FIRST))
    lines = [*(change.plain().splitlines() if change else ()), notice.title, *(_line(field) for field in stated)]
    lines = [line for line in dict.fromkeys(lines) if line and line != heading]
    naming_somebody = naming_lines(lines, notice.facts.students)
    return [line for index, line in enumerate(lines) if index not in naming_somebody]


def _line(field: Field) -> str:
    return f"{field.label}: {field.value}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
