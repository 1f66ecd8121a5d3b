"""What the office writes, as HTML that is safe to show: Markdown without HTML, links http(s) only, no images."""

from functools import cache

from markdown_it import MarkdownIt

from placement_alerts.core.html import sanitise
from placement_alerts.core.office_notice import TEXT_LIMIT


def to_html(text: str) -> str:
    """Return the sanitised HTML of at most TEXT_LIMIT characters of Markdown; HTML in it is shown as text."""
    return sanitise(str(_markdown().render(text[:TEXT_LIMIT])))


@cache
def _markdown() -> MarkdownIt:
    # images would be fetched from elsewhere; a line break that somebody wrote is one that they meant
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"]).disable("image")
