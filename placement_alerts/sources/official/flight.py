"""The page's data as its scripts hold it (reference/official-page.md, section 2.2). Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

PUSH = "self.__next_f.push("
MAX_FRAGMENTS = 5_000
MAX_DATA = 1_500_000  # characters of all fragments; the site's have 120,000
MAX_ROWS = 20_000
MAX_DEPTH = 200  # of nested objects; the site's have 20
MAX_NODES = 200_000  # that are looked at
MAX_FAILURES = 100  # rows that are no JSON; each costs as much as its place in the page is far
HIGHLIGHTS = "placement-highlights"
INTRO = "Training and Placement activities"

# A row is an id, a colon and JSON. In JSON a colon before a bracket follows a quote, so this is a row or inside a text.
_ROW = re.compile(r"(?:(?<![0-9a-f])[0-9a-f]{1,8}:|^)(?=[\[{])")
_INNER = (dict, list, str)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Flight:
    """What was found. sections: (heading, [(title, description)]) in page order; logos: (address, name).

    intro: HTML that introduces the page, "" if none.
    """

    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    logos: Sequence[tuple[str, str]] = ()
    intro: str = ""


def read_flight(scripts: Iterable[str], *, whole: bool) -> Flight:
    """Return what the scripts say. whole False: the logos alone, because the page's own HTML says the rest."""
    data = "".join(_fragments(scripts))[:MAX_DATA]
    wanted = (HIGHLIGHTS, '"slidecount"', INTRO) if whole else ('"slidecount"',)
    sections: list[tuple[str, list[tuple[str, str]]]] = []
    logos: list[tuple[str, str]] = []
    intro = ""
    for row in _rows(data, wanted):
        for node in _nodes(row, texts=whole):
            if isinstance(node, str):
                intro = intro or (node if INTRO in node and "<p>" in node else "")
            elif str(node.get("__component")).endswith(HIGHLIGHTS):
                sections.append((_text(node.get("title")), _pairs(node.get("list"), "title", "description")))
            elif "slidecount" in node:
                logos += _pairs(node.get("Images") or node.get("images"), "image", "name")
    if whole and not intro:
        intro = _loose_intro(data)
    return Flight(sections, logos, intro)


def _fragments(scripts: Iterable[str]) -> Iterator[str]:
    found = 0
    for script in scripts:
        text = script.strip()
        if not text.startswith(PUSH) or found >= MAX_FRAGMENTS:
            continue
        try:
            pushed, _ = _DECODER.raw_decode(text, _after_spaces(text, len(PUSH)))
        except (ValueError, RecursionError):
            continue
        if isinstance(pushed, list) and len(pushed) > 1 and isinstance(pushed[1], str):
            found += 1
            yield pushed[1]


def _after_spaces(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _rows(data: str, wanted: Sequence[str]) -> Iterator[Any]:
    """Yield the JSON of every row in which one of the wanted words stands."""
    start, failures = 0, 0
    found = {word: data.find(word) for word in wanted}
    for _ in range(MAX_ROWS):
        found = {word: place if not 0 <= place < start else data.find(word, start) for word, place in found.items()}
        places = [place for place in found.values() if place >= 0]
        # a row usually has a line of its own, so that what is before it need not be read
        row = _ROW.search(data, max(start, data.rfind("\n", start, min(places)) + 1)) if places else None
        if row is None or failures > MAX_FAILURES:
            return
        start = row.end()
        try:
            value, end = _DECODER.raw_decode(data, start)
        except (ValueError, RecursionError):
            failures += 1
            continue
        if any(start <= place < end for place in places):
            yield value
        start = end


def _nodes(value: Any, *, texts: bool) -> Iterator[dict[str, Any] | str]:
    """Yield the objects in a JSON value, and its texts if wanted, in the order of the page."""
    left: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while left and seen < MAX_NODES:
        node, depth = left.pop()
        seen += 1
        if isinstance(node, str):
            if texts:
                yield node
            continue
        if isinstance(node, dict):
            yield node
            node = [] if "slidecount" in node else node.values()
        if depth < MAX_DEPTH:
            left += [(one, depth + 1) for one in reversed(list(node)) if isinstance(one, _INNER)]


def _pairs(value: Any, first: str, second: str) -> list[tuple[str, str]]:
    if not isinstance(value, list):
        return []
    return [(_text(one.get(first)), _text(one.get(second))) for one in value if isinstance(one, dict)]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _loose_intro(data: str) -> str:
    """Return the paragraphs around the words of the introduction where they stand outside of any JSON."""
    place = data.find(INTRO)
    start = data.rfind("<p>", 0, place) if place >= 0 else -1
    if start < 0:
        return ""
    end = data.find("</p>", place)
    return data[start : end if end >= 0 else place + len(INTRO)]
