"""The routes of the feeds. A calendar's path holds a token, so it is never logged nor answered with."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aiohttp import web

from placement_alerts.core.notice import Notice
from placement_alerts.core.student import Student
from placement_alerts.errors import StoreError
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.store.base import NoticeFilter
from placement_alerts.web.etags import PACKED, etag, known_tag
from placement_alerts.web.feeds import atom, calendar
from placement_alerts.web.feeds.calendar_token import calendar_hash
from placement_alerts.web.pages.answers import FRESH, Body, answer, body_of
from placement_alerts.web.services import Services

DATES_MOST = 1000  # notices with dates that are looked at for a calendar
PAGE = 100
PAGES = 5
KEPT = 8  # finished documents
AT_ONCE = 2  # documents made at the same time
READ_S = 8.0
PRIVATE = "private, no-cache"
_NOTHING = "There is nothing here. A calendar's address ends when its student renews or ends it in the settings.\n"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


class FeedRoutes:
    """`/feed.atom` and `/calendar/{token}.ics`. Add `routes()` to an application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store
        self._made: OrderedDict[str, Body] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [web.get(atom.PATH, self._atom), web.get("/calendar/{token}.ics", self._calendar)]

    async def _atom(self, request: web.Request) -> web.Response:
        if not self._services.settings.public_pages:
            return _unknown()
        try:
            async with asyncio.timeout(READ_S):
                return await self._atom_of(request)
        except (StoreError, TimeoutError):
            return _not_now()

    async def _atom_of(self, request: web.Request) -> web.Response:
        shown = atom.entries(await self._public(), self._services.now())
        site = atom.Site(self._services.settings.public_url or str(request.url.origin()))
        tag = etag("atom", site.base, *_revisions(shown))
        changed = atom.modified_at(shown)
        known = known_tag(request, tag, tag + PACKED)  # told before anything is made
        if known or (changed is not None and _is_unmodified(request, changed)):
            response = _unchanged(known or tag, FRESH)
        else:
            body = await self._body(tag, "application/atom+xml", lambda: atom.atom(shown, site))
            response = answer(request, body, caching=FRESH)
        response.last_modified = changed
        return response

    async def _public(self) -> list[Notice]:
        """Return enough public notices for the feed, newest first; withdrawn ones may be among them."""
        wanted = NoticeFilter(public=True)
        found: list[Notice] = []
        for _ in range(PAGES):
            page = await self._store.notices.find(wanted, found[-1] if found else None, PAGE)
            found += page
            if len(page) < PAGE or len(atom.entries(found, self._services.now())) >= atom.ENTRIES:
                break
        return found

    async def _calendar(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READ_S):
                student = await self._student(request.match_info["token"])
                return _unknown() if student is None else await self._calendar_of(request, student)
        except (StoreError, TimeoutError):
            return _not_now()

    async def _student(self, token: str) -> Student | None:
        if not _TOKEN.fullmatch(token):
            return None
        return await self._store.students.by_calendar(calendar_hash(token))

    async def _calendar_of(self, request: web.Request, student: Student) -> web.Response:
        now = self._services.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)  # what is near changes once a day
        dated = await self._store.notices.dated(student.year, today - calendar.PAST, today + calendar.AHEAD, DATES_MOST)
        secret = await self._store.secret(ENROLLMENTS)
        mine = await asyncio.to_thread(calendar.concerning, dated, student, secret, now)
        public_url = self._services.settings.public_url
        tag = etag("calendar", student.year, public_url, today.date(), *_revisions(mine))
        if known := known_tag(request, tag, tag + PACKED):
            return _unchanged(known, PRIVATE)
        body = await self._body(tag, "text/calendar", lambda: calendar.calendar(mine, student.year, public_url, today))
        response = answer(request, body, caching=PRIVATE)
        response.headers["Content-Disposition"] = 'inline; filename="placements.ics"'
        return response

    async def _body(self, tag: str, content_type: str, make: Callable[[], bytes]) -> Body:
        """Return the document of this tag, made now or before."""
        if (kept := self._made.get(tag)) is not None:
            self._made.move_to_end(tag)
            return kept
        async with self._turns:
            made = await asyncio.to_thread(lambda: body_of(make(), content_type))
        body = Body(made.plain, made.packed, tag, content_type)
        self._made[tag] = body
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return body


def _revisions(notices: Sequence[Notice]) -> list[str]:
    return [f"{notice.id} {notice.revision}" for notice in notices]


def _unchanged(tag: str, caching: str) -> web.Response:
    headers = {"ETag": f'"{tag}"', "Cache-Control": caching, "Vary": "Accept-Encoding"}
    return web.Response(status=304, headers=headers)


def _is_unmodified(request: web.Request, changed: datetime) -> bool:
    """Say whether the caller has it by date; a tag that was sent decides alone (RFC 9110, section 13.1.3)."""
    since = request.if_modified_since
    if "If-None-Match" in request.headers or since is None:
        return False
    return changed.astimezone(UTC).replace(microsecond=0) <= since


def _unknown() -> web.Response:
    """Return the same answer for whatever is not there."""
    return web.Response(status=404, text=_NOTHING, headers={"Cache-Control": "no-store"})


def _not_now() -> web.Response:
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    return web.Response(status=503, text="Not able now.\n", headers=headers)
