"""The text of a policy as Markdown: headings from numbered and capital lines, lists kept, nothing else is markup.

Pure and bounded: every text gives Markdown whose headings are of level 2 and 3 and whose other marks are escaped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from placement_alerts.core.policy import TocEntry

MAX_TEXT = 100_000  # characters; a long policy has 30,000

_LONGEST_HEADING = 90  # characters
_MOST_WORDS = 10  # of a numbered heading that is not in capitals
_WRAPPED_FROM = 56  # characters: a line at least this long may have been broken by a mail program
# what would be markup where it stands; everything else is left as it is, so that the text stays readable
_MARKS = re.compile(r"([\\`*\[<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|~(?=~)|^[>#]|^[|:](?=[-:| ]*$))")
_LIST_START = re.compile(r"^(\d{0,9})((?<=\d)[.)](?=\s|$)|(?<!\d)[-+=])")
_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})[.):]?\s+(?=\S)")
_NAMED_PART = re.compile(
    r"(?:new\s+)?(?:section|clause|article|part|chapter|annexure|appendix|schedule)\s+[\dIVXA-H][\d.IVX]*\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[•▪▶·◦‣➢✓→*–-]|o(?=\s))\s+(?=\S)")
_LETTERED = re.compile(r"\(?(?:[a-z]|[ivx]{1,4})[.)]\s+(?=\S)", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
# what a sentence of a rule has and a heading has not
_VERB = re.compile(
    r"\b(?:shall|must|will|should|may|can|cannot|is|are|was|were|has|have|be|been|not|please|only|if|who|submit|carry)\b",
    re.IGNORECASE,
)
_NO_ID = re.compile(r"[^\w\- ]")


class _Kind(StrEnum):
    """What a line of the text is."""

    HEADING = "heading"
    ITEM = "item"
    ROW = "row"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text. number: (2, 1) for one that begins with "2.1". indented: it begins with space."""

    text: str
    number: tuple[int, ...] = ()
    indented: bool = False


# for each number above ("2" of "2.1"): whether the last line numbered under it was a heading
_Siblings = dict[tuple[int, ...], bool]


def to_markdown(text: str) -> str:
    """Return the text of a mail as Markdown: paragraphs, list items, headings of level 2 and 3."""
    lines = [_read(raw) for raw in text[:MAX_TEXT].splitlines()]
    written: list[str] = []
    siblings: _Siblings = {}
    last: _Kind | None = None
    for index, line in enumerate(lines):
        if not line.text:
            last = None if last is _Kind.TEXT else last
            continue
        if last in (_Kind.TEXT, _Kind.ITEM) and lines[index - 1].text and _goes_on(lines[index - 1], line, last):
            written[-1] += " " + _escaped(line.text)
            continue
        kind = _kind(line, _next(lines, index), siblings)
        if written and not (kind is last and kind in (_Kind.ITEM, _Kind.ROW)):
            written.append("")
        written.append(_written(line, kind))
        last = kind
    return "\n".join(written)


def table_of_contents(markdown: str) -> tuple[TocEntry, ...]:
    """Return the headings of level 2 and 3; ids in GitHub style, repeated ones with -1, -2."""
    entries: list[TocEntry] = []
    taken: set[str] = set()
    for level, heading in headings(markdown):
        base = _NO_ID.sub("", heading.lower()).strip().replace(" ", "-") or "section"
        identifier, number = base, 0
        while identifier in taken:
            number += 1
            identifier = f"{base}-{number}"
        taken.add(identifier)
        entries.append(TocEntry(id=identifier, text=heading, level=level))
    return tuple(entries)


def headings(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield (level, plain text) of each heading."""
    for line in markdown.splitlines():
        found = heading_of(line)
        if found is not None:
            yield found


def heading_of(line: str) -> tuple[int, str] | None:
    """Return (level, plain text) if this line of Markdown is a heading of level 2 or 3."""
    marks, space, text = line.partition(" ")
    return (len(marks), plain(text)) if space and marks in ("##", "###") else None


def plain(markdown: str) -> str:
    """Return a line of our Markdown without its escapes."""
    return re.sub(r"\\(.)", r"\1", markdown)


def deeper(markdown: str) -> str:
    """Return the Markdown with every heading at level 3, to stand under another one."""
    return re.sub(r"(?m)^## ", "### ", markdown)


def _read(raw: str) -> _Line:
    text = _BOLD.sub(r"\1", " ".join(raw.split()))
    number = _NUMBER.match(text)
    parts = tuple(int(part) for part in number[1].split(".")) if number else ()
    return _Line(text, parts, raw[:2].isspace() and len(raw) > 2)


def _next(lines: list[_Line], index: int) -> _Line | None:
    return next((line for line in lines[index + 1 : index + 20] if line.text), None)


def _goes_on(before: _Line, line: _Line, last: _Kind) -> bool:
    """Whether the line is the rest of the one before, which a mail program broke off."""
    if line.number or _BULLET.match(line.text) or _LETTERED.match(line.text) or _NAMED_PART.match(line.text):
        return False
    if _is_capital(line.text) or " | " in line.text:
        return False
    if last is _Kind.ITEM and line.indented and not before.text.endswith(":"):
        return True
    return len(before.text) >= _WRAPPED_FROM and before.text[-1] not in ".:;!?"


def _kind(line: _Line, following: _Line | None, siblings: _Siblings) -> _Kind:
    if line.number:
        is_heading = _is_numbered_heading(line, following, siblings)
        siblings[line.number[:-1]] = is_heading
        return _Kind.HEADING if is_heading else _Kind.ITEM
    if _MARKDOWN_HEADING.match(line.text):
        return _Kind.HEADING
    if _BULLET.match(line.text) or _LETTERED.match(line.text):
        return _Kind.ITEM
    if " | " in line.text:
        return _Kind.ROW
    if following is not None and (_is_capital(line.text) or _is_named_part(line.text)):
        return _Kind.HEADING
    return _Kind.TEXT


def _is_numbered_heading(line: _Line, following: _Line | None, siblings: _Siblings) -> bool:
    words = line.text[_number_end(line.text) :]
    if len(words) > _LONGEST_HEADING or words[-1] in ".;,":
        return False
    if _is_capital(words) and len(line.number) == 1:
        return True
    if len(words.split()) > _MOST_WORDS or ":" in words[:-1] or _VERB.search(words):
        return False
    if line.number[-1] > 1 and siblings.get(line.number[:-1]) is False:
        return False  # an item of the list that the lines before it began
    if following is None:
        return False
    return not following.number or len(following.number) > len(line.number)


def _is_capital(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return (
        text == text.upper()
        and text[-1] not in ",.;"
        and len(text) <= _LONGEST_HEADING
        and any(len(word) > 3 for word in words)
    )


def _is_named_part(text: str) -> bool:
    return bool(_NAMED_PART.match(text)) and len(text) <= _LONGEST_HEADING and text[-1] not in ".;,"


def _number_end(text: str) -> int:
    found = _NUMBER.match(text)
    return found.end() if found else 0


def _written(line: _Line, kind: _Kind) -> str:
    match kind:
        case _Kind.HEADING:
            mark = _MARKDOWN_HEADING.match(line.text)
            deep = len(line.number) > 1 or (mark is not None and len(mark[0].strip()) > 2)
            text = line.text[mark.end() :] if mark else line.text
            return f"{'###' if deep else '##'} {_marks_escaped(text.rstrip(':# '))}"
        case _Kind.ITEM:
            if len(line.number) == 1:
                return f"{line.number[0]}. {_escaped(line.text[_number_end(line.text) :])}"
            bullet = _BULLET.match(line.text)
            return f"- {_escaped(line.text[bullet.end() :] if bullet else line.text)}"
        case _Kind.ROW:
            return f"{_escaped(line.text)}  "  # two spaces: the next row stands on a line of its own
        case _:
            return _escaped(line.text)


def _escaped(text: str) -> str:
    """Return the text as it is to be read at the start of a line, where a number or a dash would begin a list."""
    return _LIST_START.sub(r"\1\\\2", _marks_escaped(text))


def _marks_escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)
