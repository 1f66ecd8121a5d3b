"""HTML made from the lines that are kept, so that nothing that was cut off can come back."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from placement_alerts.core.document import Line, Link
from placement_alerts.core.html import sanitise

_SHORTEST_LINK_TEXT = 3  # characters; a shorter text is found in the wrong place


def to_html(lines: Sequence[Line], links: Sequence[Link]) -> str:
    """Return paragraphs, lists and tables, with the links where their text stands, else below."""
    left = [link for link in links if len(link.text) >= _SHORTEST_LINK_TEXT]
    written = [_block(group, left) for _, group in groupby(lines, key=_sort)]
    below = [link for link in links if link in left or len(link.text) < _SHORTEST_LINK_TEXT]
    written += [
        f"<p>{_anchor(link.url, link.url)}</p>" for link in below if all(link.url not in line.text for line in lines)
    ]
    return sanitise("".join(written))


def _sort(line: Line) -> tuple[str, int]:
    if line.cells:
        return "table", line.table
    return ("li", 0) if line.item else ("h3", 0) if line.heading else ("p", 0)


def _block(group: Iterable[Line], left: list[Link]) -> str:
    lines = list(group)
    sort, _ = _sort(lines[0])
    if sort == "table":
        return f"<table>{''.join(_row(line, left) for line in lines)}</table>"
    inside = "".join(f"<{sort}>{_linked(line.text, left)}</{sort}>" for line in lines)
    return f"<ul>{inside}</ul>" if sort == "li" else inside


def _row(line: Line, left: list[Link]) -> str:
    return f"<tr>{''.join(f'<td>{_linked(cell, left)}</td>' for cell in line.cells)}</tr>"


def _linked(text: str, left: list[Link]) -> str:
    """Return the text escaped, with the first link that is shown as words of it."""
    for link in left[:20]:
        start = text.find(link.text)
        if start >= 0:
            left.remove(link)
            end = start + len(link.text)
            return f"{escape(text[:start])}{_anchor(link.url, link.text)}{escape(text[end:])}"
    return escape(text)


def _anchor(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'
