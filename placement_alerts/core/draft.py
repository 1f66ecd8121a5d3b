"""What the placement office writes itself: a notice before it is published (DESIGN.md, section 4: source `office`)."""

from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.notice import Audience, NoticeKind

OFFICE = "office"  # the source's name in notices

DraftId = NewType("DraftId", str)


class Draft(Frozen):
    """A notice that waits for its hour. Its notice's id follows from `id`, so publishing twice makes one notice.

    version: raised by every write; a write names the version it started from. text: as written, Markdown without HTML.
    publish_at: never None in the store; what is to be published at once never becomes a row.
    enrollments: students who are named by number; they are told personally.
    created_by: "cli", "token:ID" or a student id.
    """

    id: DraftId
    version: int = 1
    year: str
    kind: NoticeKind
    title: str
    text: str
    company: str | None = None
    deadline: UtcDatetime | None = None
    event_at: UtcDatetime | None = None
    venue: str | None = None
    links: tuple[str, ...] = ()
    enrollments: tuple[str, ...] = ()
    audience: Audience = Audience()
    urgent: bool = False
    public: bool = False
    author: str | None = None
    created_by: str
    publish_at: UtcDatetime | None = None
