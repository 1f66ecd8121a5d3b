"""The same extraction as sources/official/page.py, for the current layout, with other parsers."""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.util import find_spec

from placement_alerts.core.official import Batch, Snapshot
from placement_alerts.core.official_cards import one_line, read_card
from placement_alerts.core.official_hash import content_hash
from placement_alerts.sources.official.flight import read_flight
from placement_alerts.sources.official.page import DEFAULT_HEADING, MAX_LINE, read_page, unique_logos

Extract = Callable[[str, str, datetime], Snapshot]
Section = tuple[str, Sequence[tuple[str, str]]]  # heading; (title, description) of its cards


def with_beautiful_soup(parser: str) -> Extract:
    """Return an extraction with BeautifulSoup over that parser, with its CSS selectors."""
    from bs4 import BeautifulSoup, Tag

    def text(inside: Tag, selector: str) -> str:
        found = inside.select_one(selector)
        return found.get_text() if found else ""

    def extract(html: str, url: str, now: datetime) -> Snapshot:
        soup = BeautifulSoup(html, parser)
        sections = [
            (
                text(section, ".mainheading__large"),
                [(text(item, ".title"), text(item, ".desc")) for item in section.select(".highlights .item")],
            )
            for section in soup.select("div.student-placement-pg")
        ]
        scripts = [script.get_text() for script in soup.select("script")]
        heading, intro = text(soup, ".inner-banner .mainheading__large"), text(soup, ".desc-sec .left")
        return _snapshot(sections, heading, intro, scripts, url, now)

    return extract


def with_lxml(html: str, url: str, now: datetime) -> Snapshot:
    """Extract with lxml alone, by XPath that was compiled before."""
    from lxml import html as lxml_html

    tree = lxml_html.document_fromstring(html)
    paths = _paths()

    def texts(path: str) -> str:
        found = paths[path](tree)
        return found[0].text_content() if found else ""

    sections = [
        (
            paths["heading"](section)[0].text_content(),
            [
                (paths["title"](item)[0].text_content(), paths["desc"](item)[0].text_content())
                for item in paths["items"](section)
            ],
        )
        for section in paths["sections"](tree)
    ]
    scripts = [script.text or "" for script in paths["scripts"](tree)]
    return _snapshot(sections, texts("banner"), texts("intro"), scripts, url, now)


def peers() -> dict[str, Extract]:
    """Return every way to extract that is installed, ours first."""
    found: dict[str, Extract] = {"ours": read_page}
    if find_spec("lxml"):
        found["lxml"] = with_lxml
    if find_spec("bs4"):
        found["BeautifulSoup, html.parser"] = with_beautiful_soup("html.parser")
        if find_spec("lxml"):
            found["BeautifulSoup, lxml"] = with_beautiful_soup("lxml")
    return found


_COMPILED: dict[str, Callable[..., list]] = {}  # type: ignore[type-arg]  # lxml has no types


def _paths() -> dict[str, Callable[..., list]]:  # type: ignore[type-arg]  # lxml has no types
    if not _COMPILED:
        from lxml import etree

        def has(name: str) -> str:
            return f'contains(concat(" ", normalize-space(@class), " "), " {name} ")'

        written = {
            "sections": f"//div[{has('student-placement-pg')}]",
            "heading": f".//*[{has('mainheading__large')}]",
            "items": f".//*[{has('highlights')}]//*[{has('item')}]",
            "title": f".//*[{has('title')}]",
            "desc": f".//*[{has('desc')}]",
            "banner": f"//*[{has('inner-banner')}]//*[{has('mainheading__large')}]",
            "intro": f"//*[{has('desc-sec')}]//*[{has('left')}]",
            "scripts": "//script",
        }
        _COMPILED.update({name: etree.XPath(path) for name, path in written.items()})
    return _COMPILED


def _snapshot(
    sections: Sequence[Section], heading: str, intro: str, scripts: Sequence[str], url: str, now: datetime
) -> Snapshot:
    """Return what follows from the texts: the same for every parser, and done by the same code."""
    batches = [
        Batch(
            name=one_line(name, MAX_LINE)[-4:],
            active=at == 0,
            highlights=tuple(read_card(title, description) for title, description in cards),
        )
        for at, (name, cards) in enumerate(sections)
    ]
    logos = unique_logos(read_flight(scripts, whole=False).logos, url)
    heading, intro = one_line(heading, MAX_LINE) or DEFAULT_HEADING, one_line(intro, MAX_LINE)
    return Snapshot(
        taken_at=now,
        seen_at=now,
        layout="current",
        heading=heading,
        intro=intro,
        batches=tuple(batches),
        logos=tuple(logos),
        content_hash=content_hash(heading, intro, batches, logos),
    )
