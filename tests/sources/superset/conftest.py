"""The simulated portal and the way to it."""

from collections.abc import AsyncIterator

import pytest

from placement_alerts.http_client import HttpClient, Retries
from placement_alerts.sandbox.portal import SimulatedPortal
from tests.sources.superset.builders import FIRST, NOW, SECOND


@pytest.fixture
async def portal() -> AsyncIterator[SimulatedPortal]:
    async with SimulatedPortal([FIRST, SECOND], now=lambda: NOW) as portal:
        yield portal


@pytest.fixture
def waits() -> list[float]:
    """How long the client would have waited between tries, in seconds."""
    return []


@pytest.fixture
async def http(waits: list[float]) -> AsyncIterator[HttpClient]:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with HttpClient(allow_private=True, retries=Retries(), sleep=sleep, jitter=lambda: 0.0) as client:
        yield client
