"""A mail's text taken apart: one part for each time it was forwarded, the outermost first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placement_alerts.core.mailtext.headers import Header, begins_block, read_block
from placement_alerts.core.mailtext.subjects import is_forwarded, is_reply

MOST_PARTS = 12

_MARKER = re.compile(
    r"[>\s*]{0,8}(?:[-–—_=*]{2,40}\s{0,3}(?:forwarded (?:message|mail|by\b.{0,120})|weitergeleitete nachricht"
    r"|message transféré|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|अग्रेषित संदेश)"
    r"|begin forwarded message|forwarded message\s*$"
    r"|anfang der weitergeleiteten|début du message)",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[>\s*]{0,8}(?:[-–—_]{2,40}\s{0,3}(?:original (?:message|mail|appointment)|ursprüngliche nachricht"
    r"|message d'origine|mensaje original)|[_]{10,200}\s*$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\s{0,3}>")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_GREETING = re.compile(
    r"\s*(?:dear|hi|hello|hey|respected|good (?:morning|afternoon|evening)|greetings)\b[^,!:.]{0,40}(?:[,!:.]|$)",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"\b(?:fyi|fyr|pfa|fwd|fyna|fw|forward(?:ed|ing)?|sent from my \w+(?: \w+)?|get outlook for \w+|for your"
    r" (?:kind )?(?:information|reference|perusal)(?: (?:and|&) (?:necessary|needful) (?:action|reference))?|please"
    r"|pls|plz|kindly|(?:find|see|check|read|refer|go through) (?:the )?(?:below|attached|trailing|forwarded"
    r"|following)?(?: the)?(?: (?:mail|message|email|e-mail))?(?: below)?|below|trailing|mail|email"
    r"|message|note|do the needful"
    r"|needful|thanks|thank you|regards|best|warm|with|and|&|the|for|as|received|information|from)\b",
    re.IGNORECASE,
)
_SAID_SOMETHING = 3  # words beside greetings, names below and stock phrases


@dataclass(frozen=True, slots=True)
class Part:
    """One mail of a chain. header: of its block, None for the outermost. lines: indexes. depth: `>` before each."""

    header: Header | None
    lines: tuple[int, ...]
    depth: int = 0


def parts_of(texts: Sequence[str], subject: str) -> list[Part]:
    """Return the parts of a text, the outermost first; mails that are answered below a reply belong to none."""
    parts: list[Part] = []
    header: Header | None = None
    start, depth = 0, 0
    while True:
        end, found = _next_block(texts, start, subject if header is None else header.subject or subject)
        own = tuple(range(start, end))
        parts.append(Part(header, own, depth))
        if found is None or len(parts) >= MOST_PARTS:
            return parts
        header, start = found
        depth = 1 if start < len(texts) and _all_quoted(texts, start) else 0


def says_something(lines: Sequence[str]) -> bool:
    """Whether words of its own stand there: more than a greeting, "please see below" and a name."""
    body = [bare for line in lines if (bare := _GREETING.sub("", line[:600], count=1)).strip()]
    words = sum(len(_WORDS.findall(_STOCK.sub(" ", line[:600]))) for line in _without_name(body)[:60])
    return words >= _SAID_SOMETHING


def _without_name(body: list[str]) -> list[str]:
    """Drop the last lines that are short and hold no sentence: the name of who writes."""
    kept = list(body)
    while kept and len(kept[-1].split()) <= 4 and not re.search(r"[.!?:]\s*$|\d", kept[-1]):
        kept.pop()
        if len(body) - len(kept) >= 4:
            break
    return kept


def _next_block(texts: Sequence[str], start: int, subject: str) -> tuple[int, tuple[Header, int] | None]:
    """Return where this mail's own lines end, and the header of the forwarded mail below with its first line."""
    quoted = _all_quoted(texts, start)
    for index in range(start, len(texts)):
        line = texts[index][:400]
        if _MARKER.match(line):
            block = _block_below(texts, index + 1)
            if block is not None:
                return index, block
        elif _ORIGINAL.match(line) or begins_block(texts, index):
            block = _block_below(texts, index if begins_block(texts, index) else index + 1)
            if block is None:
                continue
            if _QUOTED.match(line) and not quoted:
                continue  # a quoted mail has headers of its own
            if is_forwarded(subject) or not (is_reply(subject) or says_something(texts[start:index])):
                return index, block
            return index, None
    return len(texts), None


def _block_below(texts: Sequence[str], index: int) -> tuple[Header, int] | None:
    for start in range(index, min(len(texts), index + 4)):
        if texts[start].strip(" >\t*_-"):
            return read_block(texts, start)
    return None


def _all_quoted(texts: Sequence[str], start: int) -> bool:
    """Whether every line from here on is marked as quoted: a forwarded mail whose program marks it so."""
    return all(_QUOTED.match(line) for line in _some(texts, start))


def _some(texts: Sequence[str], start: int) -> Iterator[str]:
    lines = [line for line in texts[start : start + 200] if line.strip()]
    yield from lines[:20] or [""]
