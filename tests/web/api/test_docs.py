from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, Route, async_playwright

from placement_alerts.web.api.codes import CODES
from tests.web.api.conftest import Stage

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield await browser.new_page()
        await browser.close()


async def test_page_works_with_all_foreign_hosts_blocked(stage: Stage, page: Page) -> None:
    refused, said = [], []

    async def only_ours(route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "data:")):
            await route.continue_()
        else:
            refused.append(route.request.url)
            await route.abort()

    await page.route("**/*", only_ours)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    await page.goto(f"{stage.client._base_url}/api/docs")
    await page.wait_for_selector("[data-shown=yes] .opblock-summary", timeout=20_000)

    assert await page.locator("text=List and search notices").count() == 1
    assert refused == []
    assert said == []


async def test_every_code_is_explained_where_problems_point(stage: Stage) -> None:
    async with stage.client.get("/api/docs") as response:
        html = await response.text()

    assert all(f'id="problem-{code}"' in html for code in CODES)


async def test_policy_of_the_page_names_no_foreign_host(stage: Stage) -> None:
    reply = await stage.get("/api/docs", token=None)

    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/api/docs/x/docs.js", "/api/docs/x/index.html", "/api/docs/..%2f/docs.js"])
async def test_nothing_but_the_pages_files_is_served(stage: Stage, path: str) -> None:
    assert (await stage.get(path, token=None)).status == 404
