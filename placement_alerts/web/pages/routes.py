"""The routes of the pages that everybody may read. Handlers are thin: what they show is made elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from placement_alerts.core.policy import Policy
from placement_alerts.core.timetable import show_year
from placement_alerts.errors import ConfigError, NotFound
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store.base import Store
from placement_alerts.web.pages import policy_text
from placement_alerts.web.pages.answers import (
    FOR_EVER,
    STATIC,
    Body,
    answer,
    static_body,
    static_path,
)
from placement_alerts.web.pages.keeping import KeptPages
from placement_alerts.web.pages.query import Wish, read_wish
from placement_alerts.web.pages.shell import Handler, Shell, kind_of
from placement_alerts.web.pages.statistics_view import statistics_values
from placement_alerts.web.services import WebSettings
from placement_alerts.web.visiting import Visitor

log = structlog.get_logger(__name__)

Page = Callable[[web.Request], Awaitable[Body]]


class PageRoutes:
    """Statistics, policies and static files. Add `routes()` to an application."""

    def __init__(self, store: Store, figures: Figures, settings: WebSettings, monotonic: Callable[[], float]) -> None:
        self._policies = store.policies
        self._figures = figures
        self._settings = settings
        self._shell = Shell(settings)
        self._kept = KeptPages(monotonic)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [
            web.get("/statistics", self._shown(self._statistics)),
            web.get("/policy", self._shown(self._policy_years)),
            web.get(r"/policy/{year:20\d\d}", self._shown(self._policy)),
            web.get(r"/policy/{year:20\d\d}/{version:[1-9]\d{0,4}}", self._shown(self._policy)),
            *(web.get(static_path(name), _static_route(name)) for name in STATIC),
        ]

    def _shown(self, page: Page) -> Handler:
        """Return the handler of a page."""

        async def handle(request: web.Request) -> web.Response:
            return self._shell.answer(request, await page(request))

        return self._shell.for_readers(handle)

    async def _statistics(self, request: web.Request) -> Body:
        query = {name: request.query.getall(name) for name in request.query}
        wish = read_wish(query, self._settings.years, self._settings.active)
        visits = kind_of(request)
        return await self._kept.get((wish.address(), visits), lambda: self._make_statistics(wish, visits))

    async def _make_statistics(self, wish: Wish, visits: Visitor) -> Body:
        try:
            found = await self._figures.of(wish.year, wish.filter())
        except ConfigError as error:  # the operator's words are for the operator
            log.warning("page.failed", path="/statistics", error=str(error))
            year = show_year(wish.year)
            says = f"{year} has no figures yet: the office has still to set its branches and their strengths"
            raise NotFound(says) from error
        official = await self._figures.official()
        values = await asyncio.to_thread(statistics_values, found, official, wish)
        return await self._shell.make("statistics.html", visits, path=wish.address(), **values)

    async def _policy_years(self, request: web.Request) -> Body:
        visits = kind_of(request)
        return await self._kept.get(("/policy", visits), lambda: self._make_policy_years(visits))

    async def _make_policy_years(self, visits: Visitor) -> Body:
        found = [await self._policies.latest(year) for year in await self._policies.years()]
        return await self._shell.make(
            "policies.html", visits, path="/policy", policies=[policy for policy in found if policy]
        )

    async def _policy(self, request: web.Request) -> Body:
        year = int(request.match_info["year"])
        version = request.match_info.get("version")
        visits = kind_of(request)
        return await self._kept.get(
            ("/policy", year, version, visits),
            lambda: self._make_policy(year, int(version) if version else None, visits),
        )

    async def _make_policy(self, year: int, version: int | None, visits: Visitor) -> Body:
        versions = {policy.version: policy for policy in await self._policies.versions(year)}
        if not versions:
            raise NotFound(f"no placement policy of {year} is known")
        policy = versions.get(version or max(versions))
        if policy is None:
            raise NotFound(f"the placement policy of {year} has no such version")
        earlier = [one for one in versions if one < policy.version]
        before = versions[max(earlier)] if earlier else None
        html, changes = await asyncio.to_thread(_policy_parts, policy, before)
        return await self._shell.make(
            "policy.html",
            visits,
            path=f"/policy/{year}",
            policy=policy,
            before=before,
            versions=sorted(versions.values(), key=lambda one: -one.version),
            html=html,
            changes=changes,
        )


def _policy_parts(policy: Policy, before: Policy | None) -> tuple[str, list[policy_text.Change] | None]:
    """Return the text as HTML and what changed since the version before; None: there is none, or it is too long."""
    changed = policy_text.changes(before.content, policy.content) if before else None
    return policy_text.to_html(policy.content, policy.toc), changed


def _static_route(name: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return answer(request, static_body(name), caching=FOR_EVER)

    return handle
