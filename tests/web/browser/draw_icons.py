"""Draws the application's icons from `icon.svg` with Chromium: `python -m tests.web.browser.draw_icons`."""

import asyncio
from pathlib import Path

from playwright.async_api import async_playwright

import placement_alerts.web.pages

STATIC = Path(placement_alerts.web.pages.__file__).parent / "static"
CHROMIUM = "/usr/bin/chromium"
BARS = '<path d="M8 22v-5h4v5zm6 0V12h4v10zm6 0V7h4v15z" fill="#fff"/>'
PLATE = '<rect width="32" height="32" {round} fill="#1f5fbf"/>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="{size}" height="{size}">{drawn}</svg>'
ROUND = PLATE.format(round='rx="8"') + BARS
# a mask may cut off all but the inner 80 %, so the bars are smaller there
FULL = PLATE.format(round="") + f'<g transform="translate(16 16) scale(.78) translate(-16 -14.5)">{BARS}</g>'
ICONS = {
    "icon-192.png": (192, ROUND),
    "icon-512.png": (512, ROUND),
    "icon-maskable.png": (512, FULL),
    "badge.png": (96, BARS),
}


async def draw() -> None:
    """Write every icon."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        for name, (size, drawn) in ICONS.items():
            await page.set_viewport_size({"width": size, "height": size})
            svg = SVG.format(size=size, drawn=drawn)
            await page.set_content(f'<body style="margin:0;background:transparent">{svg}</body>')
            await page.screenshot(path=STATIC / name, omit_background=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw())
