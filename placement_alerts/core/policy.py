"""The placement policy of a graduating year: versions with a table of contents (reference/mailbox.md, section 9)."""

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.mail import MailId


class TocEntry(Frozen):
    """A heading. id: GitHub style, unique in its policy. level: 2 or 3."""

    id: str
    text: str
    level: int


class Policy(Frozen):
    """One version. Unique by (year, version); the highest version is the one in force.

    year: graduating year, 2020 to 2040. version: from 1. content: Markdown. mail_id: of the mail it came with.
    updated_on: when each version up to this one was sent, oldest first.
    """

    year: int
    version: int
    title: str
    content: str
    toc: tuple[TocEntry, ...] = ()
    mail_id: MailId
    author: str | None = None
    subject: str = ""
    sent_at: UtcDatetime
    stored_at: UtcDatetime
    updated_on: tuple[UtcDatetime, ...]
