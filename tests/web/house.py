"""A house for the tests of what stands around handlers: a few plain routes, a real store, a real server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web

from placement_alerts.core.student import Student, StudentId
from placement_alerts.errors import NotFound, StoreUnavailable
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store.base import Store
from placement_alerts.web import limits, sessions
from placement_alerts.web.deadlines import Deadlines
from placement_alerts.web.server import DEADLINES, make_application, serve
from placement_alerts.web.services import Services, WebSettings
from placement_alerts.web.visiting import Visitor, admin, signed_in_student, visitor
from tests.builders import NOW, YEAR

BROWSER = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "Mozilla/5.0 (Android 15) Gecko/20100101 Firefox/140.0"}


@dataclass
class Moments:
    """The clocks of a test."""

    now: datetime = NOW
    monotonic: float = 100.0

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.monotonic += timedelta(**span).total_seconds()


def services_of(store: Store, moments: Moments, http: HttpClient, **values: Any) -> Services:
    """Return services over a store; `settings` are of WebSettings."""

    def now() -> datetime:
        return moments.now

    settings = {"version": "1.0", "years": (YEAR,), "active": YEAR, "default_year": YEAR} | values.pop("settings", {})
    defaults: dict[str, Any] = {
        "settings": WebSettings(**settings),
        "figures": Figures(store, {}, ()),
        "vitals": Vitals(store, (), (), None, now),
        "office": Office(store, Flag(), now, (YEAR,)),
        "signing_in": SigningIn(store, now),
        "subscribing": Subscribing(store, now, YEAR),
        "webhooks": Webhooks(store, http, now, ""),
        "now": now,
        "monotonic": lambda: moments.monotonic,
    }
    return Services(store=store, **(defaults | values))


@dataclass(frozen=True, slots=True)
class House:
    """A server and a browser in front of it. port: for a raw connection."""

    services: Services
    moments: Moments
    client: ClientSession
    port: int

    async def ask(self, method: str, path: str, **more: Any) -> ClientResponse:
        """Return an answer whose body was read; redirects are not followed."""
        async with self.client.request(method, path, allow_redirects=False, **more) as response:
            await response.read()
            return response

    async def get(self, path: str, **more: Any) -> ClientResponse:
        return await self.ask("GET", path, **more)

    async def who(self, **more: Any) -> dict[str, Any]:
        """Return what the server knows of this browser."""
        async with self.client.get("/who", **more) as response:
            return dict(await response.json())

    def cookie(self) -> str:
        """Return the browser's session cookie; "": it has none."""
        return next((one.value for one in self.client.cookie_jar if one.key in ("pa", "__Host-pa")), "")


@asynccontextmanager
async def a_house(
    store: Store,
    moments: Moments,
    routes: Callable[[Services], Iterable[web.RouteDef]] | None = None,
    deadlines: Deadlines = DEADLINES,
    **values: Any,
) -> AsyncIterator[House]:
    """Serve the plain routes, and those that `routes` makes of the services."""
    async with HttpClient() as http:
        services = services_of(store, moments, http, **values)
        shown = [*plain_routes(store), *(routes(services) if routes else ())]
        async with (
            serve(make_application(services, shown), "127.0.0.1", 0, deadlines) as port,
            ClientSession(f"http://127.0.0.1:{port}", headers=BROWSER, cookie_jar=CookieJar(unsafe=True)) as client,
        ):
            yield House(services, moments, client, port)


def plain_routes(store: Store) -> list[web.RouteDef]:
    """Return routes that do one thing each."""

    async def who(request: web.Request) -> web.Response:
        return _shown(visitor(request))

    async def begin(request: web.Request) -> web.Response:
        return _shown(sessions.begin(request))

    async def sign_in(request: web.Request) -> web.Response:
        student = await store.students.get(StudentId(str((await request.post())["student"])))
        assert isinstance(student, Student)
        return _shown(await sessions.sign_in(request, student))

    async def anonymous(request: web.Request) -> web.Response:
        student = Student(id=StudentId("anonymous"), year=YEAR, joined_at=NOW)
        await store.students.add(student)
        return _shown(await sessions.become_anonymous(request, student))

    async def sign_out(request: web.Request) -> web.Response:
        return _shown(await sessions.sign_out(request))

    async def own(request: web.Request) -> web.Response:
        return web.json_response({"id": signed_in_student(request).id})

    async def office(request: web.Request) -> web.Response:
        return web.json_response({"id": admin(request).id})

    async def change(request: web.Request) -> web.Response:
        return web.json_response({"size": len(await request.read())})

    async def guess(request: web.Request) -> web.Response:
        limits.wrong_credential(request)
        return web.json_response({"address": limits.client_of(request)}, status=401)

    return [
        web.get("/who", who),
        web.get("/begin", begin),
        web.post("/enter", sign_in),
        web.post("/anonymous", anonymous),
        web.post("/leave", sign_out),
        web.get("/own", own),
        web.get("/office", office),
        web.post("/change", change),
        web.get("/api/v1/things", who),
        web.post("/api/v1/things", change),
        web.post("/api/v1/guess", guess),
        web.get("/health/live", who),
        web.get("/calendar/{token}.ics", _raising(RuntimeError("a secret of the store"))),
        web.get("/api/v1/bug", _raising(RuntimeError("a secret of the store"))),
        web.get("/api/v1/missing", _raising(NotFound("there is no such thing"))),
        web.get("/api/v1/outage", _raising(StoreUnavailable("mongodb://user:password@host"))),
    ]


def _shown(found: Visitor) -> web.Response:
    shown = {
        "session": found.session.id if found.session else None,
        "label": found.session.label if found.session else None,
        "student": found.student.id if found.student else None,
        "signed_in": found.signed_in,
        "is_admin": found.is_admin,
        "csrf": found.csrf,
    }
    return web.json_response(shown)


def _raising(error: Exception) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_: web.Request) -> web.Response:
        raise error

    return handle
