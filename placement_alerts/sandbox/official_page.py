"""A simulated official page: a real HTTP server on 127.0.0.1 with validators, in either layout, faults on demand."""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256

from aiohttp import web

from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.http_server import HttpServer
from placement_alerts.sandbox.official_content import UNKNOWN_PAGE, Content, current_page, old_page

PATH = "/existing-student/training-and-placement/students-placement"


class Layout(StrEnum):
    """How the page is built."""

    CURRENT = "current"
    FLIGHT = "flight"  # the batches stand in the scripts alone
    OLD = "old"
    UNKNOWN = "unknown"
    EMPTY = "empty"


class SimulatedPage(HttpServer):
    """The page and what its editors do to it. Started by `async with` or `start`.

    content, layout: may be set at any time. validates: whether it gives validators and honours them.
    requests: the headers of every request so far, names in lower case.
    """

    def __init__(self, content: Content | None = None, layout: Layout = Layout.CURRENT) -> None:
        super().__init__()
        self.content = content or Content()
        self.layout = layout
        self.validates = True
        self.requests: list[Mapping[str, str]] = []
        self._faults: list[Fault] = []

    def application(self) -> web.Application:
        """Return what answers."""
        app = web.Application()
        app.router.add_get(PATH, self._answer)
        return app

    @property
    def url(self) -> str:
        """What `sources.official.url` has to be."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    @property
    def html(self) -> str:
        """The page as it is now."""
        match self.layout:
            case Layout.CURRENT:
                return current_page(self.content)
            case Layout.FLIGHT:
                return current_page(self.content, sections=False)
            case Layout.OLD:
                return old_page(self.content)
            case Layout.UNKNOWN:
                return UNKNOWN_PAGE
            case Layout.EMPTY:
                return ""

    def fail(self, fault: Fault, *, times: int = 1) -> None:
        """Answer the next requests with a fault (sandbox/http_faults.py)."""
        self._faults += [fault] * times

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append({name.lower(): value for name, value in request.headers.items()})
        if self._faults:
            return await self._faults.pop(0).answer(request, self.stopping)
        html = self.html
        headers = {"ETag": f'"{sha256(html.encode()).hexdigest()[:16]}"'} if self.validates else {}
        if headers and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(text=html, content_type="text/html", headers=headers)
