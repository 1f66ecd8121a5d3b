"""What comes in the next days: `/deadlines`, by day in India."""

import asyncio
from datetime import timedelta

from aiohttp import web

from placement_alerts.core.visibility import readable
from placement_alerts.web.pages.due import days_of, start_of_day
from placement_alerts.web.pages.feed_query import ListWish, read_list_wish
from placement_alerts.web.pages.reading import reader_of, year_of
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services

AHEAD = timedelta(days=30)
_MOST = 500  # notices in that time


class DeadlinePage:
    """Deadlines, tests, interviews and webinars."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self._services = services
        self._shell = shell

    def routes(self) -> list[web.RouteDef]:
        """Return the route; it answers HEAD too."""
        return [web.get("/deadlines", self._shell.for_readers(self._deadlines))]

    async def _deadlines(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self._services)
        settings, now = self._services.settings, self._services.now()
        default_year = year_of(reader, self._services)
        query = {name: request.query.getall(name) for name in request.query}
        year = read_list_wish(query, settings.years, default_year).year
        since = start_of_day(now)
        until = since + AHEAD
        dated = await self._services.store.notices.dated(year, since, until, _MOST)
        notices = await asyncio.to_thread(readable, dated, reader, public_pages=settings.public_pages)
        return await self._shell.show(
            request,
            "deadlines.html",
            days=days_of(notices, since, until, now),
            named={one.id for one in notices if reader.entry(one) is not None},
            year=year,
            years=[
                (one, ListWish(one).address("/deadlines", default_year))
                for one in sorted({default_year, *settings.years})
            ],
            student=reader.student,
        )
