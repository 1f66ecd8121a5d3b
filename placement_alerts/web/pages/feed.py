"""The feed: `/`, newest notices first, with search and filters."""

import asyncio
from typing import Any

from aiohttp import web

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.visibility import Reader, readable
from placement_alerts.web.pages.answers import wants_page
from placement_alerts.web.pages.cards import KIND_NAMES, Card, card_of
from placement_alerts.web.pages.feed_query import ListWish, read_list_wish
from placement_alerts.web.pages.keeping import KeptPages
from placement_alerts.web.pages.query import BadQuery
from placement_alerts.web.pages.reading import reader_of, year_of
from placement_alerts.web.pages.shell import Shell, kind_of
from placement_alerts.web.services import Services
from placement_alerts.web.visiting import visitor

PAGE = 20  # notices
_BATCH = 40
_ROUNDS = 8  # batches that are looked through for notices that the reader may see


class FeedPages:
    """`/`: the feed for browsers, the state as JSON for programs."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self._services = services
        self._shell = shell
        self._kept = KeptPages(services.monotonic)
        self._page = shell.for_readers(self._feed)

    def routes(self) -> list[web.RouteDef]:
        """Return the route; it answers HEAD too."""
        return [web.get("/", self._start)]

    async def _start(self, request: web.Request) -> web.Response:
        if not wants_page(request):
            state = {"status": "ok", "version": self._services.settings.version}
            return web.json_response(state, headers={"Cache-Control": "no-store", "Vary": "Accept"})
        response = await self._page(request)
        response.headers["Vary"] = f"{response.headers.get('Vary', 'Cookie')}, Accept"
        return response

    async def _feed(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self._services)
        default_year = year_of(reader, self._services)
        query = {name: request.query.getall(name) for name in request.query}
        wish = read_list_wish(query, self._services.settings.years, default_year)
        address = wish.address("/", default_year)
        if reader.student is not None:
            values = await self._values(wish, reader, default_year)
            body = await self._shell.make("feed.html", visitor(request), path=address, **values)
        else:
            body = await self._kept.get(address, lambda: self._shell_body(request, wish, reader, default_year, address))
        return self._shell.answer(request, body)

    async def _shell_body(
        self, request: web.Request, wish: ListWish, reader: Reader, default_year: str, address: str
    ) -> Any:
        values = await self._values(wish, reader, default_year)
        return await self._shell.make("feed.html", kind_of(request), path=address, **values)

    async def _values(self, wish: ListWish, reader: Reader, default_year: str) -> dict[str, Any]:
        found, older = await self._find(wish, reader)
        cards = await self._cards(found, reader)
        years = dict.fromkeys((default_year, *self._services.settings.years))
        return {
            "wish": wish,
            "cards": cards,
            "older": wish.older(older).address("/", default_year) if older else None,
            "newest": wish.newest().address("/", default_year),
            "default_year": default_year,
            "years": [(year, ListWish(year).address("/", default_year)) for year in sorted(years)],
            "kinds": KIND_NAMES,
            "student": reader.student,
        }

    async def _find(self, wish: ListWish, reader: Reader) -> tuple[list[Notice], NoticeId | None]:
        """Return a page of notices that the reader may see, and after which one the next page begins."""
        notices, settings = self._services.store.notices, self._services.settings
        after = await notices.get(NoticeId(wish.before)) if wish.before else None
        if wish.before and after is None:
            raise BadQuery("before should be the id of a notice")
        wanted = wish.notices(self._services.now())
        found: list[Notice] = []
        for _ in range(_ROUNDS):
            batch = await notices.find(wanted, after, _BATCH)
            found += await asyncio.to_thread(readable, batch, reader, public_pages=settings.public_pages)
            if len(found) > PAGE:
                return found[:PAGE], found[PAGE - 1].id
            if len(batch) < _BATCH:
                return found, None
            after = batch[-1]
        return found, after.id if after else None

    async def _cards(self, notices: list[Notice], reader: Reader) -> list[Card]:
        now = self._services.now()
        new = await self._new(notices, reader)
        named = await asyncio.to_thread(lambda: {one.id for one in notices if reader.entry(one) is not None})
        return [card_of(one, now, named=one.id in named, new=one.id in new) for one in notices]

    async def _new(self, notices: list[Notice], reader: Reader) -> set[NoticeId]:
        """Return which of these were delivered to the reader and never opened."""
        if reader.student is None:
            return set()
        new = set()
        for notice in notices:
            rows = await self._services.store.deliveries.of_students(notice.id, {reader.student.id})
            states = {row.state for row in rows}
            if DeliveryState.SENT in states and DeliveryState.SEEN not in states:
                new.add(notice.id)
        return new
