"""Fixtures of the store's tests: `store` and `store_url` run a test once on each store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.store.mongo_server import mongo_server_url, mongo_url

__all__ = ["mongo_server_url", "mongo_url"]


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """Where the embedded store of this test is, or will be."""
    return tmp_path / "data" / "store.db"


@pytest.fixture
def sqlite_url(sqlite_file: Path) -> str:
    return f"sqlite:///{sqlite_file}"


@pytest.fixture(params=["sqlite", "mongo"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store of this test's own, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    opened = await open_store(store_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await open_store(sqlite_url)
    yield opened
    await opened.close()
