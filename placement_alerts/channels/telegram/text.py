"""How a message is laid out for Telegram: texts with entities, cut into parts. Pure.

Text plus entities instead of markup: nothing needs escaping and nothing can fail to parse (reference/telegram.md,
section 2). All lengths and offsets that leave this file are UTF-16 code units.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from unicodedata import category

from placement_alerts.core.message import Message, Span, Style

# Telegram counts characters after parsing; we count UTF-16 units, the stricter reading: telegram.md, section 2.
TEXT_LIMIT = 4096
ENTITY_LIMIT = 90  # a message keeps about 100 (undocumented)

_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"  # zero-width joiner, variation selectors, keycap
_LONGEST_CLUSTER = 64  # characters; a longer one is nonsense and is cut
_SENTENCE_ENDS = ".!?…।"
# What Telegram turns into spaces or drops, and what cannot be encoded; each keeps its one unit of length.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")
_ENTITY_TYPES = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.STRIKE: "strikethrough",
    Style.CODE: "code",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a part's text that looks different. offset, length: UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one Telegram message shows."""

    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entity of the whole text, in characters."""

    type: str
    start: int
    end: int
    url: str | None


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=256)  # a notice reads the same for most students
def layout(message: Message, *, limit: int = TEXT_LIMIT, entity_limit: int = ENTITY_LIMIT) -> tuple[Part, ...]:
    """Cut a message into the parts to send, each with something to see. Empty if the message shows nothing.

    Joined, the texts are the message's text, apart from parts that would have been blank.
    """
    pieces = cut(message, limit=limit, entity_limit=entity_limit)
    return tuple(piece for piece in pieces if piece.text.strip())


def cut(message: Message, *, limit: int = TEXT_LIMIT, entity_limit: int = ENTITY_LIMIT) -> Iterator[Part]:
    """Cut a message between blocks, else lines, sentences, words, else where it is full; joined texts are the text."""
    text, marks, block_starts = _flatten(message)
    widths = list(accumulate((2 if char > "\uffff" else 1 for char in text), initial=0))
    start = 0
    while start < len(text):
        full = _full_at(start, widths, marks, limit, entity_limit)
        end = full if full == len(text) else _best_cut(text, marks, block_starts, start, full)
        yield _part(text, marks, widths, start, end)
        start = end


def _flatten(message: Message) -> tuple[str, list[_Mark], frozenset[int]]:
    """Return the text, its marks in order of their start, and where blocks begin."""
    texts: list[str] = []
    marks: list[_Mark] = []
    starts: list[int] = []
    at = 0
    for number, block in enumerate(message.blocks):
        if number:
            texts.append("\n")
            at += 1
        starts.append(at)
        for span in block.spans:
            text = _UNFIT.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else " ", span.text)
            texts.append(text)
            marks += _marks(span, at, at + len(text))
            at += len(text)
    return "".join(texts), marks, frozenset(starts)


def _marks(span: Span, start: int, end: int) -> Iterator[_Mark]:
    """Entities of one span cover the same stretch, so that they contain one another, as nesting demands."""
    if not span.text.strip():
        return
    styles = span.styles
    if span.url is not None and span.url.startswith(("http://", "https://")):
        yield _Mark("text_link", start, end, span.url)
        styles -= {Style.CODE}  # a link and code may not contain each other
    elif Style.CODE in styles:
        styles = frozenset({Style.CODE})  # nothing else may be in code
    for style in Style:
        if style in styles:
            yield _Mark(_ENTITY_TYPES[style], start, end, None)


def _full_at(start: int, widths: Sequence[int], marks: Sequence[_Mark], limit: int, entity_limit: int) -> int:
    """Return the last place where a part that begins at `start` can end."""
    full = bisect_right(widths, widths[start] + limit) - 1
    touched = [mark for mark in marks if mark.end > start and mark.start < full]
    if len(touched) > entity_limit:
        full = max(touched[entity_limit].start, start + 1)
    return full


def _best_cut(text: str, marks: Sequence[_Mark], block_starts: frozenset[int], start: int, full: int) -> int:
    """Return where to end a part that can end at `full` at the latest: the best kind of place."""
    room = full - start  # a longer link has to be cut anyway
    links = [mark for mark in marks if mark.type == "text_link" and mark.end - mark.start <= room]
    latest = max((link.start for link in links if start < link.start < full < link.end), default=full)
    whole = [range(link.start + 1, link.end) for link in links if start < link.end <= full]
    words = [
        place
        for place in range(latest, start, -1)
        if text[place - 1].isspace() and not text[place].isspace() and not any(place in link for link in whole)
    ]
    later = [place for place in words if place - start >= (latest - start) // 2]

    for kind in (
        [place for place in later if place in block_starts],
        [place for place in later if "\n" in _before(text, place, _is_space)],
        [place for place in later if _ends_sentence(text, place)],
        words,
    ):
        if kind:
            return kind[0]
    return _between_clusters(text, start, latest)


def _before(text: str, place: int, belongs: Callable[[str], bool]) -> str:
    """Return the run of characters before `place` that all belong."""
    begin = place
    while begin > 0 and belongs(text[begin - 1]):
        begin -= 1
    return text[begin:place]


def _is_space(char: str) -> bool:
    return char.isspace()


def _ends_sentence(text: str, place: int) -> bool:
    end = place - len(_before(text, place, _is_space))
    return end > 0 and text[end - 1] in _SENTENCE_ENDS


def _between_clusters(text: str, start: int, latest: int) -> int:
    """Return the last place up to `latest` that is not inside a joined character."""
    for place in range(latest, max(start, latest - _LONGEST_CLUSTER), -1):
        if not _is_joined(text, start, place):
            return place
    return latest


def _is_joined(text: str, start: int, place: int) -> bool:
    """Whether the characters before and after `place` show as one: emoji sequences, flags, accents."""
    before, after = text[place - 1], text[place]
    if before == "\u200d" or after in _JOINERS or category(after) in ("Mn", "Me", "Mc"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":  # skin tones, tags
        return True
    if not (_is_flag_letter(before) and _is_flag_letter(after)):
        return False
    return len(_before(text[start:place], place - start, _is_flag_letter)) % 2 == 1


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _part(text: str, marks: Sequence[_Mark], widths: Sequence[int], start: int, end: int) -> Part:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())  # Telegram trims; no entity reaches into what goes
    last = start + len(piece.rstrip())
    entities = []
    for mark in marks:
        begin, stop = max(mark.start, first), min(mark.end, last)
        if begin < stop:
            offset = widths[begin] - widths[start]
            entities.append(Entity(mark.type, offset, widths[stop] - widths[begin], mark.url))
    return Part(piece, tuple(entities))
