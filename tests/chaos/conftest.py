"""One nursery for all chaos tests: the real program is started some thirty times."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.chaos.program import Nursery
from tests.chaos.stage import Stage, open_stage
from tests.store.mongo_server import mongo_server_url, mongo_url

__all__ = ["mongo_server_url", "mongo_url"]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
async def stage(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Stage]:
    """A stage on a SQLite file."""
    async with open_stage(tmp_path, None, nursery) as stage:
        yield stage


@pytest.fixture
async def mongo_stage(tmp_path: Path, mongo_url: str, nursery: Nursery) -> AsyncIterator[Stage]:
    """A stage on MongoDB."""
    async with open_stage(tmp_path, mongo_url, nursery) as stage:
        yield stage
