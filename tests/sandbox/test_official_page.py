"""The simulated page keeps to what reference/official-page.md says of the real one."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from placement_alerts.sandbox import http_faults as faults
from placement_alerts.sandbox.official_content import Content
from placement_alerts.sandbox.official_page import Layout, SimulatedPage


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def fetch(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, str, str | None]:
    async with session.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers.get("ETag")


async def test_page_is_given_again_only_after_a_change(session: aiohttp.ClientSession) -> None:
    async with SimulatedPage() as site:
        status, html, etag = await fetch(session, site.url)
        same, _, _ = await fetch(session, site.url, **{"If-None-Match": etag or ""})
        site.content = site.content.without("2031")
        changed, _, other = await fetch(session, site.url, **{"If-None-Match": etag or ""})

    assert (status, same, changed) == (200, 304, 200)
    assert "palcement-sec student-placement-pg" in html
    assert other != etag


async def test_every_layout_can_be_shown(session: aiohttp.ClientSession) -> None:
    async with SimulatedPage(Content()) as site:
        shown = {}
        for layout in Layout:
            site.layout = layout
            _, shown[layout], _ = await fetch(session, site.url)

    assert "student-placement-pg" not in shown[Layout.FLIGHT]
    assert "tab-containerr" in shown[Layout.OLD]
    assert shown[Layout.EMPTY] == ""
    assert len(set(shown.values())) == len(Layout)


async def test_fault_is_shown_as_often_as_asked(session: aiohttp.ClientSession) -> None:
    async with SimulatedPage() as site:
        site.fail(faults.status(503), times=2)
        statuses = [(await fetch(session, site.url))[0] for _ in range(3)]

    assert statuses == [503, 503, 200]


async def test_server_without_validators_gives_none(session: aiohttp.ClientSession) -> None:
    async with SimulatedPage() as site:
        site.validates = False

        assert (await fetch(session, site.url))[2] is None
