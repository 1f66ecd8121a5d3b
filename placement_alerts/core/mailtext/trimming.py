"""What a mail program, a list or a company adds below a mail is cut off, and so are mails that are quoted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.mailtext.headers import begins_block, header_line

_LONGEST = 600  # characters of a line that are looked at
_MOST_SIGNED = 18  # lines of a signature
_LAST_LINES = 60  # among which a signature begins, blank ones counted

_WROTE = re.compile(
    r"\s{0,3}(?:on|le|am|el|il|em|op)\b.{4,240}(?:wrote|a écrit|schrieb|escribió|ha scritto|escreveu|schreef)\s*:\s*$"
    r"|.{4,240}(?:ने लिखा|wrote)\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_WROTE_BEGINS = re.compile(r"\s{0,3}(?:on|le|am|el|il|em|op)\b.*\d", re.IGNORECASE)
_QUOTED = re.compile(r"\s{0,3}>")
_LIST_FOOTER = re.compile(
    r"\s*(?:--\s)?you (?:have )?received this (?:message|e-?mail) because you are subscribed"
    r"|\s*to unsubscribe from this group|\s*to view this discussion|\s*for more options, visit"
    r"|\s*you (?:can|may) (?:unsubscribe|leave) (?:this|the) (?:list|group)|\s*_{5,}.{0,80}mailing list\s*$",
    re.IGNORECASE,
)
_PROMOTION_FOOTER = re.compile(
    r"\s*(?:you(?:'|’)?(?: a)?re (?:getting|receiving) this|you (?:have )?received this (?:e-?mail|message|newsletter)"
    r"|(?:click here to |to )?unsubscribe\b|if you (?:no longer|do not|don.t) (?:wish|want) to receive"
    r"|manage (?:your )?(?:preferences|subscription)|this (?:is a|e-?mail is a) (?:promotional"
    r"|system[- ]generated|auto)|view (?:this"
    r" (?:e-?mail|mail) )?in (?:your )?browser|update (?:your )?preferences)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\W{0,10}(?:disclaimer|confidentiality (?:notice|statement|note)|privileged (?:and|&) confidential)\b"
    r"|\W{0,10}(?:the information (?:contained )?in )?(?:this|the) (?:e-?mail|message|communication|transmission"
    r"|mail)\b.{0,160}\b(?:confidential|privileged|intended (?:solely|only) for the (?:use|named"
    r"|individual|addressee|recipient"
    r"|person)|intended recipient|addressee)"
    r"|.{0,60}\bif you (?:are not|have received).{0,60}\b(?:recipient|in error|by mistake)"
    r"|.{0,40}\bconsider the environment|\s*sent from (?:my |yahoo|outlook|gmail|mail for)|\s*get outlook for"
    r"|\s*(?:scanned|checked|virus-free)\b.{0,60}\b(?:avast|avg|virus|norton|mcafee)"
    r"|\s*save (?:paper|trees)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGNATURE = re.compile(r"\s{0,3}--\s?$")


@dataclass(frozen=True, slots=True)
class Trimmed:
    """kept: indexes of the lines that are the mail's own. footer: what was cut off of bulk mail's small print."""

    kept: tuple[int, ...]
    footer: str = ""


def trim(texts: Sequence[str], lines: Sequence[int], *, is_reply: bool, has_blank_lines: bool = True) -> Trimmed:
    """Return which of the lines (indexes into `texts`) are this mail's own words.

    is_reply: lines marked with `>` are an older mail, whatever stands above them.
    has_blank_lines: paragraphs are set apart by them; else each line is a paragraph.
    """
    kept = _without_quotes(texts, lines, is_reply=is_reply)
    kept, footer = _without_footers(texts, kept, has_blank_lines=has_blank_lines)
    return Trimmed(tuple(_without_signature(texts, kept)), footer[:2_000])


def _without_quotes(texts: Sequence[str], lines: Sequence[int], *, is_reply: bool) -> list[int]:
    kept: list[int] = []
    place, quoting = 0, is_reply
    while place < len(lines):
        index = lines[place]
        length = _attribution(texts, lines, place)
        if length:
            marked = _marked_below(texts, lines, place + length)
            if not marked and any(texts[i].strip() for i in kept):
                return kept  # the rest is the older mail, without marks
            quoting = quoting or marked
            place += length
            continue
        if _QUOTED.match(texts[index][:20]):
            end = place
            while end < len(lines) and _QUOTED.match(texts[lines[end]][:20]):
                end += 1
            block = lines[place:end]
            if not quoting and not any(_is_quoted_header(texts[i]) for i in block):
                kept.extend(block)  # `>` is used as a bullet
            place = end
            continue
        kept.append(index)
        place += 1
    return kept


def _attribution(texts: Sequence[str], lines: Sequence[int], place: int) -> int:
    """Return over how many lines "On ..., X wrote:" goes from here, 0 if it does not."""
    first = texts[lines[place]][:_LONGEST]
    if _WROTE.match(first) and ("@" in first or re.search(r"\d", first)):
        return 1
    if not _WROTE_BEGINS.match(first):
        return 0
    joined = first
    for more in (1, 2):
        if place + more >= len(lines) or not texts[lines[place + more]].strip():
            return 0
        joined = f"{joined} {texts[lines[place + more]][:_LONGEST].strip()}"
        if _WROTE.match(joined[:_LONGEST]):
            return more + 1
    return 0


def _marked_below(texts: Sequence[str], lines: Sequence[int], place: int) -> bool:
    below = [texts[i] for i in lines[place : place + 4] if texts[i].strip()]
    return bool(below) and _QUOTED.match(below[0][:20]) is not None


def _is_quoted_header(text: str) -> bool:
    line = header_line(text)
    return line is not None and line[0] in {"from", "date", "subject"}


def _without_footers(texts: Sequence[str], lines: Sequence[int], *, has_blank_lines: bool) -> tuple[list[int], str]:
    """Cut footers and disclaimers, each to the end of its paragraph; return the rest and what bulk mail said there."""
    kept: list[int] = []
    footer: list[str] = []
    cutting = False
    for index in lines:
        text = texts[index][:_LONGEST]
        if not text.strip() or not has_blank_lines:
            cutting = False
        promotion = _PROMOTION_FOOTER.match(text) is not None and not _LIST_FOOTER.match(text)
        if promotion:
            footer.append(text)
        if promotion or _LIST_FOOTER.match(text) or _DISCLAIMER.match(text):
            cutting = True
        if not cutting:
            kept.append(index)
    return kept, "\n".join(footer)


def _without_signature(texts: Sequence[str], lines: list[int]) -> list[int]:
    """Cut what follows a line `-- `, if it can be a signature: short, without students and without a header block."""
    for place, index in list(enumerate(lines))[-_LAST_LINES:]:
        if not _SIGNATURE.match(texts[index][:20]):
            continue
        below = [texts[i] for i in lines[place + 1 :] if texts[i].strip()]
        numbers = sum(1 for text in below if ENROLLMENT.search(text[:200]))
        if len(below) <= _MOST_SIGNED and numbers == 0 and not begins_block(texts, min(index + 1, len(texts) - 1)):
            return lines[:place]
    return lines
