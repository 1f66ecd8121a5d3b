"""Subjects: prefixes that mail programs put before them, and tags of lists."""

import re

from placement_alerts.core.document import clean_title

_FORWARD = re.compile(r"\s*(?:fwd?|fw|wg|tr|rv|enc|i)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:", re.IGNORECASE)
_REPLY = re.compile(r"\s*(?:re|aw|sv|antw|res|r)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:", re.IGNORECASE)
_TAG = re.compile(r"\s*\[(?P<tag>[^\[\]]{1,60})\]")
_LIST_WORD = re.compile(
    r"\b(?:placements?|group|list|batch|students?|tnp|tpo|t&p|cdc|cell|all|ug|pg|b\.?tech|official|noreply|external"
    r"|ext|announce\w*|20\d\d)\b",
    re.IGNORECASE,
)
_SAYS_SOMETHING = re.compile(
    r"\b(?:urgent|important|reminder|updates?d?|extended|shortlist\w*|results?|cancelled|postponed|deadline|final"
    r"|hiring|webinar|last|correction|revised|internship|drive|selected|offer|notice)\b",
    re.IGNORECASE,
)
_YEAR_TAG = re.compile(
    r"(?:\s*(?:re|fwd?|fw)\s*:|\s*\[[^\[\]]{1,60}\]){0,5}?\s*\[(?:batch ?(?:of ?)?)?(?P<year>20\d\d)(?: batch)?\]",
    re.IGNORECASE,
)
_MOST_PREFIXES = 12


def is_forwarded(subject: str) -> bool:
    """Whether the first prefix says that the mail was forwarded."""
    return _FORWARD.match(subject) is not None


def is_reply(subject: str) -> bool:
    """Whether the first prefix says that the mail is an answer."""
    return _REPLY.match(subject) is not None


def bare_subject(subject: str, list_id: str | None = None) -> str:
    """Return the subject as one line without prefixes of replies and forwards and without tags of lists."""
    subject = clean_title(subject)
    for _ in range(_MOST_PREFIXES):
        prefix = _FORWARD.match(subject) or _REPLY.match(subject) or _list_tag(subject, list_id)
        if prefix is None:
            break
        subject = subject[prefix.end() :].strip()
    return subject


def year_in_tags(subject: str) -> str:
    """Return the year that alone makes up a tag at the start, as "[2026] Acme is hiring" has it; "" if none does."""
    match = _YEAR_TAG.match(clean_title(subject))
    return match["year"] if match else ""


def _list_tag(subject: str, list_id: str | None) -> re.Match[str] | None:
    match = _TAG.match(subject)
    if match is None:
        return None
    tag = _letters(match["tag"])
    of_this_list = bool(list_id and tag and (tag in _letters(list_id) or _letters(list_id.split(".")[0]) in tag))
    named = _LIST_WORD.search(match["tag"]) and not _SAYS_SOMETHING.search(match["tag"])
    return match if of_this_list or named else None


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
