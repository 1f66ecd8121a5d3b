from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from placement_alerts.pipeline.vitals import Part, PartState


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
