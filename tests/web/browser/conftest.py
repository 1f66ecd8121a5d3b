"""A real browser before the real pages. Other pages are shown by passing their routes to `Campus.open`."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from placement_alerts.channels.base import Channel
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.student import Student, StudentId
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.web import sessions
from placement_alerts.web.pages.routes import PageRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.push import PushRoutes
from placement_alerts.web.server import make_application, serve
from placement_alerts.web.services import Services, WebSettings
from tests.builders import YEAR
from tests.core.placements import BANDS, TABLE
from tests.web.campus import a_campus

CHROMIUM = Path("/usr/bin/chromium")
YEARS = (YEAR, "202627")
ADMIN = 7  # the Telegram user id of the student of `a_campus`
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)

ABORTED = "net::ERR_ABORTED"  # by the next page, before the one before had everything

Routes = Callable[[Services], list[web.RouteDef]]
MakeChannel = Callable[[Store], Awaitable[Channel]]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium; a missing one is a failure where CI runs, and said elsewhere."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium")
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    return CHROMIUM


@dataclass(frozen=True)
class Site:
    """The pages on loopback with a campus in their store. student: whom the shortlist names; an admin if asked for."""

    services: Services
    address: str
    student: Student

    @property
    def store(self) -> Store:
        return self.services.store


OpenSite = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
def open_site(tmp_path: Path) -> OpenSite:
    """Return what serves all students' pages, and those of `more`; `settings` are of WebSettings."""

    @asynccontextmanager
    async def opened(
        more: Routes = lambda _: [], *, push: MakeChannel | None = None, **settings: Any
    ) -> AsyncIterator[Site]:
        store = await open_store(f"sqlite:///{tmp_path}/browser.db", exclusive=True)
        try:
            async with HttpClient() as http:
                services = services_of(store, http, await push(store) if push else None, **settings)
                student = await a_campus(store, services.now())
                routes = [
                    *more(services),
                    *PushRoutes(services).routes(),
                    *StudentPages(services).routes(),
                    web.get("/test/sign-in/{student}", sign_in_at_once(services)),
                    *PageRoutes(store, services.figures, services.settings, monotonic).routes(),
                ]
                async with serve(make_application(services, routes), "127.0.0.1", 0) as port:
                    yield Site(services, f"http://localhost:{port}", student)
        finally:
            await store.close()

    return opened


def services_of(store: Store, http: HttpClient, push: Channel | None, **settings: Any) -> Services:
    """Return services with the real parts and the real clock, so that cookies live."""
    defaults: dict[str, Any] = {"version": "1.2.3", "years": YEARS, "active": YEAR, "default_year": YEAR}
    return Services(
        settings=WebSettings(**(defaults | settings)),
        store=store,
        figures=Figures(store, {YEAR: TABLE}, BANDS),
        vitals=Vitals(store, (), (), None, now),
        office=Office(store, Flag(), now, YEARS),
        signing_in=SigningIn(store, now),
        subscribing=Subscribing(store, now, YEAR),
        webhooks=Webhooks(store, http, now, ""),
        now=now,
        monotonic=monotonic,
        push=push,
    )


def now() -> datetime:
    """Return the moment as it can be stored."""
    return to_utc_ms(datetime.now(UTC))


def sign_in_at_once(services: Services) -> Callable[[web.Request], Any]:
    """Return a route that signs the browser in without asking; how one proves who one is, is tested elsewhere."""

    async def handle(request: web.Request) -> web.Response:
        student = await services.store.students.get(StudentId(request.match_info["student"]))
        assert student is not None
        await sessions.sign_in(request, student)
        return web.Response(status=303, headers={"Location": "/"})

    return handle


@dataclass
class Tab:
    """A page of the browser and what it complained about: console errors, refused loads, broken scripts."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    received: int = 0

    def watch(self) -> None:
        """Begin to listen."""
        self.page.on(
            "console", lambda one: self._note(one.type, one.text) if one.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self._note("script", str(error)))
        self.page.on("requestfailed", lambda one: None if one.failure == ABORTED else self._note("request", one.url))

    async def weight(self, address: str) -> int:
        """Open the address with an empty cache and return the bytes of everything that came."""
        client = await self.page.context.new_cdp_session(self.page)
        await client.send("Network.enable")
        await client.send("Network.setCacheDisabled", {"cacheDisabled": True})
        sizes: list[int] = []
        client.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        await self.page.goto(address, wait_until="networkidle")
        await client.detach()
        return sum(sizes)

    def _note(self, kind: str, text: str) -> None:
        self.complaints.append(f"{kind}: {text}")


OpenTab = Callable[..., AbstractAsyncContextManager[Tab]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """One browser for all tests of a module, whose loop they share; starting one takes seconds."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        yield browser


@pytest.fixture
def open_clean_tab(browser: Browser) -> OpenTab:
    """Return what opens a tab that shares nothing but the process with others. The options are of `new_context`."""

    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[Tab]:
        async with await browser.new_context(**({"viewport": PHONE} | options)) as context:
            tab = Tab(await context.new_page())
            tab.watch()
            yield tab

    return opened


@pytest.fixture
def open_tab(chromium: Path, tmp_path: Path) -> OpenTab:
    """Return what opens a tab in a browser of its own, as push needs. The options are of a persistent context."""

    @asynccontextmanager
    async def opened(*, env: dict[str, str] | None = None, headless: bool = True, **options: Any) -> AsyncIterator[Tab]:
        async with async_playwright() as playwright:
            context: BrowserContext = await playwright.chromium.launch_persistent_context(
                tmp_path / "profile",
                executable_path=chromium,
                headless=headless,
                args=["--no-sandbox"],
                env={**os.environ, **(env or {})},
                **({"viewport": PHONE} | options),
            )
            try:
                tab = Tab(context.pages[0])
                tab.watch()
                yield tab
            finally:
                await context.close()

    return opened
