"""What the placement office sends, and what waits for its hour, as the API has them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Audience, NoticeKind
from placement_alerts.core.office_notice import (
    BRANCH_LIMIT,
    LINE_LIMIT,
    LINK_LIMIT,
    MOST_BRANCHES,
    MOST_LINKS,
    MOST_NAMED,
    TEXT_LIMIT,
    TITLE_LIMIT,
)
from placement_alerts.pipeline.office import Reach
from placement_alerts.web.api.values import TEXT_PATTERN, Moment, Sent, View, Year

NUMBER_CHARACTERS = 40  # of an enrollment number, spaces included

OneLine = Annotated[str, Field(max_length=LINE_LIMIT, pattern=TEXT_PATTERN)]
Branch = Annotated[str, Field(min_length=1, max_length=BRANCH_LIMIT, pattern=TEXT_PATTERN)]
ChannelName = Annotated[str, Field(pattern=r"^[a-z]{1,30}$")]
Link = Annotated[str, Field(max_length=LINK_LIMIT, pattern=r"^https?://[^\s]+$")]
Number = Annotated[str, Field(min_length=1, max_length=NUMBER_CHARACTERS, pattern=TEXT_PATTERN)]


class AudienceSent(Sent):
    """Whom a notice is meant for, within its year. Left out: everybody.

    branches: students of these; who has not told a branch is reached too. channels: addresses on these alone.
    only_named: nobody but those whom `enrollments` names.
    """

    branches: tuple[Branch, ...] = Field(default=(), max_length=MOST_BRANCHES)
    channels: tuple[ChannelName, ...] = Field(default=(), max_length=10)
    only_named: bool = False

    def audience(self) -> Audience:
        """Return it as it is stored."""
        return Audience(branches=self.branches, channels=self.channels, only_named=self.only_named)


class NoticeChange(Sent):
    """A notice of the office as it should read. text: Markdown, no HTML. enrollments: students who are named.

    urgent: reaches students in quiet hours too. public: for everybody, so it may name no student.
    """

    year: Year
    kind: NoticeKind
    title: str = Field(min_length=1, max_length=TITLE_LIMIT, pattern=TEXT_PATTERN)
    text: str = Field(max_length=TEXT_LIMIT)
    company: OneLine | None = None
    deadline: Moment | None = None
    event_at: Moment | None = None
    venue: OneLine | None = None
    links: tuple[Link, ...] = Field(default=(), max_length=MOST_LINKS)
    enrollments: tuple[Number, ...] = Field(default=(), max_length=MOST_NAMED)
    audience: AudienceSent = AudienceSent()
    urgent: bool = False
    public: bool = False
    author: OneLine | None = None

    def draft(self, draft_id: DraftId, created_by: str, version: int, publish_at: datetime | None) -> Draft:
        """Return it as a draft."""
        same = {name: getattr(self, name) for name in NoticeChange.model_fields if name != "audience"}
        return Draft(
            id=draft_id,
            version=version,
            created_by=created_by,
            publish_at=publish_at,
            audience=self.audience.audience(),
            **same,
        )


class NoticeSent(NoticeChange):
    """A new notice of the office. publish_at: its hour; left out or past: at once."""

    publish_at: Moment | None = None


class ScheduledSent(NoticeChange):
    """A notice that waits, as it should read. publish_at: its hour."""

    publish_at: Moment


class PreviewSent(Sent):
    """Whom a notice would be meant for."""

    year: Year
    audience: AudienceSent = AudienceSent()
    enrollments: tuple[Number, ...] = Field(default=(), max_length=MOST_NAMED)


class ReachView(View):
    """Whom a notice would reach. students: of the year. concerned: who would get it.

    unreachable: meant, without an address that is on. unknown_branch: of the concerned, who told no branch.
    named: of the named numbers, how many belong to a student we know. by_channel: addresses.
    """

    students: int
    concerned: int
    unreachable: int
    unknown_branch: int
    named: int
    by_channel: dict[str, int]

    @classmethod
    def of(cls, reach: Reach) -> "ReachView":
        """Return it as it is shown."""
        return cls(**{name: getattr(reach, name) for name in cls.model_fields})


class ScheduledView(View):
    """A notice that waits for its hour. version: raised by every change. It goes to `notice_id` then."""

    id: str
    notice_id: str
    version: int
    year: str
    kind: NoticeKind
    title: str
    text: str
    company: str | None
    deadline: datetime | None
    event_at: datetime | None
    venue: str | None
    links: tuple[str, ...]
    enrollments: tuple[str, ...]
    audience: AudienceSent
    urgent: bool
    public: bool
    author: str | None
    created_by: str
    publish_at: datetime | None


class ScheduledListView(View):
    """What waits, earliest hour first."""

    items: tuple[ScheduledView, ...]


NOTICE_SENT_EXAMPLE = {
    "year": "202526",
    "kind": "webinar",
    "title": "Pre-placement talk of Brightwave Systems",
    "text": "Join at **16:00** in hall 2.",
    "company": "Brightwave Systems",
    "event_at": "2025-11-14T10:30:00Z",
    "venue": "Hall 2",
    "audience": {"branches": ["CSE", "ECE"]},
}
SCHEDULED_EXAMPLE = {
    "id": "d1f3870be274f6c49",
    "notice_id": "n6c1f5ba6b2c64aa0",
    "version": 1,
    "year": "202526",
    "kind": "webinar",
    "title": "Pre-placement talk of Brightwave Systems",
    "text": "Join at **16:00** in hall 2.",
    "company": "Brightwave Systems",
    "deadline": None,
    "event_at": "2025-11-14T10:30:00Z",
    "venue": "Hall 2",
    "links": [],
    "enrollments": [],
    "audience": {"branches": ["CSE", "ECE"], "channels": [], "only_named": False},
    "urgent": False,
    "public": False,
    "author": None,
    "created_by": "token:t1",
    "publish_at": "2025-11-12T04:30:00Z",
}
REACH_EXAMPLE = {
    "students": 1153,
    "concerned": 412,
    "unreachable": 37,
    "unknown_branch": 20,
    "named": 0,
    "by_channel": {"telegram": 401, "webpush": 66},
}
