"""Bytes to a mail: everything but its attachments' contents, in one synchronous function without I/O and clock."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from placement_alerts.core.html import to_text
from placement_alerts.core.mail import Mail
from placement_alerts.core.timetable import IST
from placement_alerts.sources.mailbox.attachments import MAX_FILES, File, file_of
from placement_alerts.sources.mailbox.bodies import MAX_WORDS, Body, body_of
from placement_alerts.sources.mailbox.headers import Headers, decoded_words, parsed, squeezed
from placement_alerts.sources.mailbox.identity import mail_id, message_id_of
from placement_alerts.sources.mailbox.roles import Role, leaves
from placement_alerts.sources.mailbox.structure import Part, Structure, take_apart
from placement_alerts.sources.mailbox.trust import distrust, list_id_of, single_sender

MAX_SUBJECT = 1_000  # characters
MAX_RECIPIENTS = 200
_MAX_ADDRESSES = 64 * 1024  # characters of one header with addresses
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]@\\]{1,64}@[^\s<>,;:\"()\[\]@\\]{1,253}")
_QUOTED = re.compile(r'"[^"]{0,1000}"')
_NAMED = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*))\s*<')
_COMMENTED = re.compile(r"\(([^()]+)\)\s*$")
_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_BULK = frozenset({"bulk", "junk", "list"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A mail whose files were not looked into yet: `mail.attachments` is empty."""

    mail: Mail
    files: tuple[File, ...]


def decode(
    raw: bytes,
    *,
    received_at: datetime,
    trusted: Sequence[str] = (),
    authserv_id: str = "",
    damaged: str | None = None,
) -> Decoded:
    """Return what a mail says; never raises for what is in it. damaged: what is already known to be missing."""
    structure = take_apart(raw)
    headers = structure.root.headers
    body, files = _contents(structure)
    problems = [*([damaged] if damaged else []), *structure.problems, *_lacking(structure.root, body)]
    message_id = message_id_of(headers.first("message-id"))
    seen = [headers.first(name) or "" for name in ("from", "subject", "date")]
    mail = Mail(
        id=mail_id(message_id, seen, b"" if message_id else structure.root.body),
        message_id=message_id,
        received_at=received_at,
        text=body.text,
        html=body.html,
        distrust=distrust(headers, trusted, authserv_id),
        damaged="; ".join(problems)[:500] or None,
        **_envelope(headers),
    )
    return Decoded(mail, files)


def date_of(value: str | None) -> datetime | None:
    """Return the time of a `Date` header in UTC; one without a zone is of India. None: missing, or no time."""
    if not value:
        return None
    moment = parsed(lambda: parsedate_to_datetime(value[:200]), None)
    if moment is None or not 1990 <= moment.year < 2100:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if "-0000" in value else IST)
    return parsed(lambda: moment.astimezone(UTC), None)


def sender_of(headers: Headers) -> tuple[str | None, str | None]:
    """Return name and address of the first `From`, as far as they can be made out."""
    value = headers.first("from")
    if value is None:
        return None, None
    value = value[:1000]
    named = _NAMED.match(value)
    name = re.sub(r"\\(.)", r"\1", named[1]) if named and named[1] is not None else named[2] if named else ""
    commented = _COMMENTED.search(value)
    if not name and commented:
        name = commented[1]
    address = single_sender(headers) or next(iter(_addresses([value])), None)
    return decoded_words(name)[:200] or None, address


def _envelope(headers: Headers) -> dict[str, Any]:
    name, address = sender_of(headers)
    list_id = list_id_of(headers)
    return {
        "subject": headers.text("subject")[:MAX_SUBJECT],
        "sender_name": name,
        "sender_address": address,
        "recipients": _addresses(value for header in _RECIPIENT_HEADERS for value in headers.all(header)),
        "list_id": list_id,
        "bulk": list_id is None and _is_bulk(headers),
        "date": date_of(headers.first("date")),
    }


def _is_bulk(headers: Headers) -> bool:
    precedence = (headers.first("precedence") or "").strip().lower()
    return precedence in _BULK or headers.first("list-unsubscribe") is not None


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in values:
        for address in _ADDRESS.findall(_QUOTED.sub(" ", value[:_MAX_ADDRESSES])):
            found.setdefault(squeezed(address).lower())
            if len(found) == MAX_RECIPIENTS:
                return tuple(found)
    return tuple(found)


def _contents(structure: Structure) -> tuple[Body, tuple[File, ...]]:
    """Return the words and the files; where there are no words, pictures inside of them are files too."""
    body = body_of(structure.root)
    found = list(leaves(structure.root))
    pictures = any(role is Role.PICTURE for _, role in found) and not _says_something(body)
    attached = [part for part, role in found if role is Role.FILE or (role is Role.PICTURE and pictures)]
    if len(attached) > MAX_FILES:
        structure.problems.append(f"it has more than {MAX_FILES} attachments")
    return body, tuple(file_of(part) for part in attached[:MAX_FILES])


def _says_something(body: Body) -> bool:
    return bool(body.text) or bool(body.html and to_text(body.html).strip())


def _lacking(root: Part, body: Body) -> list[str]:
    lacking = []
    if not root.headers.pairs:
        lacking.append("it has no header lines")
    if root.media_type in _ENCRYPTED:
        lacking.append("it is encrypted or sealed as a whole")
    if body.cut:
        lacking.append(f"its text is longer than {MAX_WORDS} bytes")
    return lacking
