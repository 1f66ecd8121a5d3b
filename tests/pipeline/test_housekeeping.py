from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from placement_alerts.core.session import SignInId
from placement_alerts.pipeline.housekeeping import EVERY_S, Housekeeping
from placement_alerts.pipeline.signing_in import LIFE
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.access_builders import a_session, a_sign_in
from tests.builders import NOW, YEAR


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path}/housekeeping.db")
    yield opened
    await opened.close()


async def keep_house(store: Store, passed: timedelta) -> None:
    """Run the chores, that long after NOW."""
    await Housekeeping(store, Subscribing(store, lambda: NOW + passed, YEAR), lambda: NOW + passed).run_once()


async def test_browser_that_nobody_linked_goes_with_its_session(store: Store) -> None:
    stranger = await Subscribing(store, lambda: NOW, YEAR).anonymous()
    await store.sessions.save(a_session(student_id=stranger.id, expires_at=NOW + timedelta(days=90)))

    await keep_house(store, timedelta(days=89))
    assert await store.students.get(stranger.id) is not None
    await keep_house(store, timedelta(days=90))
    assert await store.students.get(stranger.id) is None


async def test_browser_that_came_today_stays(store: Store) -> None:
    stranger = await Subscribing(store, lambda: NOW, YEAR).anonymous()

    await keep_house(store, timedelta(hours=23))

    assert await store.students.get(stranger.id) is not None


async def test_sign_in_that_expired_is_forgotten_within_its_life(store: Store) -> None:
    await store.sessions.offer(a_sign_in(expires_at=NOW + LIFE))

    await keep_house(store, LIFE)

    assert await store.sessions.sign_in(SignInId("c1"), NOW) is None
    assert LIFE.total_seconds() >= EVERY_S
