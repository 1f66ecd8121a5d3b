"""One notice: `/notices/{id}`, with what changed in it. Opening it says that its student has seen it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from aiohttp import web

from placement_alerts.core.fields import effective_deadline, fields
from placement_alerts.core.html import is_web_address
from placement_alerts.core.notice import Change, Notice, NoticeId
from placement_alerts.core.visibility import (
    Reader,
    TextChange,
    field_changes,
    may_read,
    text_change,
    visible_html,
    visible_text,
)
from placement_alerts.errors import NotFound
from placement_alerts.web.pages.cards import card_of, next_step
from placement_alerts.web.pages.reading import reader_of
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services
from placement_alerts.web.trial_push import TEST
from placement_alerts.web.visiting import SignInNeeded, visitor

_LINKS_MOST = 20
_SAID_ABOVE = frozenset({"Company", "Deadline"})
_SAID_TWICE = _SAID_ABOVE | {"When", "Venue"}  # to whom it names, in the first lines


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision changed. announcement: the short line about it; at: when it was stored."""

    number: int
    at: datetime
    announcement: str | None
    fields: tuple[Change, ...]
    text: TextChange | None


class NoticePage:
    """A notice as it reads now, and what it said before."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self._services = services
        self._shell = shell

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [
            web.get(f"/notices/{TEST}", self._test),
            web.get(r"/notices/{id:[\w.:@~-]{1,200}}", self._shell.for_readers(self._notice)),
        ]

    async def _test(self, request: web.Request) -> web.Response:
        return await self._shell.show(request, "push_test.html", caching="no-store")

    async def _notice(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self._services)
        notice = await self._services.store.notices.get(NoticeId(request.match_info["id"]))
        await self._mark_seen(request)
        if notice is None:
            raise NotFound("this notice is not known")
        if not may_read(notice, reader, public_pages=self._services.settings.public_pages):
            if reader.student is None:
                raise SignInNeeded
            raise NotFound("this notice is not known")  # as for one that is not there: it may tell nothing
        revisions = await self._services.store.notices.revisions(notice.id) if notice.revision > 1 else [notice]
        values = await asyncio.to_thread(self._values, notice, revisions, reader)
        return await self._shell.show(request, "notice.html", **values)

    async def _mark_seen(self, request: web.Request) -> None:
        """Note that the session's student opened the notice, by whichever of their deliveries (`d`) they came."""
        student = visitor(request).student
        if student is None or request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
            return
        deliveries = self._services.store.deliveries
        await deliveries.mark_seen(NoticeId(request.match_info["id"]), student.id, self._services.now())

    def _values(self, notice: Notice, revisions: list[Notice], reader: Reader) -> dict[str, Any]:
        now = self._services.now()
        entry = reader.entry(notice)
        html = visible_html(notice)
        return {
            "notice": notice,
            "card": card_of(notice, now, named=entry is not None),
            "entry": entry,
            "next_step": next_step(notice),
            "fields": [one for one in fields(notice) if one.label not in (_SAID_TWICE if entry else _SAID_ABOVE)],
            "closed": (deadline := effective_deadline(notice)) is not None and deadline <= now,
            "html": html,
            "text": visible_text(notice, self._services.settings.show_names, reader) if html is None else "",
            "links": [link for link in notice.facts.links if is_web_address(link)][:_LINKS_MOST],
            "documents": notice.job.documents if notice.job else (),
            "history": list(reversed([_revision(*pair) for pair in pairwise(revisions)])),
        }


def _revision(before: Notice, after: Notice) -> Revision:
    return Revision(
        after.revision, after.stored_at, after.announcement, field_changes(after), text_change(before, after)
    )
