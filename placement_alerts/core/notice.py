"""A notice: something the placement office said, as it stands in one revision."""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.job import Job

NoticeId = NewType("NoticeId", str)


class NoticeKind(StrEnum):
    """What a notice is for (DESIGN.md, section 6)."""

    JOB_POSTING = "job_posting"
    SHORTLIST = "shortlist"
    OFFER = "offer"
    WEBINAR = "webinar"
    HACKATHON = "hackathon"
    REMINDER = "reminder"
    INTERNSHIP_NOC = "internship_noc"
    POLICY = "policy"
    ANNOUNCEMENT = "announcement"
    UPDATE = "update"
    IRRELEVANT = "irrelevant"


class Role(Frozen):
    """A post on offer. package_lpa: lakhs of rupees a year; stipend_per_month: rupees; None: not stated."""

    role: str | None
    package_lpa: float | None = None
    stipend_per_month: int | None = None


class ListedStudent(Frozen):
    """A student named in a list. enrollment: as written, without spaces, upper case."""

    name: str | None
    enrollment: str | None = None


class Facts(Frozen):
    """What a text says, as far as rules can tell. Empty or None: not stated.

    location: places of work. venue: room, address or platform of an event. links: http(s) only.
    branches: codes (CSE, ECE, IT, BT, M.Tech, Intg. M.Tech, MCA, All). min_cgpa: on the scale of 10.
    held: None, or why a person should look before this is published. reasons: why each decision fell, in words.
    """

    kind: NoticeKind
    company: str | None = None
    roles: tuple[Role, ...] = ()
    location: tuple[str, ...] = ()
    deadline: UtcDatetime | None = None
    event_at: UtcDatetime | None = None
    venue: str | None = None
    links: tuple[str, ...] = ()
    students: tuple[ListedStudent, ...] = ()
    branches: tuple[str, ...] = ()
    min_cgpa: float | None = None
    batch_year: int | None = None
    author: str | None = None
    held: str | None = None
    reasons: tuple[str, ...] = ()


class Change(Frozen):
    """One field that differs from the revision before. before, after: as shown to a reader; None: not stated."""

    field: str
    before: str | None
    after: str | None


class Audience(Frozen):
    """Whom the office meant, within the notice's year. Empty: no limit.

    branches: codes as in Facts; a student whose branch is not known is reached too, rather than missed.
    channels: only addresses on these channels. only_named: nobody but the students whom the notice names.
    """

    branches: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    only_named: bool = False


class Notice(Frozen):
    """One revision of a notice.

    items: keys of the source items that it is made of: a posting, a job, or a job and the posting that announces it.
    title, html, text: html is sanitised once, at intake; text is derived from it.
    facts: what the notice's own text says. job: the portal's job that it announces or concerns, as it stood then;
    a job's values stand beside the notice's own and never replace them (reference/portal.md, pitfall 38).
    announces_job: the notice is the posting of `job`, so changes of the job are revisions of this notice.
    posted: False while nobody posted a text and the notice was made from the job alone.
    published_at: when the office published it. stored_at: when this revision was accepted.
    archived: kept for reading, delivered to nobody. announcement: the one short line about what changed, or None.
    matters: the change is worth a sound, and worth telling students who never got an earlier revision.
    expires_at: after this moment it is no longer delivered. audience: None: all students of the year.
    written: the office's own Markdown, to be changed later; None: of other sources.
    """

    id: NoticeId
    revision: int
    year: str
    source: str
    items: tuple[str, ...]
    title: str
    html: str
    text: str
    facts: Facts
    job: Job | None = None
    announces_job: bool = False
    posted: bool = True
    author: str | None = None
    published_at: UtcDatetime
    updated_at: UtcDatetime
    stored_at: UtcDatetime
    expires_at: UtcDatetime
    urgent: bool = False
    public: bool = False
    audience: Audience | None = None
    withdrawn: bool = False
    archived: bool = False
    changes: tuple[Change, ...] = ()
    announcement: str | None = None
    matters: bool = False
    written: str | None = None
