"""The store as a whole, on both stores."""

import pytest

from placement_alerts.errors import ConfigError
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import a_notice


async def test_open_store_answers(store: Store) -> None:
    await store.ping()


async def test_description_names_the_kind_of_store_in_one_line(store: Store) -> None:
    description = await store.describe()

    assert description.startswith(("SQLite ", "MongoDB "))
    assert "\n" not in description


async def test_what_was_stored_is_there_after_closing_and_opening_again(store_url: str) -> None:
    first = await open_store(store_url)
    await first.notices.save(a_notice())
    await first.close()

    again = await open_store(store_url)
    stored = await again.notices.get(a_notice().id)
    await again.close()

    assert stored == a_notice()


async def test_two_openings_of_one_store_see_each_others_writes(store: Store, store_url: str) -> None:
    other = await open_store(store_url)
    await other.notices.save(a_notice())
    await other.close()

    assert await store.notices.get(a_notice().id) == a_notice()


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "postgres://localhost/x"])
async def test_unknown_url_is_a_config_error_that_names_the_key(url: str) -> None:
    with pytest.raises(ConfigError, match=r"database\.url"):
        await open_store(url)
