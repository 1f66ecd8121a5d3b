"""The simulated page and the way to it."""

from collections.abc import AsyncIterator

import pytest

from placement_alerts.http_client import HttpClient, Retries
from placement_alerts.sandbox.official_page import SimulatedPage


@pytest.fixture
async def site() -> AsyncIterator[SimulatedPage]:
    async with SimulatedPage() as site:
        yield site


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async def sleep(_: float) -> None:
        return None

    async with HttpClient(allow_private=True, retries=Retries(), sleep=sleep, jitter=lambda: 0.0) as client:
        yield client
