"""A mail as it was decoded: what is understood, and what is kept of it while a person has to look."""

from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

MailId = NewType("MailId", str)

MAILBOX = "mailbox"  # the source's name, in notices too


class Attachment(Frozen):
    """A file that came with a mail; pictures of signatures are none.

    name: as the sender called it, without folders. size_bytes: decoded. rows: cells of a CSV or XLSX file, lines of a
    PDF as rows of one cell; empty if nothing was read. unread: why it was not read, in words; None if it was.
    """

    name: str
    media_type: str
    size_bytes: int
    rows: tuple[tuple[str, ...], ...] = ()
    unread: str | None = None


class Mail(Frozen):
    """A decoded mail (reference/mailbox.md, section 2). Text is whole: with quoted, forwarded and footer lines.

    id: from the Message-ID; without one, from sender, subject, time and a digest of the body. Never from the clock.
    sender_name, sender_address: of the outer `From`. recipients: of To, Cc, Delivered-To and X-Original-To.
    list_id: of `List-Id`, lower case, without angle brackets. bulk: it says that it is sent in bulk, and names no list.
    date: of the `Date` header; None if missing or unreadable. received_at: INTERNALDATE, else the time of reading.
    text: of the first readable text/plain part. html: of the HTML part, not sanitised, if there is no such text.
    distrust: None if the sender is trusted, else why not, in words. damaged: None, or why it was not read whole.
    """

    id: MailId
    message_id: str | None = None
    subject: str = ""
    sender_name: str | None = None
    sender_address: str | None = None
    recipients: tuple[str, ...] = ()
    list_id: str | None = None
    bulk: bool = False
    date: UtcDatetime | None = None
    received_at: UtcDatetime
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    distrust: str | None = None
    damaged: str | None = None

    @property
    def sent_at(self) -> UtcDatetime:
        """When it was sent, as far as its own headers say."""
        return self.date or self.received_at


class Cursor(Frozen):
    """How far a folder was read. Everything up to `uid` is stored, while the server says this UIDVALIDITY."""

    folder: str
    uidvalidity: int
    uid: int


class Arrival(Frozen):
    r"""A mail as a folder lists it. cursor: to be stored once the mail is. seen: it carries the flag \Seen already."""

    cursor: Cursor
    seen: bool
    mail: Mail
