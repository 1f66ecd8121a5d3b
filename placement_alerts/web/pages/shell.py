"""What every page has around it: navigation and caching by who visits, and words when it cannot be shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from placement_alerts.web.pages.answers import FRESH, Body, answer, render
from placement_alerts.web.services import WebSettings
from placement_alerts.web.visiting import SignInNeeded, Visitor, visitor

OWN = "private, no-store"  # pages of somebody with a session are kept by nobody

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Shell:
    """Shows pages. In every template: `settings`, `visitor` and `sign_in_path`, which leads back to the page."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings

    async def show(
        self, request: web.Request, template: str, *, status: int = 200, caching: str | None = None, **values: Any
    ) -> web.Response:
        """Answer with a page. caching: of Cache-Control, for strangers; None: kept for a minute if all went well.

        The browser of anybody with a session never keeps it.
        """
        body = await self.make(template, visitor(request), path=request.path_qs, **values)
        return self.answer(request, body, status=status, caching=caching)

    async def make(self, template: str, visits: Visitor, *, path: str = "", **values: Any) -> Body:
        """Return a page that is answered later, perhaps to several: then `visits` says no more than `kind_of` does.

        path: of the page itself.
        """
        return await asyncio.to_thread(
            render, template, settings=self.settings, visitor=visits, sign_in_path=_sign_in_path(path), **values
        )

    def answer(
        self, request: web.Request, body: Body, *, status: int = 200, caching: str | None = None
    ) -> web.Response:
        """Answer with what `make` made."""
        if visitor(request).session is not None:
            caching = OWN
        elif caching is None:
            caching = FRESH if status == 200 else "no-store"
        response = answer(request, body, status=status, caching=caching)
        response.headers["Vary"] = "Accept-Encoding, Cookie"
        return response

    async def trouble(self, request: web.Request, status: int, title: str, says: str) -> web.Response:
        """Answer with a page that says what is wrong."""
        return await self.show(request, "trouble.html", status=status, title=title, says=says)

    def for_readers(self, handler: Handler) -> Handler:
        """Return the handler of a page that strangers read only where pages are public; else it raises SignInNeeded."""

        async def handle(request: web.Request) -> web.Response:
            if not self.settings.public_pages and not visitor(request).signed_in:
                raise SignInNeeded
            return await handler(request)

        return handle


def kind_of(request: web.Request) -> Visitor:
    """Return what the navigation shows of who visits, and nothing that is theirs alone."""
    found = visitor(request)
    return Visitor(signed_in=found.signed_in, is_admin=found.is_admin)


def _sign_in_path(path: str) -> str:
    if path in ("", "/") or path.startswith("/sign-in"):
        return "/sign-in"
    return f"/sign-in?{urlencode({'next': path})}"
