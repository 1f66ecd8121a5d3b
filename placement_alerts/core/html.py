"""HTML from outside: cleaned by an allow-list, and read as lines, table rows and links."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

from placement_alerts.core.document import MAX_BODY, Line, Link, Text, clean_title, columns_of, cut, squeeze
from placement_alerts.core.wellformed import ATTRIBUTES, BLOCKS, CELLS, HEADINGS, MAX_CLEAN, TAGS, VOID, well_formed

_STRUCK = frozenset({"s", "del"})  # no longer valid: shown in HTML, left out of the text


def sanitise(html: str) -> str:
    """Return the HTML with the allowed elements only, links to http(s) only, at most about MAX_CLEAN characters."""
    return nh3.clean(
        well_formed(html),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_allowed_value,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def from_html(title: str, html: str) -> Text:
    """Read HTML of any origin; it is sanitised first."""
    clean = sanitise(html)
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    reader.end_line()
    shortened = reader.is_full or len(clean) >= MAX_CLEAN
    return Text(clean_title(title), tuple(reader.lines), tuple(reader.links), shortened)


def to_text(html: str) -> str:
    """Return the visible text: a line for each block element and table row, cells of a row joined by ` | `."""
    return from_html("", html).body


def links(html: str) -> tuple[Link, ...]:
    """Return the http(s) links in the order of the text, each target once."""
    return from_html("", html).links


def is_web_address(url: str) -> bool:
    """Whether the address is http(s) with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.netloc)


def _allowed_value(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name == "href":
        return value if is_web_address(value.strip()) else None
    return value


class _Reader(HTMLParser):
    """Turns sanitised HTML into lines and links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.links: list[Link] = []
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._rows_below: dict[int, tuple[int, str]] = {}
        self._rowspan = 1
        self._open: list[str] = []
        self._tables = 0
        self._size = 0
        self._struck = 0
        self._href: str | None = None
        self._link_words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in BLOCKS and not (tag == "dd" and self._words):
            self._break()
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._end_row()  # a table inside a cell is layout
            self._tables += 1
            self._rows_below = {}
        elif tag == "pre":
            self._tables += 1  # its columns make a table of their own
        elif tag == "tr":
            self._cells = []
        elif tag in CELLS:
            self._rowspan = int(given.get("rowspan") or 1)
        elif tag == "a":
            self._href, self._link_words = given.get("href"), []
        elif tag in _STRUCK:
            self._struck += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _STRUCK:
            self._struck -= 1
        elif tag in CELLS and self._cells is not None:
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "dt":
            self._words.append(": ")
        elif tag in BLOCKS:
            self._break()
        self._open.pop()  # sanitised HTML is well-formed

    @property
    def is_full(self) -> bool:
        """Whether there is more text than is read."""
        return self._size > MAX_BODY

    def handle_data(self, data: str) -> None:
        if self._struck or self.is_full:
            return
        self._size += len(data) + 1
        if self._href is not None:
            self._link_words.append(data)
        if "pre" not in self._open:
            self._words.append(data.replace("\n", " "))
            return
        first, *others = data.split("\n")
        self._words.append(first)
        for other in others:
            self.end_line()
            self._words.append(other)

    def end_line(self) -> None:
        """Finish the line that is being read."""
        raw, self._words = "".join(self._words), []
        columns = columns_of(raw) if "pre" in self._open else ()
        text = squeeze(raw).removesuffix(" :") if not columns else squeeze(raw)
        line = Line(
            text.replace(":: ", ": ", 1).replace(" : ", ": ", 1),
            columns,
            self._tables if columns else 0,
            "li" in self._open,
            bool(HEADINGS & set(self._open)),
        )
        self.lines.extend(cut(line))

    def _break(self) -> None:
        if self._cells is None:
            self.end_line()
        else:
            self._words.append("\n")

    def _end_link(self) -> None:
        if self._href and self._href not in {link.url for link in self.links[-50:]}:
            self.links.append(Link(self._href, squeeze("".join(self._link_words)), len(self.lines)))
        self._href = None

    def _end_cell(self) -> None:
        assert self._cells is not None  # noqa: S101 (the caller asked)
        cell, self._words = "\n".join(filter(None, map(squeeze, "".join(self._words).split("\n")))), []
        if self._rowspan > 1:
            self._rows_below[len(self._cells)] = (self._rowspan - 1, cell)
            self._rowspan = 1
            self._cells.append(cell)
            return
        self._fill()
        self._cells.append(cell)

    def _fill(self) -> None:
        """Repeat cells of earlier rows that reach down to this place."""
        cells = self._cells
        assert cells is not None  # noqa: S101 (the callers asked)
        while len(cells) in self._rows_below:
            left, cell = self._rows_below.pop(len(cells))
            if left > 1:
                self._rows_below[len(cells)] = (left - 1, cell)
            cells.append(cell)

    def _end_row(self) -> None:
        if self._cells is None:
            return
        self._fill()
        if self._words:
            self._end_cell()
        inner = [cell for cell in self._cells if cell]
        cells, self._cells = tuple(cell.replace("\n", " ") for cell in self._cells), None
        if len(inner) == 1 and "\n" in inner[0]:
            for text in inner[0].split("\n"):  # a cell that holds the whole message
                self.lines.extend(cut(Line(text)))
            return
        self.lines.extend(cut(Line(" | ".join(cell for cell in cells if cell), cells, self._tables)))
