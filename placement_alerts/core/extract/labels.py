"""Labelled values of a message: "Location: Pune", a row `CTC | 6 LPA`, a cell below the heading "Package"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from placement_alerts.core.document import Line, Text

_PIN = re.compile("\U0001f4cd\\s*+(?![A-Z][a-z]{2,12}\\s*:)")  # the round pushpin that stands for a place
_SEGMENT = re.compile(
    r"\s+\|+\s+|(?<=[.!,])\s+(?=[A-Z][A-Za-z ]{1,25}:\s)|\s*[;•]\s+"
    r"|\s*[\U0001f300-\U0001faff\u2300-\u23ff\u2600-\u27bf]\ufe0f?\s*"
)
_LABELLED = re.compile(
    r"[\W\d_]*(?:\(?[a-z]\)\s*)?(?P<label>[A-Za-z][A-Za-z0-9 .&'/()+-]{0,44}?)\s*(?P<mark>:-?|[=-]{1,3}>|=|–|—|→"
    r"|\s-)\s*(?P<value>\S.*)"
)
_BOLD = re.compile(r"\*(?P<words>[^\s*](?:[^*]{0,60}[^\s*])?)\*(?=\s*(?::|-|=|$|\s))")  # *Label* : value, of Gmail
_LEADER = re.compile(r"\s*\.{3,}\s*")
_PAIR = 2  # cells of a row that holds a label and its value
_HEADER_WORD = re.compile(
    r"\b(?:name|student|candidate|roll|enrol+ment|enrl|regn?|usn|prn|registration|s\.? ?no|sl|sr|position|profile|role"
    r"|designation|post|title"
    r"|package|ctc|salary|stipend|location|eligibility|branch(?:es)?|dept|department|course|programme|program"
    r"|date|time|slot|status|marks|cgpa"
    r"|company|organi[sz]ation)\b",
    re.IGNORECASE,
)
_LONGEST_VALUE = 80  # characters of a value below a heading
_HEADED = re.compile(
    r"(?:(?:job|work|base|posting) )?(?:locations?|place of (?:work|posting)|role|profile|designation|position|post"
    r"|venue|ctc|package|compensation|salary|stipend)(?: offered)?"
)
_WORDS_THAT_TAKE_A_DASH = re.compile(
    r"(?:\w+ ){0,3}(?:location|posting|place|venue|ctc|package|salary|remuneration|pay|stipend|compensation|role|post"
    r"|profile|position|designation|job title"
    r"|cgpa|cut[- ]?off|eligible|eligibility|branch(?:es)?|courses?|company|deadline|last date|date|time|mode"
    r"|platform|where|when|bond|batch)(?: (?:offered|of posting|of work|criteria|process|closes|on|title|name))?",
    re.IGNORECASE,
)


_SENTENCE = re.compile(r"(?<=[a-z)\d])[.!]\s+(?=[A-Z])")
_PARTS = re.compile(r"\s*[,;|]\s+")
_KEYWORD = re.compile(
    r"(?P<label>(?i:(?:job |annual |monthly |offered )?(?:package|ctc|stipend|salary|post|role|profile|designation"
    r"|position|posting|location)))(?i: (?:is|of|will be))? "
    r"(?P<value>(?:₹|(?i:rs|inr)\b|\d|(?!Graduat)[A-Z])[^:]{1,60})"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A value with its label. label: lower case. line: index of the line. column: it stands below a column heading."""

    label: str
    value: str
    line: int
    column: bool = False


def fields_of(text: Text) -> tuple[Field, ...]:
    """Return the labelled values in the order of the text."""
    return tuple(_fields(text.lines))


def header_of(row: Line) -> tuple[str, ...] | None:
    """Return the column headings in lower case if the row is a table's heading, else None."""
    words = [cell for cell in row.cells if cell]
    if len(words) < 2 or any(len(cell) > 40 for cell in words):
        return None
    known = sum(1 for cell in words if _HEADER_WORD.search(cell))
    figures = sum(1 for cell in words if re.search(r"\d{3}|\d\.\d", cell))
    if figures or known < 2 or known * 2 < len(words):
        return None
    return tuple(cell.lower() for cell in row.cells)


def rows_with_header(lines: Iterable[Line]) -> Iterator[tuple[int, Line, tuple[str, ...] | None]]:
    """Yield index, row and column headings (None if the table has none) of every table row that is no heading."""
    table, header, lines = 0, None, tuple(lines)
    for index, line in enumerate(lines):
        if not line.cells:
            continue
        if line.table != table:
            table, header = line.table, None
        is_first = index == 0 or lines[index - 1].table != line.table
        could_be = is_first or len(line.cells) > _PAIR  # further down in a table of pairs stands a label with its value
        if header is None and could_be and (found := header_of(line)) is not None:
            header = found
            continue
        yield index, line, header


def segments_of(line: str) -> list[str]:
    """Return the parts of a line that stand for themselves, cut at bars, bullets and pictograms."""
    return [part.strip() for part in _SEGMENT.split(_PIN.sub(" | Location: ", line)) if part.strip()]


def _fields(lines: tuple[Line, ...]) -> Iterator[Field]:
    in_rows = {index: header for index, _, header in rows_with_header(lines)}
    for index, line in enumerate(lines):
        if index and (above := _heading_of(lines[index - 1], line)) is not None:
            yield Field(above, line.text.strip(" *"), index)
        if index in in_rows:
            yield from _of_row(index, line, in_rows[index])
        elif not line.cells:
            yield from _of_line(index, line.text)
            yield from _enumerated(index, line.text)


def _heading_of(above: Line, line: Line) -> str | None:
    """Return the heading in lower case if the line below it is a short value."""
    short = len(line.text) <= _LONGEST_VALUE and not line.text.endswith(".") and not line.cells and not line.heading
    label = above.text.strip(" :*").lower()
    return label if above.heading and not above.cells and short and _HEADED.fullmatch(label) else None


def _of_row(index: int, row: Line, header: tuple[str, ...] | None) -> Iterator[Field]:
    if header is not None:
        for label, cell in zip(header, row.cells, strict=False):
            if label and cell:
                yield Field(label, cell, index, column=True)
        return
    cells = [cell for cell in row.cells if cell]
    if len(cells) == 2 and re.match(r"\W*[A-Za-z]", cells[0]):
        yield Field(_plain(cells[0].strip(" :=*-")), cells[1].lstrip(":=–- "), index)
    else:
        yield from _of_line(index, row.text)


def _enumerated(index: int, text: str) -> Iterator[Field]:
    """Yield the values of a list whose parts each begin with a keyword: "Package 6 LPA, post Analyst, posting Pune"."""
    for sentence in _SENTENCE.split(text):
        found = [match for part in _PARTS.split(sentence) if (match := _KEYWORD.fullmatch(part.strip(" .*")))]
        if len(found) > 1:
            yield from (Field(match["label"].lower(), match["value"], index) for match in found)


def _plain(label: str) -> str:
    return label.lower().replace("(s)", "").replace("(es)", "").strip()


def _of_line(index: int, text: str) -> Iterator[Field]:
    for segment in segments_of(_LEADER.sub(" - ", _BOLD.sub(r"\g<words>", text))):
        match = _LABELLED.match(segment)
        if match is None:
            continue
        label = match["label"].strip(" .*")
        if match["mark"][0] == ":" or match["mark"][-1] == ">" or _WORDS_THAT_TAKE_A_DASH.fullmatch(label):
            yield Field(_plain(label), match["value"].strip(" *"), index)
