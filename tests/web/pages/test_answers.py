import re

import pytest
from aiohttp import hdrs

from tests.core.placements import an_offer, worked_example
from tests.web.conftest import Clock
from tests.web.pages.conftest import BROWSER, Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/statistics", 200),
        ("/statistics?year=x", 400),
        ("/policy", 200),
        ("/policy/2026", 404),
        ("/nothing", 404),
    ],
)
async def test_every_page_lets_the_browser_load_and_run_nothing_foreign(site: Site, path: str, status: int) -> None:
    async with site.client.get(path) as response:
        text = await response.text()

    assert response.status == status
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r"<script(?! src=\"/static/)|\son\w+=|\sstyle=|(?:src|href)=\"(?:https?:)?//", text)


async def test_page_is_not_sent_again_to_who_has_it(site: Site) -> None:
    async with site.client.get("/statistics") as first:
        tag = first.headers[hdrs.ETAG]
    async with site.client.get("/statistics", headers={"If-None-Match": tag}) as second:
        assert second.status == 304
        assert await second.read() == b""

    kept = ("ETag", "Cache-Control", "Vary")
    assert [second.headers[name] for name in kept] == [first.headers[name] for name in kept]
    assert first.headers["Cache-Control"] == "public, max-age=60"


async def test_changed_page_is_sent_again(site: Site, clock: Clock) -> None:
    async with site.client.get("/statistics") as first:
        tag = first.headers[hdrs.ETAG]
    for offer in worked_example():
        await site.store.offers.save(offer)
    clock.now += 60

    async with site.client.get("/statistics", headers={"If-None-Match": tag}) as second:
        assert second.status == 200


async def test_each_coding_has_its_own_tag(site: Site) -> None:
    async with site.client.get("/statistics", headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        same = await packed.text()
    async with site.client.get("/statistics", headers={"Accept-Encoding": "gzip;q=0, identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert await plain.text() == same

    assert packed.headers[hdrs.ETAG] != plain.headers[hdrs.ETAG]
    assert packed.headers["Vary"] == "Accept-Encoding, Cookie"


async def test_trouble_is_kept_by_nobody(site: Site) -> None:
    async with site.client.get("/nothing", headers={"If-None-Match": "*"}) as response:
        assert response.status == 404
        assert response.headers["Cache-Control"] == "no-store"


async def test_style_and_icon_are_found_and_may_be_kept_for_ever(site: Site) -> None:
    text = await site.text("/")
    (style,) = set(re.findall(r'rel="stylesheet" href="([^"]+)"', text))
    (icon,) = set(re.findall(r'rel="icon" href="([^"]+)"', text))

    async with site.client.get(style) as response:
        assert response.headers["Content-Type"] == "text/css; charset=utf-8"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "prefers-color-scheme: dark" in await response.text()
    async with site.client.get(icon) as response:
        assert response.headers["Content-Type"].startswith("image/svg+xml")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (BROWSER["Accept"], "text/html"),
        ("text/html", "text/html"),
        ("application/json;q=0.5, text/html", "text/html"),
        ("application/json, text/html", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html;q=0", "application/json"),
        ("text/html;q=x", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
    ],
)
async def test_front_is_a_page_for_a_browser_and_the_state_for_a_program(site: Site, accept: str, kind: str) -> None:
    async with site.client.get("/", headers={"Accept": accept}) as response:
        assert response.content_type == kind
        assert "Accept" in response.headers["Vary"]


async def test_program_is_told_state_and_version(site: Site) -> None:
    async with site.client.get("/", headers={"Accept": "application/json"}) as response:
        assert await response.json() == {"status": "ok", "version": "1.2.3"}


async def test_program_that_asks_for_nothing_there_gets_a_problem(site: Site) -> None:
    async with site.client.get("/api/nothing", headers={"Accept": "*/*"}) as response:
        assert response.status == 404
        assert response.content_type == "application/problem+json"
        assert (await response.json())["status"] == 404


async def test_large_page_is_small_on_the_way(site: Site) -> None:
    for index in range(400):
        await site.store.offers.save(
            an_offer(f"Company with a rather long name {index}", *worked_example()[0].students)
        )

    async with site.client.get("/statistics", headers={"Accept-Encoding": "gzip"}) as packed:
        assert int(packed.headers["Content-Length"]) < 15_000
    async with site.client.get("/statistics", headers={"Accept-Encoding": "identity"}) as plain:
        assert int(plain.headers["Content-Length"]) < 100_000
