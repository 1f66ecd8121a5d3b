"""What an IMAP server's answers say (RFC 3501), and how folders are named on the wire. Pure."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from placement_alerts.errors import PeerError, PeerNonsense, PeerRefused, PeerUnreachable

_FOLDER_NUMBERS = re.compile(
    rb"(?:OK )?\[UIDVALIDITY (?P<uidvalidity>\d{1,10})\]|(?P<mails>\d{1,10}) EXISTS", re.IGNORECASE
)
_CODE = re.compile(rb"\[([A-Z-]{1,30})[ \]]", re.IGNORECASE)
_MAIL = re.compile(rb"\d{1,10} FETCH \(", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,10})", re.IGNORECASE)
_SIZE = re.compile(rb"[( ]RFC822\.SIZE (\d{1,15})", re.IGNORECASE)
_FLAGS = re.compile(rb"[( ]FLAGS \(([^)]*)\)", re.IGNORECASE)
_DATE = re.compile(
    rb'[( ]INTERNALDATE "(?P<day>[ \d]\d)-(?P<month>[A-Z]{3})-(?P<year>\d{4}) '
    rb'(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?P<sign>[+-])(?P<zone>\d{4})"',
    re.IGNORECASE,
)
_BODY = re.compile(
    rb'[( ]BODY\[\](?:<\d{1,12}>)? (?:\{\d{1,12}\}|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<nil>NIL))', re.IGNORECASE
)
# Codes and words of a refusal that time mends (RFC 5530; the words are Gmail's, which puts them behind [ALERT]).
_FOR_NOW = {"UNAVAILABLE", "LIMIT", "INUSE", "THROTTLED", "OVERQUOTA"}
_FOR_NOW_AT_LOGIN = _FOR_NOW | {"SERVERBUG", "CONTACTADMIN"}  # no word about the password
_FOR_NOW_WORDS = re.compile(rb"too many|exceeded", re.IGNORECASE)
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")

Line = bytes | bytearray
"""A line of an answer, or, as bytearray, a literal: aioimaplib tells them apart like this."""


@dataclass(frozen=True, slots=True)
class OpenFolder:
    """A selected folder. mails: how many it has."""

    name: str
    uidvalidity: int
    mails: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as a folder lists it. received_at: INTERNALDATE; None if it is missing or no time."""

    uid: int
    size_bytes: int
    seen: bool
    received_at: datetime | None


def folder_on_the_wire(name: str) -> str:
    """Return a folder's name in modified UTF-7 (RFC 3501, section 5.1.3), quoted."""
    ascii_or_not = re.split(r"([^ -~]+)", name.replace("&", "&-"))
    shifted = [part if place % 2 == 0 else f"&{_base64(part)}-" for place, part in enumerate(ascii_or_not)]
    return quoted("".join(shifted))


def quoted(text: str) -> str:
    """Return a quoted string. Raises ValueError for what could end the line: a line break or NUL."""
    if re.search(r"[\0\r\n]", text):
        raise ValueError("a line break or NUL cannot be sent")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_folder(name: str, lines: Iterable[Line]) -> OpenFolder:
    """Read the answer to SELECT. Raises PeerNonsense if it lacks UIDVALIDITY, without which no UID means anything."""
    found: dict[str, int] = {}
    for line in lines:
        if match := _FOLDER_NUMBERS.match(line):
            found |= {key: int(value) for key, value in match.groupdict().items() if value is not None}
    if "uidvalidity" not in found:
        raise PeerNonsense("the mail server names no UIDVALIDITY")
    return OpenFolder(name, found["uidvalidity"], found.get("mails", 0))


def read_uids(lines: Iterable[Line], above: int) -> list[int]:
    """Read the answer to UID SEARCH; return the UIDs above one, ascending.

    "8:*" always finds the last mail, even if its UID is 7.
    """
    words = [word for line in lines for word in bytes(line).split()]
    if not all(word.isdigit() and len(word) <= 10 for word in words):  # 32 bits
        raise PeerNonsense("the mail server found something that is no UID")
    return sorted({uid for word in words if (uid := int(word)) > above})


def read_listing(lines: Sequence[Line]) -> Mapping[int, Listed]:
    """Read the answer to UID FETCH of what describes a mail, by UID; a mail that is gone is missing."""
    listing = {}
    for text, _ in _mails(lines):
        uid, size, flags = _UID.search(text), _SIZE.search(text), _FLAGS.search(text)
        if uid and size and flags:  # else somebody changed a flag meanwhile: a FETCH that nobody asked for
            seen = rb"\seen" in flags[1].lower().split()
            listing[int(uid[1])] = Listed(int(uid[1]), int(size[1]), seen, _time_in(text))
    return listing


def read_body(lines: Sequence[Line], uid: int) -> bytes | None:
    """Read the answer to UID FETCH of (a part of) one mail's bytes; None: there is no such mail any more."""
    for text, literals in _mails(lines):
        found, body = _UID.search(text), _BODY.search(text)
        if not found or int(found[1]) != uid or not body:
            continue
        if body["text"] is not None:
            return re.sub(rb"\\(.)", rb"\1", body["text"])
        if body["nil"]:
            return b""
        if len(literals) != 1:
            raise PeerNonsense("the mail server sent another number of literals than one")
        return bytes(literals[0])
    return None


def is_arrival(line: Line) -> bool:
    """Say whether the server tells by this line how many mails the folder has now."""
    return re.fullmatch(rb"(?:\* )?\d{1,10} EXISTS", bytes(line).strip(), re.IGNORECASE) is not None


def response_code(text: Line) -> str:
    """Return the code in brackets at the beginning of a status, in capitals; "" without one."""
    match = _CODE.match(text)
    return match[1].decode().upper() if match else ""


def refused(what: str, status: Line) -> PeerError:
    """Return what a NO means. what: was asked for. The server's words stay out of it: they may name the address."""
    if response_code(status) in _FOR_NOW or _FOR_NOW_WORDS.search(status):
        return PeerUnreachable(f"the mail server refused {what} for now")
    return PeerRefused(f"the mail server refused {what}")


def refused_login(status: Line) -> PeerError:
    """Return what a NO to a login means, with what to do."""
    if response_code(status) in _FOR_NOW_AT_LOGIN or _FOR_NOW_WORDS.search(status):
        return PeerUnreachable("the mail server takes no logins for now")
    return PeerRefused(
        "the mail server refused the login: check sources.mailbox.username and password;"
        " Gmail wants an app password, made at myaccount.google.com/apppasswords"
    )


def _mails(lines: Sequence[Line]) -> Iterator[tuple[bytes, list[bytearray]]]:
    """Yield each FETCH of an answer: its lines joined, and its literals."""
    starts = [place for place, line in enumerate(lines) if isinstance(line, bytes) and _MAIL.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        group = lines[start:end]
        text = b"".join(line for line in group if isinstance(line, bytes))
        yield text, [line for line in group if isinstance(line, bytearray)]


def _time_in(text: bytes) -> datetime | None:
    match = _DATE.search(text)
    if match is None or match["month"].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match["month"].lower()) + 1
    east = timedelta(hours=int(match["zone"][:2]), minutes=int(match["zone"][2:]))
    try:
        zone = timezone(east if match["sign"] == b"+" else -east)
        year, day, hour, minute, second = (int(match[part]) for part in ("year", "day", "hour", "minute", "second"))
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-be", "surrogatepass")).decode().rstrip("=").replace("/", ",")
