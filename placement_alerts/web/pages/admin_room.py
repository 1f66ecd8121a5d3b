"""What all admin pages share: the door, the frame, forms, and how an act ends with a line that says what was done."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from placement_alerts.core.student import Student
from placement_alerts.core.timetable import show_moment, show_year
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.pages.admin_form import Form, read_form
from placement_alerts.web.pages.admin_words import done_line, state_tone
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services
from placement_alerts.web.visiting import admin

PAGE = 50  # rows of a list
COUNT_LIMIT = 9  # digits of a number in an address

Handler = Callable[[web.Request, Student], Awaitable[web.StreamResponse]]
FormHandler = Callable[[web.Request, Student, Form], Awaitable[web.StreamResponse]]


class AdminRoom:
    """Lets admins in and nobody else; every page of theirs is made here. To others its addresses do not exist."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self.services = services
        self.store = services.store
        self._shell = shell

    def now(self) -> datetime:
        """Return the moment, UTC."""
        return self.services.now()

    def get(self, path: str, handler: Handler) -> web.RouteDef:
        """Return the route of a page."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await handler(request, admin(request))

        return web.get(path, handle)

    def post(self, path: str, handler: FormHandler) -> web.RouteDef:
        """Return the route of a form."""

        async def handle(request: web.Request) -> web.StreamResponse:
            student = admin(request)
            return await handler(request, student, await read_form(request))

        return web.post(path, handle)

    async def show(
        self, request: web.Request, template: str, here: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """Answer with a page of the admins. here: the part of the navigation that it belongs to."""
        return await self._shell.show(
            request,
            template,
            status=status,
            caching="no-store",
            part=here,
            done=done_line(request.query.get("done", ""), number_of(request, "n")),
            moment=show_moment,
            year_name=show_year,
            state_tone=state_tone,
            **values,
        )

    def done(self, to: str, code: str, number: int | None = None, **query: str) -> web.Response:
        """Lead to a page of ours that says what was done. code: of DONE, so that no address can make us say more."""
        asked = query | {"done": code} | ({} if number is None else {"n": str(number)})
        return web.Response(status=303, headers={"Location": f"{to}?{urlencode(asked)}", "Cache-Control": "no-store"})

    async def audit(self, who: Student, act: str, subject: str = "", details: str = "") -> None:
        """Write down what an admin does."""
        await audit(self.store, self.now(), actor_of(who), act, subject, details)


def actor_of(who: Student) -> str:
    """Return an admin as the audit trail names them."""
    return f"student:{who.id}"


def number_of(request: web.Request, name: str) -> int | None:
    """Return a number of the query; None if there is none."""
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= COUNT_LIMIT else None


def next_page(request: web.Request, after: str | None) -> str | None:
    """Return the address of this list's next page, with the same filters; None: this is the last one."""
    if after is None:
        return None
    kept = [(name, value) for name, value in request.query.items() if name not in ("after", "done", "n") and value]
    return f"{request.path}?{urlencode([*kept, ('after', after)])}"
