"""A policy's Markdown as HTML that is safe to show, with anchors; and what changed between two versions. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from placement_alerts.core.policy import TocEntry
from placement_alerts.core.policy_markdown import plain

COMPARED_LINES = 4_000  # of each version; longer ones are not compared
_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br"),
    *("strong", "em", "s", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
_ITEM = re.compile(r"^[-*+] +")
_MARKS = re.compile(r"\*\*|__|`")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed under one heading. heading: "" before the first. Lines as written, without marks."""

    heading: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def to_html(content: str, toc: Sequence[TocEntry]) -> str:
    """Return sanitised HTML; the headings of `toc` carry its ids. HTML in the Markdown is shown as text."""
    tokens = _markdown().parse(content)
    _anchor(tokens, toc)
    html = str(_markdown().renderer.render(tokens, _markdown().options, {}))
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, **{heading: {"id"} for heading in _HEADINGS}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def changes(before: str, after: str) -> list[Change] | None:
    """Return what changed, in the order of the newer text; None if the texts are too long to be compared."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > COMPARED_LINES:
        return None
    headings = list(_headings_of(new))
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            heading = headings[j1 - 1] if j1 else ""
            found.append(Change(heading, tuple(map(_plain, old[i1:i2])), tuple(map(_plain, new[j1:j2]))))
    return found


@cache
def _markdown() -> MarkdownIt:
    # images would be fetched from elsewhere; an image becomes a link to it
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def _anchor(tokens: Sequence[Token], toc: Sequence[TocEntry]) -> None:
    """Give the headings of the table of contents their ids; one of level 1 stands below the page's own."""
    ids: dict[str, list[str]] = {}
    for entry in toc:
        ids.setdefault(_letters(entry.text), []).append(entry.id)
    for token, inside in pairwise(tokens):
        if token.type == "heading_open" and token.tag in ("h2", "h3") and (left := ids.get(_letters(inside.content))):
            token.attrSet("id", left.pop(0))
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"


def _letters(text: str) -> str:
    """Return what is equal for a heading with and without its marks."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _lines(content: str) -> list[str]:
    return [line.strip() for line in content.splitlines() if line.strip()]


def _headings_of(lines: Sequence[str]) -> Iterator[str]:
    """Yield for each line the heading that it stands under, or is."""
    heading = ""
    for line in lines:
        heading = _plain(line) if line.startswith("#") else heading
        yield heading


def _plain(line: str) -> str:
    """Return a line of Markdown without the commonest marks, for reading."""
    return plain(_MARKS.sub("", _ITEM.sub("• ", line.lstrip("# "))))
