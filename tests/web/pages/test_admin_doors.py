"""Who gets into the admin pages, and what a forged form does there: every route, whatever there will be."""

from typing import cast

import pytest
from aiohttp import web

from placement_alerts.store.base import Store
from placement_alerts.web.pages.admin import AdminPages
from placement_alerts.web.services import Services, WebSettings
from tests.builders import YEAR
from tests.web.house import Moments
from tests.web.pages.admin_desk import an_admin_desk

_SETTINGS = WebSettings("1.0", (YEAR,), YEAR, YEAR)


class Unused:
    """Services of which only the settings are looked at, to know the routes."""

    settings = _SETTINGS
    store = None
    webhooks = None


def all_routes() -> list[tuple[str, str]]:
    """Return method and a path of every admin route."""
    routes = AdminPages(cast("Services", Unused())).routes()
    application = web.Application()
    application.add_routes(routes)
    found = []
    for route in application.router.routes():
        if route.method != "HEAD" and route.resource is not None:
            names = {"name": "superset", "id": "abc1", "call": "abc1"}
            info = route.resource.get_info()
            path = info.get("path") or info["formatter"].format(**names)
            found.append((route.method, path))
    return found


ROUTES = all_routes()
FORMS = [path for method, path in ROUTES if method == "POST"]


def test_the_routes_are_found() -> None:
    assert len(ROUTES) > 15


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_student_who_is_no_admin_finds_nothing(store: Store, moments: Moments, method: str, path: str) -> None:
    async with an_admin_desk(store, moments, is_admin=False) as desk:
        answer = await desk.house.ask(method, path, data={"csrf": desk.csrf} if method == "POST" else None)

        assert answer.status == 404
        assert await desk.acts() == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_stranger_is_led_to_sign_in(store: Store, moments: Moments, method: str, path: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        desk.house.client.cookie_jar.clear()
        answer = await desk.house.ask(method, path, data={"x": "1"} if method == "POST" else None)

        assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")
        assert await desk.acts() == []


@pytest.mark.parametrize("csrf", ["", "wrong", "é"])
@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_the_token_changes_nothing(store: Store, moments: Moments, path: str, csrf: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.house.ask("POST", path, data={"csrf": csrf, "all": "1", "label": "x", "scope": "admin"})

        assert answer.status == 403
        assert await desk.acts() == []


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_of_another_kind_is_refused(store: Store, moments: Moments, path: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.house.ask("POST", path, json={}, headers={"X-CSRF-Token": desk.csrf})

        assert answer.status == 415
        assert await desk.acts() == []


@pytest.mark.parametrize(
    "path", [path for method, path in ROUTES if method == "GET" and "{" not in path and "abc1" not in path]
)
async def test_no_browser_keeps_a_page_of_the_admins(store: Store, moments: Moments, path: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.house.get(path)

        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET" and "abc1" in path])
async def test_what_is_not_there_is_not_found(store: Store, moments: Moments, path: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        await desk.text(path, 404)
