"""A mail from a file: `explain` shows what the mailbox would make of it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from placement_alerts.core.mail import Mail
from placement_alerts.errors import UnreadableFile
from placement_alerts.sources.mailbox.decoding import date_of
from placement_alerts.sources.mailbox.headers import Headers
from placement_alerts.sources.mailbox.reading import read_mail
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.mailbox.structure import take_apart

_OF_MAILS = frozenset({"from", "to", "subject", "date", "message-id", "received", "mime-version", "content-type"})


async def mail_in_file(file: Path | bytes, settings: MailboxSettings) -> Mail:
    """Return the mail in a file (RFC 5322, *.eml), as if it had come at the time that its own headers say.

    Raises UnreadableFile with what is wrong if the file is no mail or cannot be opened.
    """
    raw = file if isinstance(file, bytes) else await asyncio.to_thread(_beginning, file, settings.max_bytes + 1)
    headers = (await asyncio.to_thread(take_apart, raw[: settings.max_bytes])).root.headers
    if not any(name in _OF_MAILS for name, _ in headers.pairs):
        raise UnreadableFile("the file is no mail: it does not begin with header lines like From, Subject and Date")
    large = len(raw) > settings.max_bytes
    return await read_mail(
        raw[: settings.max_bytes],
        received_at=_received_at(headers) or datetime.now(UTC),
        settings=settings,
        damaged=f"it is larger than {settings.max_bytes} bytes" if large else None,
    )


def _beginning(file: Path, size_bytes: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(size_bytes)
    except OSError as error:
        raise UnreadableFile(f"the file cannot be read: {error.strerror}") from error


def _received_at(headers: Headers) -> datetime | None:
    """Return when the last server got it, else when it says that it was sent."""
    taken = date_of((headers.first("received") or "").rpartition(";")[2])
    return taken or date_of(headers.first("date"))
