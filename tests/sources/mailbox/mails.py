"""Mails as bytes, written so that a test shows only what matters to it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from placement_alerts.core.mail import Mail
from placement_alerts.sources.mailbox.decoding import decode

RECEIVED = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
TRUSTED = ("office@college.example", "@cell.example", "list:placements.lists.example")
OURS = "mx.ours.example"
HEADERS = (
    "From: Placement Office <office@college.example>",
    "To: all@college.example",
    "Subject: Result",
    "Date: Thu, 26 Feb 2026 10:00:00 +0530",
    "Message-ID: <a1@college.example>",
)


def a_mail(
    *more: str,
    body: str | bytes = "Dear all\r\n",
    without: Sequence[str] = (),
    above: Sequence[str] = (),
) -> bytes:
    """Return a mail. more: header lines after the usual ones; without: names of usual ones left out; above: before."""
    usual = [line for line in HEADERS if line.partition(":")[0] not in without]
    head = "\r\n".join([*above, *usual, *more, "", ""])
    return head.encode() + (body if isinstance(body, bytes) else body.encode())


def multipart(subtype: str, *parts: str | bytes, boundary: str = "b1") -> tuple[str, bytes]:
    """Return the Content-Type line and the body of a multipart. parts: each with its header lines and a blank line."""
    raw = [part if isinstance(part, bytes) else part.encode() for part in parts]
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in raw) + mark + b"--\r\n"
    return f"Content-Type: multipart/{subtype}; boundary={boundary}", body


def read(raw: bytes) -> Mail:
    """Return the mail, its files not looked into."""
    return decode(raw, received_at=RECEIVED, trusted=TRUSTED, authserv_id=OURS).mail


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"


def html(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\r\n\r\n{text}"


def of_parts(subtype: str, *parts: str | bytes) -> Mail:
    """Return a mail of parts as it is read. subtype: of its multipart."""
    line, body = multipart(subtype, *parts)
    return read(a_mail("MIME-Version: 1.0", line, body=body))
