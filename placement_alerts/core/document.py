"""A message ready to be understood: a title, lines, the rows of its tables and its links, whatever it came as."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from placement_alerts.core.enrollment import ENROLLMENT

MAX_BODY = 60_000  # characters of plain text that are looked at; a long circular has 10,000
GIST_START = 9_000  # characters in which the patterns for prose look; lists of students may go on for longer
GIST_END = 3_000
MAX_LINE = 2_000  # characters; longer lines are cut into several, so that no pattern sees more at once
MAX_TITLE = 400  # characters

_SPACES = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0f\ufeff\x00-\x08\x0b-\x1f\x7f]")
_COLUMNS = re.compile(r"\t+ *|(?<=\S) {2,}")
_BULLET = re.compile(r"\s*(?:[-*•▪▶·◦‣>–—o]\s|\(?[a-z0-9]{1,2}[.)]\s|[^\w\s(\"'])")
_BARS = re.compile(r"\S \| \S")
_LONG_NUMBER = re.compile(r"(?<![\d/=.-])\d{8}|^\s*(?=(?:[A-Z/]*\d){4})[A-Z\d/]{7,15}[ \t,:|-]")
_LABEL = re.compile(r"\s*[A-Z][\w /&.'()-]{1,30}?\s*(?:(?<!\d):|:(?!\d)|=|→|[-=]+>|\s[-–—]\s)")
_CAPITAL_WORDS = (
    "CSE ECE IT BT MCA CTC LPA CGPA PPT LT CR ABB HR GD PI AM PM INR PPO FTE NOC II III IV QA SDE UI UX AI ML"
)
_CAPITALS = frozenset(_CAPITAL_WORDS.split())
_PADDED_LABEL = re.compile(r"\W*[A-Za-z][\w .,&'’/()-]{1,44}")
_FEWEST_BARS = 2
_COLON = re.compile(r"[:=](?:-|$|\s?\S)")
_SMALL_WORDS = """
    a all an and apply applying are as at been being by drive for from has have hiring in interview invites is
    it its of off on only or our recruiting round shall shortlisted selected students test that the their these
    they this those till to up was will with your campus conducting inviting visiting looking offering
    """
_SMALL = frozenset(_SMALL_WORDS.split())
_OPEN_END = re.compile(r"(?<![.,;:])\s(?:of|for|the|in|as|by|to|and|with|at|from|an?|our|your|&)$")
_ENDS = re.compile(r"[.!?]\s*$|(?:https?://|www\.)\S+\s*$")
_WRAPPED_FROM = 56  # characters: a line of plain text that is at least this long was broken by a mail program


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a reader can follow. url: http(s). text: what it is shown as. line: index of the line it is in."""

    url: str
    text: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. cells: of a table row (empty otherwise). table: number of its table, 0 outside of tables.

    item: it stands in a list. heading: it stands in a heading.
    """

    text: str
    cells: tuple[str, ...] = ()
    table: int = 0
    item: bool = False
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A message: title, lines without empty ones, links in the order of the text. shortened: its end is left out."""

    title: str
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = field(default=())
    shortened: bool = False

    @property
    def body(self) -> str:
        """The lines joined by line ends."""
        return "\n".join(line.text for line in self.lines)


def gist(text: Text) -> Text:
    """Return the message without the middle of a very long one: what it is about stands at its start or its end."""
    if sum(len(line.text) for line in text.lines) <= GIST_START + GIST_END:
        return text
    start, end = _fitting(text.lines, GIST_START), _fitting(text.lines[::-1], GIST_END)
    return replace(text, lines=(*text.lines[:start], *text.lines[max(start, len(text.lines) - end) :]))


def _fitting(lines: Sequence[Line], limit: int) -> int:
    """Return how many of the first lines have at most `limit` characters together, at least one."""
    sizes = accumulate(len(line.text) + 1 for line in lines)
    return max(1, sum(1 for size in sizes if size <= limit))


def is_shouted(text: Text) -> bool:
    """Whether the message is written in capitals, so that capitals say nothing about names."""
    letters = [char for char in f"{text.title} {text.body}"[:2_000] if char.isalpha()]
    return len(letters) > 30 and sum(char.isupper() for char in letters) > 0.8 * len(letters)


def unshouted(text: Text) -> Text:
    """Return a message that was written in capitals with capitals where names have them."""
    lines = tuple(replace(line, text=_calm(line.text), cells=tuple(map(_calm, line.cells))) for line in text.lines)
    return replace(text, title=_calm(text.title), lines=lines)


def _calm(text: str) -> str:
    def word(match: re.Match[str]) -> str:
        if match[0] in _CAPITALS or len(match[0]) == 1:
            return match[0]
        return match[0].lower() if match[0].lower() in _SMALL else match[0].capitalize()

    return re.sub(r"[^\W\d_]+", word, text)


def squeeze(text: str) -> str:
    """Return the text with every kind of space as one plain space and without invisible characters."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def clean_title(title: str) -> str:
    """Return the title as one line of at most MAX_TITLE characters."""
    return squeeze(title[: 4 * MAX_TITLE].replace("\n", " "))[:MAX_TITLE]


def from_plain(title: str, body: str) -> Text:
    """Read plain text: lines broken by a mail program are joined, aligned columns become table rows."""
    lines: list[Line] = []
    table, last = 0, ""
    for raw in _unwrapped(body[:MAX_BODY]):
        cells = columns_of(raw) or _barred(raw)
        labelled = _label_and_value(cells)
        sort = "label" if labelled else "row" if cells else ""
        if sort and sort != last:
            table += 1
        last = sort
        if sort == "row" and lines and not lines[-1].cells and _BARS.search(raw):
            lines[-1] = _as_heading(lines[-1], cells, table)
        lines.extend(cut(Line(squeeze(raw), labelled or cells, table if cells else 0, bool(_BULLET.match(raw)))))
    return Text(clean_title(title), tuple(lines), shortened=len(body) > MAX_BODY)


def columns_of(raw: str) -> tuple[str, ...]:
    """Return the cells of a line whose columns are set apart by tabs or several spaces, () if it has none."""
    cells = tuple(cell for cell in (squeeze(part) for part in _COLUMNS.split(raw[:MAX_LINE].strip())) if cell)
    return cells if len(cells) > 1 else ()


def _barred(raw: str) -> tuple[str, ...]:
    """Return the cells of a line with several bars that names a student by number, () if it is none."""
    if raw.count(" | ") < _FEWEST_BARS or not ENROLLMENT.search(raw[:MAX_LINE]):
        return ()
    return tuple(cell for cell in map(squeeze, raw[:MAX_LINE].strip(" |").split(" | ")) if cell)


def _as_heading(line: Line, row: tuple[str, ...], table: int) -> Line:
    """Return the line before a row between bars as its heading, if it has as many bars and no figures."""
    cells = tuple(cell for cell in map(squeeze, line.text.strip(" |").split(" | ")) if cell)
    is_heading = len(cells) == len(row) and not re.search(r"\d{3}", line.text)
    return replace(line, cells=cells, table=table) if is_heading else line


def _label_and_value(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return label and value of a line that is padded around its colon ("Post     : Analyst"), () if it is none."""
    if len(cells) < 2 or not _PADDED_LABEL.fullmatch(cells[0].rstrip(" :=")):
        return ()
    if cells[0].endswith((":", "=")) and len(cells) == 2:
        return cells
    return (cells[0], " ".join(cells[1:])) if _COLON.match(cells[1]) else ()


def cut(line: Line) -> Iterator[Line]:
    """Yield the line in pieces of at most MAX_LINE characters; nothing for an empty one."""
    if len(line.text) <= MAX_LINE:
        if line.text:
            yield line
        return
    for start in range(0, len(line.text), MAX_LINE):
        yield Line(line.text[start : start + MAX_LINE], (), 0, line.item, line.heading)


def _unwrapped(body: str) -> Iterator[str]:
    held, last = "", ""
    for raw in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = _INVISIBLE.sub("", raw).replace("\u00a0", " ").replace("\u202f", " ").rstrip()
        if held and _goes_on(held, last, line):
            held, last = f"{held} {line.strip()}", line
            continue
        if held:
            yield held
        held = last = line
    if held:
        yield held


def _goes_on(held: str, last: str, line: str) -> bool:
    """Whether `line` is the rest of a sentence that a mail program broke off behind `last`, the end of `held`."""
    if not line.strip() or _BULLET.match(line) or columns_of(line):
        return False
    if _LABEL.match(line) and not _OPEN_END.search(last[-20:]):
        return False
    if _BARS.search(held) or _LONG_NUMBER.search(line) or columns_of(held):
        return False
    if last.endswith(":"):
        return False
    if _ENDS.search(last[-200:]) and re.match(r"\s*[A-Z]", line):
        return False
    return len(last) >= _WRAPPED_FROM and len(held) < MAX_LINE
