"""Header lines that stand inside a mail's text: the block below a forward marker or above a quoted mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from placement_alerts.core.dates import END_OF_DAY, find_moments
from placement_alerts.core.document import squeeze

LONGEST = 600  # characters of a line that are looked at
_MOST_LINES = 40  # of a block: long lists of receivers are broken into several lines

# What mail programs call the header lines, in the languages of their users.
_LABELS = {
    "from": "from|de|von|da|van|от|प्रेषक",
    "date": "date|sent|gesendet|datum|envoyé|fecha|enviado|data|inviato|दिनांक|तारीख|भेजा गया",
    "subject": "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|тема|विषय",
    "to": "to|an|à|para|aan|кому|प्रति|cc|kopie|bcc|reply-to|importance|attachments?",
}
_HEADER = re.compile(
    r"[>*_\s]{0,8}(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items()) + r")"
    r"[*_ ]{0,3}:[*_ ]{0,3}(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"[<(\[]?\s*(?:mailto:)?[^\s<>()\[\]@]{1,80}@[^\s<>()\[\]]{1,120}\s*[>)\]]*", re.IGNORECASE)
_DOMAIN = re.compile(r"@(?P<domain>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5})", re.IGNORECASE)
_SCHOOL = frozenset({"ac", "edu", "res", "gov", "nic"})
_PROVIDERS = frozenset(
    {"gmail", "googlemail", "google", "googlegroups", "outlook", "hotmail", "live", "yahoo", "ymail", "icloud", "zoho"}
    | {"rediffmail", "proton", "protonmail", "mail", "email", "aol", "linkedin"}
)
_SHORTEST_HOUSE = 4  # letters
_YEARS = range(1990, 2100)  # in which mails are sent; others are made up
_ZONE = re.compile(r"(?:[+-]\d{4}|\bGMT|\bUTC|\bZ)\b")


@dataclass(frozen=True, slots=True)
class Header:
    """What a block says of the mail below it.

    sender: a name, None if only an address is given. house: of the address, as `house_of` says. to: as written.
    """

    sender: str | None = None
    sent: str | None = None
    subject: str | None = None
    house: str | None = None
    to: str = ""


def header_line(text: str) -> tuple[str, str] | None:
    """Return (from, date, subject or to; value) of a header line, None if it is none."""
    match = _HEADER.match(text[:LONGEST])
    if match is None:
        return None
    return next(name for name in _LABELS if match[name]), squeeze(match["value"]).strip(" *_")


def read_block(texts: Sequence[str], start: int) -> tuple[Header, int] | None:
    """Return the header block that begins at `start`, and the index behind it; None if there is none.

    A block has a sender and at least a date or a subject, in lines that follow each other.
    """
    found: dict[str, str] = {}
    last: str | None = None
    index = start
    for index in range(start, min(len(texts), start + _MOST_LINES)):
        line = header_line(texts[index])
        if line is not None and (line[0] not in found or line[0] == "to"):
            last = line[0]
            found.setdefault(last, line[1])
        elif (not texts[index].strip() or last in {"to", "subject"}) and _goes_on(texts, index, found):
            if last == "subject" and texts[index].strip():
                found["subject"] = squeeze(f"{found['subject']} {texts[index]}")
        else:
            break
    else:
        index += 1
    if "from" not in found or not ({"date", "subject"} & set(found)):
        return None
    return (
        Header(
            name_of(found["from"]),
            found.get("date"),
            found.get("subject"),
            house_of(found["from"]),
            found.get("to", "")[:LONGEST],
        ),
        index,
    )


def begins_block(texts: Sequence[str], index: int) -> bool:
    """Whether a header block begins here: a line `From:` with a subject, or an address, and more close below it.

    "From: 10 AM, To: 1 PM, Date: 5 March" is none.
    """
    line = header_line(texts[index])
    if line is None or line[0] != "from":
        return False
    below = {found[0] for text in texts[index + 1 : index + 7] if (found := header_line(text)) is not None}
    return len(below & {"date", "subject", "to"}) >= 2 and ("subject" in below or "@" in line[1])


def _goes_on(texts: Sequence[str], index: int, found: dict[str, str]) -> bool:
    """Whether the block goes on below this line, which is no header line: a blank one, or the rest of a long one."""
    if not found or ({"from", "date", "subject"} <= set(found) and not texts[index].strip()):
        return False
    ahead = next((text for text in texts[index + 1 : index + 3] if text.strip()), "")
    line = header_line(ahead)
    return line is not None and (line[0] not in found or line[0] == "to")


def name_of(value: str) -> str | None:
    """Return the display name in a `From` value without address, quotes and `via <list>`; None if there is none."""
    name = squeeze(_ADDRESS.sub(" ", value[:LONGEST]).replace("*", " "))
    name = re.sub(r"\[mailto:[^\]]*\]?|\s+on behalf of .*$", "", name, flags=re.IGNORECASE).strip(' "<>,;')
    via = re.match(r"['\"‘’]?(?P<name>[^\n]{1,120}?)['\"‘’]? via \S", name)
    name = (via["name"] if via else name).strip(" '\"‘’")
    return name if len(name) > 1 and "@" not in name and any(char.isalpha() for char in name) else None


def house_of(address: str) -> str | None:
    """Return the name in the domain of an address, e.g. "acme" for jobs@mail.acme.co.in.

    None for colleges and for the providers of private mailboxes: their names say nothing of who writes.
    """
    match = _DOMAIN.search(address[:LONGEST])
    if match is None:
        return None
    parts = match["domain"].lower().split(".")[:-1]
    if len(parts) > 1 and parts[-1] in {"co", "com", "org", "net"}:
        parts.pop()
    if not parts or _SCHOOL & set(parts) or parts[-1] in _PROVIDERS or len(parts[-1]) < _SHORTEST_HOUSE:
        return None
    return parts[-1]


def moment_of(value: str, near: datetime) -> datetime | None:
    """Return the time that a date line says; without a zone it is Indian time. near: gives a missing year."""
    value = squeeze(value)[:200]
    if _ZONE.search(value):
        try:
            read = parsedate_to_datetime(value)
            if read.year in _YEARS:
                return read.replace(tzinfo=UTC) if read.tzinfo is None else read
        except (ValueError, TypeError, OverflowError):
            pass
    found = next((moment for moment in find_moments(value, near) if moment.day is not None), None)
    return found.moment(END_OF_DAY) if found is not None and found.at is not None else None
