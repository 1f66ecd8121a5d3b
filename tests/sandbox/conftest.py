"""The simulated Bot API with a person, and a client of it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from placement_alerts.sandbox.telegram_api import SimulatedTelegram

STUDENT = 7


class Caller:
    """Calls the simulated API as any client would."""

    def __init__(self, session: aiohttp.ClientSession, telegram: SimulatedTelegram) -> None:
        self._session = session
        self._telegram = telegram

    async def __call__(self, method: str, *, token: str | None = None, **params: Any) -> dict[str, Any]:
        url = f"{self._telegram.base_url}/bot{token or self._telegram.token}/{method}"
        async with self._session.post(url, json=params) as response:
            body: dict[str, Any] = await response.json()
            return body

    async def console(self, path: str, **body: Any) -> Any:
        url = f"{self._telegram.base_url}/sandbox/{path}"
        request = self._session.post(url, json=body) if body else self._session.get(url)
        async with request as response:
            return await response.json()

    @property
    def session(self) -> aiohttp.ClientSession:
        return self._session


@pytest.fixture
async def telegram() -> AsyncIterator[SimulatedTelegram]:
    async with SimulatedTelegram() as telegram:
        telegram.add_person(STUDENT)
        yield telegram


@pytest.fixture
async def call(telegram: SimulatedTelegram) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, telegram)
