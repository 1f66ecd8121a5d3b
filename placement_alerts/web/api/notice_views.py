"""Notices as the API shows them."""

from datetime import datetime

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.notice import Audience, Change, Notice, NoticeKind
from placement_alerts.core.visibility import TEXT, html_names_students
from placement_alerts.web.api.paging import Page
from placement_alerts.web.api.values import View


class RoleView(View):
    """A post on offer. null: not stated."""

    role: str | None
    package_lpa: float | None
    stipend_per_month: int | None


class ListedView(View):
    """A student whom a notice names."""

    name: str | None
    enrollment: str | None


class ChangeView(View):
    """One field that differs from the revision before, as shown to a reader.

    Whole texts before and after may name students: they are for admins; the revisions show others what may be shown.
    """

    field: str
    before: str | None
    after: str | None


class AudienceView(View):
    """Whom the office meant; empty: no limit."""

    branches: tuple[str, ...]
    channels: tuple[str, ...]
    only_named: bool


class NoticeView(View):
    """One revision of a notice.

    deadline: the later of its own and its job's. text: without the lines that name students unless an admin asks;
    html, written and students then too. written: Markdown as the office wrote it; null: it came from a source.
    students_named: how many it names.
    """

    id: str
    revision: int
    year: str
    source: str
    kind: NoticeKind
    title: str
    text: str
    html: str | None
    written: str | None
    company: str | None
    roles: tuple[RoleView, ...]
    location: tuple[str, ...]
    deadline: datetime | None
    event_at: datetime | None
    venue: str | None
    links: tuple[str, ...]
    branches: tuple[str, ...]
    min_cgpa: float | None
    batch_year: int | None
    students_named: int
    students: tuple[ListedView, ...] | None
    job_id: str | None
    author: str | None
    published_at: datetime
    updated_at: datetime
    expires_at: datetime
    urgent: bool
    public: bool
    withdrawn: bool
    archived: bool
    audience: AudienceView | None
    changes: tuple[ChangeView, ...]
    announcement: str | None


class NoticePage(Page[NoticeView]):
    """Notices, newest published first."""


class RevisionView(View):
    """One revision in the history of a notice. changes: from the revision before."""

    revision: int
    title: str
    text: str
    updated_at: datetime
    withdrawn: bool
    matters: bool
    changes: tuple[ChangeView, ...]
    announcement: str | None


class RevisionsView(View):
    """All revisions of a notice, oldest first."""

    items: tuple[RevisionView, ...]


def notice_view(notice: Notice, *, names: bool) -> NoticeView:
    """Return what is shown. names: whether the reader may see whom it names."""
    facts = notice.facts
    text = notice.text if names else text_without_names(notice)
    hides = not names and (text != notice.text or html_names_students(notice))
    return NoticeView(
        id=notice.id,
        revision=notice.revision,
        year=notice.year,
        source=notice.source,
        kind=facts.kind,
        title=notice.title,
        text=text,
        html=None if hides else notice.html,
        written=None if hides else notice.written,
        company=facts.company or (notice.job.company if notice.job else None),
        roles=tuple(RoleView(**role.model_dump()) for role in facts.roles),
        location=facts.location,
        deadline=effective_deadline(notice),
        event_at=facts.event_at,
        venue=facts.venue,
        links=facts.links,
        branches=facts.branches,
        min_cgpa=facts.min_cgpa,
        batch_year=facts.batch_year,
        students_named=len(facts.students),
        students=tuple(ListedView(**one.model_dump()) for one in facts.students) if names else None,
        job_id=notice.job.id if notice.job else None,
        author=notice.author,
        published_at=notice.published_at,
        updated_at=notice.updated_at,
        expires_at=notice.expires_at,
        urgent=notice.urgent,
        public=notice.public,
        withdrawn=notice.withdrawn,
        archived=notice.archived,
        audience=_audience(notice.audience),
        changes=tuple(_change(change, names=names) for change in notice.changes),
        announcement=notice.announcement,
    )


def revision_view(notice: Notice, *, names: bool) -> RevisionView:
    """Return what is shown of a revision."""
    return RevisionView(
        revision=notice.revision,
        title=notice.title,
        text=notice.text if names else text_without_names(notice),
        updated_at=notice.updated_at,
        withdrawn=notice.withdrawn,
        matters=notice.matters,
        changes=tuple(_change(change, names=names) for change in notice.changes),
        announcement=notice.announcement,
    )


def text_without_names(notice: Notice) -> str:
    """Return the text without the lines that name students."""
    lines = notice.text.split("\n")
    naming = naming_lines(lines, notice.facts.students)
    return "\n".join(line for index, line in enumerate(lines) if index not in naming) if naming else notice.text


def _change(change: Change, *, names: bool) -> ChangeView:
    if change.field == TEXT and not names:
        return ChangeView(field=change.field, before=None, after=None)
    return ChangeView(field=change.field, before=change.before, after=change.after)


def _audience(audience: Audience | None) -> AudienceView | None:
    if audience is None:
        return None
    return AudienceView(branches=audience.branches, channels=audience.channels, only_named=audience.only_named)


NOTICE_EXAMPLE = {
    "id": "n5d41402abc4b2a76",
    "revision": 2,
    "year": "202526",
    "source": "superset",
    "kind": "job_posting",
    "title": "Open for applications - Brightwave Systems - Software Engineer",
    "text": "Apply by 14 Nov, 17:00.",
    "html": "<p>Apply by 14 Nov, 17:00.</p>",
    "written": None,
    "company": "Brightwave Systems",
    "roles": [{"role": "Software Engineer", "package_lpa": 12.5, "stipend_per_month": None}],
    "location": ["Bengaluru"],
    "deadline": "2025-11-14T11:30:00Z",
    "event_at": None,
    "venue": None,
    "links": ["https://careers.example.com/brightwave"],
    "branches": ["CSE", "ECE"],
    "min_cgpa": 7.0,
    "batch_year": 2026,
    "students_named": 0,
    "students": None,
    "job_id": "jp-208",
    "author": "T and P Office",
    "published_at": "2025-11-10T06:30:00Z",
    "updated_at": "2025-11-11T04:00:00Z",
    "expires_at": "2025-11-14T11:30:00Z",
    "urgent": False,
    "public": True,
    "withdrawn": False,
    "archived": False,
    "audience": None,
    "changes": [{"field": "Deadline", "before": "12 Nov 17:00", "after": "14 Nov 17:00"}],
    "announcement": "Deadline moved: 12 Nov 17:00 → 14 Nov 17:00",
}
REVISION_EXAMPLE = {
    "revision": 1,
    "title": "Open for applications - Brightwave Systems",
    "text": "Apply by 12 Nov, 17:00.",
    "updated_at": "2025-11-10T06:30:00Z",
    "withdrawn": False,
    "matters": False,
    "changes": [],
    "announcement": None,
}
