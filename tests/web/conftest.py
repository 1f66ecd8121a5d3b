from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from placement_alerts.pipeline.vitals import Part, PartState
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.web.house import House, Moments, a_house


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class ShownHealth:
    """An application whose health a test sets."""

    reasons: list[str] = field(default_factory=list)
    shown: dict[str, Part] = field(default_factory=lambda: {"store": Part(PartState.OK)})
    asked: int = 0

    async def ready(self) -> list[str]:
        self.asked += 1
        return self.reasons

    async def parts(self) -> Mapping[str, Part]:
        self.asked += 1
        return self.shown


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health() -> ShownHealth:
    return ShownHealth()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path}/web.db")
    yield opened
    await opened.close()


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
async def house(store: Store, moments: Moments) -> AsyncIterator[House]:
    async with a_house(store, moments) as opened:
        yield opened
