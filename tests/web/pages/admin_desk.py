"""An admin's browser in front of the admin pages, with a real store behind them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from aiohttp import ClientResponse

from placement_alerts.core.audit import AuditEntry
from placement_alerts.core.student import Student
from placement_alerts.store.base import Store
from placement_alerts.web.pages.admin import AdminPages
from tests.builders import YEAR
from tests.web.house import House, Moments, a_house

ADMIN = 7  # the admin's Telegram user id
SOURCES = ("superset",)


@dataclass(frozen=True, slots=True)
class AdminDesk:
    """house: the server and the browser. admin: who sits there. csrf: of the browser's session; "": not signed in."""

    house: House
    store: Store
    admin: Student
    csrf: str

    async def text(self, path: str, status: int = 200) -> str:
        """Return a page."""
        answer = await self.house.get(path)
        assert answer.status == status, (answer.status, answer.headers, (await answer.text())[-600:])
        return await answer.text()

    async def send(self, path: str, **fields: Any) -> ClientResponse:
        """Send a form as a page of ours does."""
        return await self.house.ask("POST", path, data={"csrf": self.csrf, **fields})

    async def done(self, path: str, **fields: Any) -> str:
        """Send a form, follow where it leads and return that page."""
        answer = await self.send(path, **fields)
        assert answer.status == 303, (answer.status, shown_text(await answer.text())[-500:])
        return await self.text(answer.headers["Location"])

    async def trail(self) -> list[AuditEntry]:
        """Return the audit trail, oldest first."""
        return list(reversed(await self.store.audit.find(None, None, 100)))

    async def acts(self) -> list[tuple[str, str, str]]:
        """Return who did what to what, oldest first."""
        return [(entry.actor, entry.act, entry.subject) for entry in await self.trail()]


@asynccontextmanager
async def an_admin_desk(store: Store, moments: Moments, *, is_admin: bool = True) -> AsyncIterator[AdminDesk]:
    """Serve the admin pages and sign a student in, who is an admin or not."""
    _, student = await store.students.join("telegram", str(ADMIN), YEAR, {"first_name": "Meera"}, moments.now)
    settings = {
        "admins": frozenset({ADMIN} if is_admin else ()),
        "sources": SOURCES,
        "years": (YEAR, "202627"),
    }
    async with a_house(store, moments, lambda services: AdminPages(services).routes(), settings=settings) as house:
        async with house.client.post("/enter", data={"student": student.id}) as answer:
            csrf = (await answer.json())["csrf"]
        yield AdminDesk(house, store, student, csrf)


def shown_text(page: str) -> str:
    """Return the words of a page's main part, without its markup."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", f"<{main}")).split())
