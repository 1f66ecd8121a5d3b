"""Rows of text from files: what a row may be at most, and how CSV is read."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from placement_alerts.sources.mailbox.charsets import clean, decoded

Rows = tuple[tuple[str, ...], ...]

MAX_ROWS = 5_000  # with something in them: more than any batch has students
MAX_LINES = 10_000  # rows, those without anything included, after which a file is not gone through further
MAX_COLUMNS = 50
MAX_CELL = 300  # characters
MAX_CHARACTERS = 1_000_000  # of a file together, each cell counting as _CELL more: what a store keeps beside it
_CELL = 12
_MAX_CSV = 1024 * 1024  # bytes
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 30
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a file was not read, in words."""

    reason: str


def rows_of_csv(data: bytes, charset: str | None, *, lines: bool = False) -> Rows | Unread:
    """Return the rows of a CSV file, whatever its delimiter. lines: each line is a row of one cell."""
    if len(data) > _MAX_CSV:
        return Unread(f"it is larger than {_MAX_CSV} bytes")
    text = clean(_text(data, charset))
    if lines:
        return bounded([line] for line in text.split("\n"))
    delimiter = _delimiter(text)
    try:
        return bounded(_csv_rows(text, delimiter))
    except csv.Error:
        return bounded(line.split(delimiter) for line in text.split("\n"))


def bounded(rows: Iterable[Iterable[object]], text_of: Callable[[object], str] | None = None) -> Rows | Unread:
    """Return the rows that have something in them; Unread if there are too many. text_of: what a cell says."""
    kept: list[tuple[str, ...]] = []
    size = 0
    for number, raw in enumerate(rows):
        row = _cells(raw, text_of or cell_text)
        if row:
            kept.append(row)
            size += size_of([row])
        if len(kept) > MAX_ROWS or number == MAX_LINES:
            return Unread(f"it has more than {MAX_ROWS} rows")
        if size > MAX_CHARACTERS:
            return Unread(f"it has more than {MAX_CHARACTERS} characters")
    return tuple(kept)


def size_of(rows: Iterable[tuple[str, ...]]) -> int:
    """Return how much room rows take, in characters."""
    return sum(len(cell) + _CELL for row in rows for cell in row)


def _cells(raw: Iterable[object], text_of: Callable[[object], str]) -> tuple[str, ...]:
    """Return the cells of a row as text, without those at its end that are empty."""
    row = [text_of(cell) for cell in islice(raw, MAX_COLUMNS)]
    while row and not row[-1]:
        row.pop()
    return tuple(row)


def cell_text(value: object) -> str:
    """Return a cell as one line: a whole number without a point, a day without a time."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    text = str(value)[: 4 * MAX_CELL].removesuffix(" 00:00:00")
    return _SPACES.sub(" ", clean(text)).strip()[:MAX_CELL]


def _text(data: bytes, charset: str | None) -> str:
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else charset
    return decoded(data, marked)


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most lines into the same number of cells."""
    if text.startswith("sep=") and text[4:5] in set(_DELIMITERS):
        return text[4]
    lines = [line[:5_000] for line in text[:100_000].split("\n") if line.strip()][:_SAMPLE_LINES]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counter(line.count(delimiter) for line in lines if delimiter in line)
        usual, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return times, usual

    return max(_DELIMITERS, key=agreement)


def _csv_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return the rows; quotation marks count as letters where one that nobody closed swallows lines."""
    whole = text[text.find("\n") + 1 :] if text.startswith("sep=") else text
    rows = list(islice(csv.reader(io.StringIO(whole), delimiter=delimiter), MAX_LINES + 1))
    if any(cell.count("\n") > 5 for row in rows for cell in row):
        unquoted = csv.reader(io.StringIO(whole), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        rows = list(islice(unquoted, MAX_LINES + 1))
    return rows
