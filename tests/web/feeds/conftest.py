"""The feeds on a real server over a real store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from placement_alerts.http_client import HttpClient
from placement_alerts.store.base import Store
from placement_alerts.web.feeds.routes import FeedRoutes
from placement_alerts.web.server import make_application, serve
from tests.web.house import House, Moments, services_of

SITE = "https://alerts.example.edu"
HOST = {"Host": "alerts.example.edu"}


@asynccontextmanager
async def feeds_of(store: Store, **settings: Any) -> AsyncIterator[House]:
    moments = Moments()
    async with HttpClient() as http:
        services = services_of(store, moments, http, settings={"public_url": SITE} | settings)
        application = make_application(services, FeedRoutes(services).routes())
        async with (
            serve(application, "127.0.0.1", 0) as port,
            ClientSession(f"http://127.0.0.1:{port}") as client,
        ):
            yield House(services, moments, client, port)


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    async with feeds_of(store) as opened:
        yield opened
