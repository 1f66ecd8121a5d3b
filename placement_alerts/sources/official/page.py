"""What the official page's HTML says (reference/official-page.md, sections 2 and 3). Pure; any page within 1 s."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from placement_alerts.core.official import UNNAMED, Batch, Card, Distribution, Logo, Snapshot
from placement_alerts.core.official_cards import one_line, read_card
from placement_alerts.core.official_hash import content_hash
from placement_alerts.sources.official.flight import INTRO, Flight, read_flight
from placement_alerts.sources.official.taming import NotUnderstood, tame

MAX_BATCHES = 40
MAX_CARDS = 60  # of a batch
MAX_LINES = 200  # pointers, and rows of a table
MAX_LOGOS = 1_000
MAX_NAME = 60  # characters of a batch's name
MAX_LINE = 500  # characters of a pointer, a cell, a heading
MAX_INTRO = 5_000  # characters
MAX_ADDRESS = 2_000  # characters
CLIMB = 12  # elements between a card and its section, or a heading and its section

DEFAULT_HEADING = "Training & Placement"
SECTIONS = ("div.student-placement-pg", "div.palcement-sec", "div.placement-sec")  # the site's spelling comes first
HEADING = ".mainheading__large"
HIGHLIGHTS = "Placement Highlights"
LOGOS = ".placements-items img, .recruiters img, .key-recruiters img"

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_PLAIN_PATH = re.compile(r"(?:/[\w-][\w.-]*)+", re.ASCII)
_SHOWN = re.compile(r"display\s*:\s*block\s*(?:;|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands in a batch's place on the page."""

    heading: str
    cards: tuple[Card, ...]


def read_page(html: str, url: str, now: datetime) -> Snapshot:
    """Return what the page says. url: of the page, for relative addresses.

    A batch without any figures is one whose section is there, but empty. Raises NotUnderstood.
    """
    rest, scripts = tame(html, menus=False)
    try:
        return _read(rest, scripts, url, now)
    except NotUnderstood:
        whole, scripts = tame(html)
        if len(whole) == len(rest):
            raise
        return _read(whole, scripts, url, now)


def _read(rest: str, scripts: Sequence[str], url: str, now: datetime) -> Snapshot:
    tree = LexborHTMLParser(rest)
    sections = _sections(tree)
    flight = read_flight(scripts, whole=not any(section.cards for section in sections))
    layout = "current"
    if not any(section.cards for section in sections) and any(cards for _, cards in flight.sections):
        layout, sections = "flight", [_Section(_line(heading), _cards(cards)) for heading, cards in flight.sections]
    if batches := _batches(sections):
        heading = _text_of(tree.css_first(f".inner-banner {HEADING}"))
        return _snapshot(now, layout, heading, _intro(tree, flight), batches, _logos(tree, flight, url))
    if (old := _old_batches(tree)) is not None:
        heading = _text_of(tree.css_first("div.annouc-heading.line-three"))
        intro = one_line(_raw_text(tree.css_first("div.text")), MAX_INTRO) or None
        logos = _images(tree.css("div.training-placement-logo img"), url)
        return _snapshot(now, "old", heading, intro, old, logos)
    raise NotUnderstood(_missing(sections))


def _missing(sections: Sequence[_Section]) -> str:
    if sections:
        return "no batch has any card, neither in the page nor in its flight data"
    return "no section with placement highlights, no flight data and no tabs: the layout is unknown"


def _snapshot(
    now: datetime, layout: str, heading: str, intro: str | None, batches: Sequence[Batch], logos: Sequence[Logo]
) -> Snapshot:
    heading = heading or DEFAULT_HEADING
    return Snapshot(
        taken_at=now,
        seen_at=now,
        layout=layout,
        heading=heading,
        intro=intro,
        batches=tuple(batches),
        logos=tuple(logos),
        content_hash=content_hash(heading, intro, batches, logos),
    )


def _sections(tree: LexborHTMLParser) -> list[_Section]:
    """Return the sections by the first selector that finds cards; else those that were found, without any card."""
    empty: list[_Section] = []
    for selector in SECTIONS:
        taken: set[int] = set()
        nodes = tree.css(selector)[:MAX_BATCHES]
        found = [_Section(_text_of(node.css_first(HEADING)), _cards_in(node, taken)) for node in nodes]
        if any(section.cards for section in found):
            return found
        empty = empty or found
    headed = _headed_sections(tree)
    return headed if any(section.cards for section in headed) else empty or headed


def _headed_sections(tree: LexborHTMLParser) -> list[_Section]:
    headings = [node for node in tree.css(HEADING)[: 4 * MAX_BATCHES] if HIGHLIGHTS in _raw_text(node)[:MAX_INTRO]]
    taken: set[int] = set()
    others = {node.mem_id for node in headings}
    return [_Section(_text_of(node), _cards_near(node, others, taken)) for node in headings[:MAX_BATCHES]]


def _cards_near(heading: LexborNode, headings: set[int], taken: set[int]) -> tuple[Card, ...]:
    """Return the cards in the nearest ancestor that has any, unless it holds another section's heading too."""
    node = heading.parent
    for _ in range(CLIMB):
        if node is None or any(one.mem_id in headings - {heading.mem_id} for one in node.css(HEADING)):
            return ()
        if cards := _cards_in(node, taken):
            return cards
        node = node.parent
    return ()


def _cards_in(section: LexborNode, taken: set[int]) -> tuple[Card, ...]:
    """Return the cards in a section. taken: elements that are some section's cards; those found are added."""
    cards: list[tuple[str, str]] = []
    for item in section.css(".item")[: 4 * MAX_CARDS]:
        if item.mem_id not in taken and _is_within(item, "highlights") and len(cards) < MAX_CARDS:
            taken.add(item.mem_id)
            title, description = _raw_text(item.css_first(".title")), _raw_text(item.css_first(".desc"))
            cards.append((title, description))
    return _cards(cards)


def _is_within(node: LexborNode, wanted: str) -> bool:
    above = node.parent
    for _ in range(CLIMB):
        if above is None:
            return False
        if wanted in (above.attributes.get("class") or "").split():
            return True
        above = above.parent
    return False


def _cards(pairs: Iterable[tuple[str, str]]) -> tuple[Card, ...]:
    read = (read_card(title, description) for title, description in list(pairs)[:MAX_CARDS])
    return tuple(card for card in read if card.title and card.description)


def _batches(sections: Sequence[_Section]) -> list[Batch]:
    """Return a batch for each section that has cards, or had them: its heading names a batch."""
    if not any(section.cards for section in sections):
        return []
    batches: list[Batch] = []
    for number, section in enumerate(sections[:MAX_BATCHES], start=1):
        year = _YEAR.search(section.heading)
        if section.cards or year:
            name = _unused(year[0] if year else f"{UNNAMED} {number}", batches)
            batches.append(Batch(name=name, active=number == 1, highlights=section.cards))
    return batches


def _unused(name: str, batches: Sequence[Batch]) -> str:
    """Return the name, numbered if the page has it twice: figures of one must not replace those of the other."""
    names = {batch.name for batch in batches}
    return next(
        one
        for number in range(1, len(batches) + 2)
        if (one := name if number == 1 else f"{name} ({number})") not in names
    )


def _intro(tree: LexborHTMLParser, flight: Flight) -> str | None:
    shown = one_line(_raw_text(tree.css_first(".desc-sec .left")), MAX_INTRO)
    if shown or not flight.intro:
        return shown or None
    start = max(0, flight.intro.find("<p>"), flight.intro.find(INTRO) - MAX_INTRO)
    try:
        html, _ = tame(flight.intro[start : start + 4 * MAX_INTRO])
    except NotUnderstood:
        return None
    return one_line(_raw_text(LexborHTMLParser(html).body), MAX_INTRO) or None


def _logos(tree: LexborHTMLParser, flight: Flight, url: str) -> list[Logo]:
    return unique_logos(flight.logos, url) or _images(tree.css(LOGOS), url)


def _images(nodes: Sequence[LexborNode], url: str) -> list[Logo]:
    found = (node.attributes for node in nodes[: 4 * MAX_LOGOS])
    return unique_logos(((one.get("src") or "", one.get("alt") or "") for one in found), url)


def unique_logos(images: Iterable[tuple[str, str]], url: str) -> list[Logo]:
    """Return the images with absolute http(s) addresses, the first of each address."""
    site = urljoin(url, "/").rstrip("/")
    names: dict[str, str] = {}
    for src, name in images:
        if len(names) < MAX_LOGOS and (address := _absolute(src, url, site)):
            names.setdefault(address, name)
    return [Logo(src=address, name=one_line(name, MAX_LINE)) for address, name in names.items()]


def _absolute(src: str, url: str, site: str) -> str | None:
    if not src or len(src) > MAX_ADDRESS:
        return None
    if _PLAIN_PATH.fullmatch(src):
        return site + src  # what nearly all are; the long way costs ten times as much
    try:
        address = urljoin(url, one_line(src, MAX_ADDRESS))
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


def _old_batches(tree: LexborHTMLParser) -> list[Batch] | None:
    """Return the batches of the old layout; None without its tabs, their names or any content."""
    names = [_text_of(node)[:MAX_NAME] for node in tree.css("ul.tab-ul > li")[:MAX_BATCHES]]
    container = tree.css_first("div.tab-containerr")
    if container is None or not names:
        return None
    contents = [
        node for node in _children(container, "div") if "content" in (node.attributes.get("class") or "").split()
    ]
    batches: list[Batch] = []
    for number, content in enumerate(contents[:MAX_BATCHES], start=1):
        name = (names[number - 1] if number <= len(names) else "") or f"{UNNAMED} {number}"
        batches.append(_old_batch(content, _unused(name, batches)))
    return batches if any(batch.pointers or batch.distribution for batch in batches) else None


def _old_batch(content: LexborNode, name: str) -> Batch:
    active = bool(_SHOWN.search((content.attributes.get("style") or "")[:MAX_LINE].strip()))
    box = content.css_first("div.scroll_sec.mCustomScrollbar")
    if box is None:
        return Batch(name=name, active=active)
    pointers = (_text_of(node) for node in box.css("li")[:MAX_LINES])
    table = box.css_first("table")
    rows = table.css("tr")[2 : 2 + MAX_LINES] if table is not None else []  # two heading rows
    return Batch(
        name=name,
        active=active,
        pointers=tuple(text for text in pointers if text),
        distribution=tuple(row for row in map(_row, rows) if row is not None),
    )


def _row(node: LexborNode) -> Distribution | None:
    cells = [*_children(node, "td", "th")][:3]
    if len(cells) < 3:
        return None
    category, average, median = map(_text_of, cells)
    return Distribution(category=category, average=average, median=median)


def _children(node: LexborNode, *tags: str) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.tag in tags:
            yield child
        child = child.next


def _line(text: str) -> str:
    return one_line(text, MAX_LINE)


def _text_of(node: LexborNode | None) -> str:
    return _line(_raw_text(node))


def _raw_text(node: LexborNode | None) -> str:
    return node.text() if node is not None else ""
