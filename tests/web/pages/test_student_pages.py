from typing import Any

import pytest

from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Store
from tests.builders import NOW
from tests.web.campus import a_campus
from tests.web.house import House, Moments
from tests.web.pages.student_site import a_site, sign_in, words


@pytest.mark.parametrize(
    "path", ["/", "/notices/opening", "/jobs", "/jobs/jp-1", "/deadlines", "/statistics", "/policy"]
)
async def test_closed_pages_lead_strangers_to_sign_in(store: Store, moments: Moments, path: str) -> None:
    await a_campus(store, NOW)
    async with a_site(store, moments, public_pages=False) as house:
        response = await house.get(path)
        assert response.status == 303
        assert response.headers["Location"].startswith("/sign-in?next=")
        await sign_in(house)
        assert (await house.get(path)).status in (200, 404)  # no figures are set up here


async def test_page_that_is_not_there_is_a_page(house: House) -> None:
    assert "There is nothing here" in await words(house, "/nothing/at/all", 404)


async def test_store_that_does_not_answer_is_a_page_that_says_so(store: Store, moments: Moments) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise StoreUnavailable("no answer")

    class Broken:
        notices = jobs = Away()

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    async with a_site(Broken(), moments) as house:
        response = await house.get("/jobs")
        assert response.status == 503
        assert response.headers["Retry-After"] == "30"
        assert "cannot be done just now" in await response.text()
