"""What the office writes, as HTML that is safe to show: Markdown without HTML, links http(s) only, no images."""

import asyncio
from datetime import datetime
from functools import cache

from markdown_it import MarkdownIt

from placement_alerts.core.draft import Draft
from placement_alerts.core.html import sanitise
from placement_alerts.core.notice import Notice
from placement_alerts.core.office_notice import TEXT_LIMIT, notice_of_draft, revised


def to_html(text: str) -> str:
    """Return the sanitised HTML of at most TEXT_LIMIT characters of Markdown; HTML in it is shown as text."""
    return sanitise(str(_markdown().render(text[:TEXT_LIMIT])))


async def first_notice(draft: Draft, now: datetime) -> Notice:
    """Return revision 1 of the draft's notice; made beside the event loop, as a long text takes 0.1 s."""
    return await asyncio.to_thread(lambda: notice_of_draft(draft, to_html(draft.text), now))


async def next_notice(current: Notice, draft: Draft, now: datetime) -> Notice | None:
    """Return the revision that says what the draft says, made likewise; None if `current` says that already."""
    return await asyncio.to_thread(lambda: revised(current, draft, to_html(draft.text), now))


@cache
def _markdown() -> MarkdownIt:
    # images would be fetched from elsewhere; a line break that somebody wrote is one that they meant
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"]).disable("image")
