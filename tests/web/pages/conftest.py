"""The pages over loopback, with a real store behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from placement_alerts.core.mail import MailId
from placement_alerts.core.official import Batch, BatchRecord, Card, CardKind
from placement_alerts.core.policy import Policy
from placement_alerts.core.policy_markdown import table_of_contents
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.web.pages.routes import PageRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.server import make_application, serve
from placement_alerts.web.services import Services
from tests.builders import NOW, YEAR
from tests.core.placements import BANDS, TABLE
from tests.web.campus import a_campus
from tests.web.conftest import Clock
from tests.web.house import House, Moments, services_of
from tests.web.pages.student_site import a_site

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@dataclass(frozen=True, slots=True)
class Site:
    """The pages, their store, and a browser's way to them."""

    store: Store
    client: ClientSession

    async def text(self, path: str, status: int = 200) -> str:
        """Return a page."""
        async with self.client.get(path) as response:
            assert response.status == status, await response.text()
            return await response.text()


Serve = Callable[..., AbstractAsyncContextManager[Site]]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/pages.db", exclusive=True)
    yield store
    await store.close()


@pytest.fixture
def serve_pages(store: Store, clock: Clock) -> Serve:
    @asynccontextmanager
    async def open_site(**settings: Any) -> AsyncIterator[Site]:
        said = {"version": "1.2.3", "years": (YEAR, "202627")} | settings
        parts = {"figures": Figures(store, {YEAR: TABLE}, BANDS), "monotonic": clock, "settings": said}
        async with (
            HttpClient() as http,
            serve(make_pages(services_of(store, Moments(), http, **parts)), "127.0.0.1", 0) as port,
            ClientSession(f"http://127.0.0.1:{port}", headers=BROWSER) as client,
        ):
            yield Site(store, client)

    return open_site


def make_pages(services: Services) -> web.Application:
    """Return an application with the pages that everybody may read."""
    pages = PageRoutes(services.store, services.figures, services.settings, services.monotonic)
    return make_application(services, [*StudentPages(services).routes(), *pages.routes()])


@pytest.fixture
async def site(serve_pages: Serve) -> AsyncIterator[Site]:
    async with serve_pages() as site:
        yield site


def a_policy(version: int = 1, content: str = "## Eligibility\n\nSix CGPA.\n", **values: Any) -> Policy:
    """Return a version of the policy of 2026."""
    defaults: dict[str, Any] = {
        "year": 2026,
        "version": version,
        "title": "Placement policy 2026",
        "content": content,
        "toc": table_of_contents(content),
        "mail_id": MailId(f"m{version}"),
        "author": "T and P Office",
        "sent_at": NOW + timedelta(days=version),
        "stored_at": NOW,
        "updated_on": (NOW,),
    }
    return Policy(**(defaults | values))


def a_batch(name: str = "2026", *cards: Card, **values: Any) -> BatchRecord:
    """Return a batch of the official page with an average of 9.80."""
    average = Card(title="Rs. 9.80 Lacs", description="Average Package", kind=CardKind.AVERAGE, amount=9.8)
    batch = Batch(name=name, highlights=(average, *cards))
    defaults: dict[str, Any] = {"batch": batch, "live": True, "updated_at": NOW}
    return BatchRecord(**(defaults | values))


@pytest.fixture
async def house(store: Store, moments: Moments) -> AsyncIterator[House]:
    await a_campus(store, NOW)
    async with a_site(store, moments) as house:
        yield house
