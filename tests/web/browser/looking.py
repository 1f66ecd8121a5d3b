"""What is wrong with a page that is shown: found by axe, and by its width."""

from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.async_api import Page

from tests.web.browser.conftest import DESKTOP, PHONE

SERIOUS = ("serious", "critical")
_PALE = "axe.run({runOnly: ['color-contrast'], resultTypes: ['violations']})"  # what alone depends on the colours


async def troubles(page: Page) -> list[str]:
    """Return what is wrong with the page as a bright phone shows it, and in the width and colours of a dark desktop."""
    found = await trouble(page, "phone")
    await page.set_viewport_size(DESKTOP)
    await page.emulate_media(color_scheme="dark")
    found += [*await _wide(page, "desktop"), *_serious(page, "dark desktop", await page.evaluate(_PALE))]
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="light")
    return found


async def trouble(page: Page, where: str = "here") -> list[str]:
    """Return what is wrong with the page as it is shown now."""
    return [*await _wide(page, where), *_serious(page, where, (await Axe().run(page)).response)]


async def _wide(page: Page, where: str) -> list[str]:
    over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url}, {where}: {over} pixels too wide"] if over > 0 else []


def _serious(page: Page, where: str, found: dict[str, Any]) -> list[str]:
    return [
        f"{page.url}, {where}: {one['id']} ({one['nodes'][0]['html'][:120]})"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
