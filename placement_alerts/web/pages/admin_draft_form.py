"""The form in which the office writes a notice: what was typed, and the draft that it makes. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Audience, Notice, NoticeId, NoticeKind
from placement_alerts.core.office_notice import Fault, cleaned, draft_of_notice, faults
from placement_alerts.web.pages.admin_form import Form, moment_field, moment_of

DRAFT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOMENTS = ("deadline", "event_at", "publish_at")
_SPLIT = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class DraftForm:
    """What was typed, as it was typed. version: that the draft will have. revision: of the notice that is changed.

    notice_id: "" for a new notice and a scheduled one.
    """

    id: str
    version: int = 1
    notice_id: str = ""
    revision: int = 0
    year: str = ""
    kind: str = NoticeKind.ANNOUNCEMENT.value
    title: str = ""
    text: str = ""
    company: str = ""
    deadline: str = ""
    event_at: str = ""
    venue: str = ""
    links: str = ""
    enrollments: str = ""
    author: str = ""
    publish_at: str = ""
    branches: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    only_named: bool = False
    urgent: bool = False
    public: bool = False


TEXTS = tuple(
    name for name, kind in DraftForm.__annotations__.items() if kind is str and name != "id"
)  # fields that are text as it was typed


def form_sent(form: Form) -> DraftForm:
    """Return what was typed into the form."""
    return DraftForm(
        id=form.one("id"),
        version=form.number("version", 1),
        revision=form.number("revision", 0),
        branches=form.all("branch"),
        channels=form.all("channel"),
        only_named=form.ticked("only_named"),
        urgent=form.ticked("urgent"),
        public=form.ticked("public"),
        **{name: form.one(name) for name in TEXTS},
    )


def form_of_draft(draft: Draft) -> DraftForm:
    """Return a scheduled draft to be changed."""
    return _form(draft, version=draft.version + 1)


def form_of_notice(notice: Notice) -> DraftForm:
    """Return an office notice to be changed."""
    return _form(draft_of_notice(notice, ""), notice_id=notice.id, revision=notice.revision)


def read_draft(
    typed: DraftForm, created_by: str, years: tuple[str, ...], now: datetime
) -> tuple[Draft | None, tuple[Fault, ...]]:
    """Return the draft, or what is wrong with what was typed: everything at once."""
    moments: dict[str, datetime | None] = {}
    found: list[Fault] = []
    for name in _MOMENTS:
        try:
            moments[name] = moment_of(getattr(typed, name))
        except ValueError:
            found.append(Fault(name, "This is no date and time, like 2026-01-31T17:00."))
    if typed.kind not in list(NoticeKind):
        found.append(Fault("kind", "There is no such kind."))
    if not DRAFT_ID.fullmatch(typed.id):
        found.append(Fault("title", "This form is broken; open it again."))
    if (hour := moments.get("publish_at")) is not None and hour <= now:
        found.append(Fault("publish_at", "This hour is over; leave it empty to publish at once."))
    known = {name: value for name, value in moments.items() if name in moments}
    kind = NoticeKind(typed.kind) if typed.kind in list(NoticeKind) else NoticeKind.ANNOUNCEMENT
    draft = cleaned(
        Draft(
            id=DraftId(typed.id),
            version=max(1, typed.version),
            year=typed.year,
            kind=kind,
            title=typed.title,
            text=typed.text,
            company=typed.company,
            venue=typed.venue,
            author=typed.author,
            links=tuple(typed.links.split()),
            enrollments=tuple(_SPLIT.split(typed.enrollments)),
            audience=Audience(branches=typed.branches, channels=typed.channels, only_named=typed.only_named),
            urgent=typed.urgent,
            public=typed.public,
            created_by=created_by,
            **known,
        )
    )
    found += faults(draft, years)
    return (None if found else draft), tuple(found)


def changed_notice(typed: DraftForm) -> NoticeId | None:
    """Return which notice is changed; None: this is a new one."""
    return NoticeId(typed.notice_id) if typed.notice_id else None


def _form(draft: Draft, *, version: int = 1, notice_id: str = "", revision: int = 0) -> DraftForm:
    return DraftForm(
        id=draft.id,
        version=version,
        notice_id=notice_id,
        revision=revision,
        year=draft.year,
        kind=draft.kind.value,
        title=draft.title,
        text=draft.text,
        company=draft.company or "",
        deadline=moment_field(draft.deadline),
        event_at=moment_field(draft.event_at),
        venue=draft.venue or "",
        links="\n".join(draft.links),
        enrollments="\n".join(draft.enrollments),
        author=draft.author or "",
        publish_at=moment_field(draft.publish_at),
        branches=draft.audience.branches,
        channels=draft.audience.channels,
        only_named=draft.audience.only_named,
        urgent=draft.urgent,
        public=draft.public,
    )
