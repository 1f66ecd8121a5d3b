"""The students' pages over loopback, and what tests ask of them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from placement_alerts.core.student import StudentId
from placement_alerts.store.base import Store
from placement_alerts.web.pages.routes import PageRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.services import Services
from tests.builders import YEAR
from tests.web.campus import LIST
from tests.web.house import House, Moments, a_house

AASTHA = StudentId("aastha")
NAMES = [name for _, name in LIST]
NUMBERS = [number for number, _ in LIST]


def routes(services: Services) -> list[Any]:
    pages = PageRoutes(services.store, services.figures, services.settings, services.monotonic)
    return [*StudentPages(services).routes(), *pages.routes()]


@asynccontextmanager
async def a_site(store: Store, moments: Moments, **settings: Any) -> AsyncIterator[House]:
    settings = {"years": (YEAR, "202627")} | settings
    async with a_house(store, moments, routes, settings=settings) as house:
        yield house


async def sign_in(house: House, student: str = "aastha") -> None:
    await house.ask("POST", "/enter", data={"student": student})


async def page(house: House, path: str, status: int = 200) -> str:
    response = await house.get(path)
    assert response.status == status, path
    return await response.text()


async def words(house: House, path: str, status: int = 200) -> str:
    """Return a page's text in one line, without the title."""
    text = (await page(house, path, status)).partition("</head>")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def titles(text: str) -> list[str]:
    return re.findall(r"<h[23]><a [^>]*>([^<]*)</a>", text)


async def submit(house: House, path: str, **fields: str) -> int:
    csrf = (await house.who())["csrf"]
    return (await house.ask("POST", path, data={"csrf": csrf, **fields})).status
