"""The Atom feed of public notices (RFC 4287; reference/http-conventions.md, section 12). Pure."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from placement_alerts.core.notice import Notice
from placement_alerts.core.timetable import rfc3339
from placement_alerts.web.feeds.words import cleaned, fact_lines, may_show_html, shown_lines, shown_title

ENTRIES = 50
WITHDRAWN_KEPT = timedelta(days=30)
CONTENT_LIMIT = 60_000  # characters of a notice's HTML
PATH = "/feed.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_SINCE = "2025"  # part of the ids, for ever


@dataclass(frozen=True, slots=True)
class Site:
    """Where the feed is. base: address of the web server, without a slash at its end."""

    base: str

    @property
    def authority(self) -> str:
        """Who may make tag URIs here: the host's name."""
        return urlsplit(self.base).hostname or "localhost"

    def tag(self, what: str) -> str:
        """Return an id for ever (RFC 4151)."""
        return f"tag:{self.authority},{_SINCE}:{what}"


def entries(notices: Iterable[Notice], now: datetime) -> list[Notice]:
    """Return the public notices of the feed: without those that were withdrawn long ago."""
    shown = (one for one in notices if one.public and not (one.withdrawn and now - one.stored_at >= WITHDRAWN_KEPT))
    return sorted(shown, key=lambda one: (one.published_at, one.id), reverse=True)[:ENTRIES]


def modified_at(notices: Sequence[Notice]) -> datetime | None:
    """Return when the newest revision was stored; None without any."""
    return max((notice.stored_at for notice in notices), default=None)


def atom(notices: Sequence[Notice], site: Site) -> bytes:
    """Return the document. notices: as of `entries`."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_name("feed"))
    _text(feed, "id", site.tag("notices"))
    _text(feed, "title", "Placement notices")
    changed = modified_at(notices)
    _text(feed, "updated", rfc3339(changed) if changed else f"{_SINCE}-01-01T00:00:00.000Z")
    _author(feed)
    _link(feed, "self", f"{site.base}{PATH}", "application/atom+xml")
    _link(feed, "alternate", f"{site.base}/", "text/html")
    for notice in notices:
        _entry(feed, notice, site)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _entry(feed: ET.Element, notice: Notice, site: Site) -> None:
    entry = ET.SubElement(feed, _name("entry"))
    title = shown_title(notice) or "Notice"
    _text(entry, "id", site.tag(f"notices/{notice.id}"))
    _text(entry, "title", f"Withdrawn: {title}" if notice.withdrawn else title)
    _text(entry, "published", rfc3339(notice.published_at))
    _text(entry, "updated", rfc3339(notice.stored_at))
    _link(entry, "alternate", f"{site.base}/notices/{notice.id}", "text/html")
    ET.SubElement(entry, _name("category"), term=notice.facts.kind.value)
    content = ET.SubElement(entry, _name("content"), type="html")
    content.text = _content(notice)


def _content(notice: Notice) -> str:
    """Return HTML: what is stated, then the notice's own text, cleaned."""
    if notice.withdrawn:
        return "<p>Withdrawn by the placement office.</p>"
    facts = "".join(f"<li>{html.escape(line)}</li>" for line in fact_lines(notice))
    body = cleaned(notice.html) if may_show_html(notice) and len(notice.html) <= CONTENT_LIMIT else _plain(notice)
    return (f"<ul>{facts}</ul>" if facts else "") + body


def _plain(notice: Notice) -> str:
    text = "\n".join(shown_lines(notice))[:CONTENT_LIMIT]
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())


def _author(feed: ET.Element) -> None:
    """Name the office: who posted a notice is a person."""
    author = ET.SubElement(feed, _name("author"))
    _text(author, "name", "Placement office")


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, _name("link"), rel=rel, href=href, type=kind)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = text


def _name(name: str) -> str:
    return f"{{{_ATOM}}}{name}"
