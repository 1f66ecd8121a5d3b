"""Every page in a real browser: nothing complains, a screen reader can use it, it is light, and it is read offline."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from placement_alerts.channels.webpush.vapid import new_key
from tests.web.browser.conftest import OpenSite, OpenTab, Site, Tab
from tests.web.browser.looking import troubles

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = (
    *("/", "/?q=nothing-of-this", "/notices/opening", "/notices/withdrawn", "/jobs", "/jobs/jp-1"),
    *("/deadlines", "/settings", "/statistics", "/policy", "/offline", "/notices/test"),
)
STUDENTS_PAGES = ("/", "/notices/shortlist", "/jobs?mine=1", "/deadlines", "/settings")
WEIGHT_LIMIT = 100_000  # bytes of a page with everything that it loads, as they come over the wire


@pytest_asyncio.fixture(loop_scope="module")
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    async with open_site(vapid_public_key=new_key()[1]) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def tab(open_clean_tab: OpenTab) -> AsyncIterator[Tab]:
    async with open_clean_tab() as tab:
        yield tab


async def look_at(site: Site, tab: Tab, pages: tuple[str, ...]) -> list[str]:
    """Open every page; return what is wrong with them."""
    wrong = []
    for path in pages:
        await tab.page.goto(site.address + path)
        wrong += await troubles(tab.page)
    return wrong


async def test_strangers_pages_have_no_serious_finding_and_no_complaint(site: Site, tab: Tab) -> None:
    assert await look_at(site, tab, PAGES) == []
    assert tab.complaints == []


async def test_students_pages_have_no_serious_finding_and_no_complaint(site: Site, tab: Tab) -> None:
    await tab.page.goto(f"{site.address}/test/sign-in/{site.student.id}")

    assert await look_at(site, tab, STUDENTS_PAGES) == []
    assert tab.complaints == []


async def test_every_page_is_light(site: Site, open_clean_tab: OpenTab) -> None:
    async with open_clean_tab(service_workers="block") as tab:  # else it answers with what it keeps
        weights = {path: await tab.weight(site.address + path) for path in PAGES}

    assert {path: weight for path, weight in weights.items() if not 5_000 < weight < WEIGHT_LIMIT} == {}


async def test_pages_are_read_and_searched_without_javascript(site: Site, open_clean_tab: OpenTab) -> None:
    async with open_clean_tab(java_script_enabled=False) as tab:
        page = tab.page
        await page.goto(site.address)
        await page.get_by_placeholder("Search notices").fill("talk")
        await page.get_by_role("button", name="Show").click()
        await page.get_by_role("link", name="Pre-placement talk by Northlight Analytics").click()
        await expect(page.locator("h1")).to_have_text("Pre-placement talk by Northlight Analytics")


async def test_keyboard_reaches_the_content_first(site: Site, tab: Tab) -> None:
    await tab.page.goto(site.address)
    await tab.page.keyboard.press("Tab")
    await expect(tab.page.locator(".skip")).to_be_focused()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("#content")).to_be_focused()


async def test_pages_that_were_read_are_there_offline_and_others_say_so(site: Site, tab: Tab) -> None:
    page = tab.page
    await page.goto(site.address)
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")
    await page.goto(site.address, wait_until="networkidle")
    await page.context.set_offline(True)

    await page.goto(site.address)
    await expect(page.locator("h1")).to_contain_text("Notices")
    await expect(page.get_by_text("as it was when this device last loaded it")).to_be_visible()
    await page.goto(f"{site.address}/jobs")
    await expect(page.locator("h1")).to_have_text("You are offline")


async def test_application_can_be_installed(site: Site, tab: Tab) -> None:
    await tab.page.goto(site.address, wait_until="networkidle")
    client = await tab.page.context.new_cdp_session(tab.page)

    manifest = await client.send("Page.getAppManifest")
    trouble = await client.send("Page.getInstallabilityErrors")

    assert manifest["errors"] == []
    # a profile of a test counts as a private window, where nothing is ever installed
    errors = [one["errorId"] for one in trouble["installabilityErrors"]]
    assert [one for one in errors if one != "in-incognito"] == []


async def test_settings_say_that_this_browser_blocks_us(site: Site, tab: Tab) -> None:
    await tab.page.context.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    await tab.page.goto(f"{site.address}/settings")
    await expect(tab.page.locator("#push")).to_have_attribute("data-state", "blocked")
    await expect(tab.page.get_by_text("To allow them again")).to_be_visible()


async def test_settings_of_a_phone_that_needs_the_installed_app_show_the_steps(
    site: Site, open_clean_tab: OpenTab
) -> None:
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Safari/604.1"
    async with open_clean_tab(user_agent=iphone) as tab:
        await tab.page.context.add_init_script("delete window.PushManager")
        await tab.page.goto(f"{site.address}/settings")
        await expect(tab.page.locator("#push")).to_have_attribute("data-state", "install")
        await expect(tab.page.get_by_text("Add to Home Screen")).to_be_visible()
