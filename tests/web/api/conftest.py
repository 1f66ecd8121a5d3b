"""A real server over a real SQLite store, and tokens to call it with."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, web

from placement_alerts.core.branches import BranchRange, BranchTable
from placement_alerts.core.student import Student
from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.signing_in import SigningIn
from placement_alerts.pipeline.subscribing import Subscribing
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.pipeline.webhooks import Webhooks
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.web.api.routes import ApiRoutes
from placement_alerts.web.server import make_application, serve
from placement_alerts.web.services import Services, WebSettings
from placement_alerts.web.visiting import VISITOR, Visitor
from tests.builders import NOW, YEAR

TABLE = BranchTable(YEAR, ranges=(BranchRange("CSE", 21103000, 21104000, 200),))


@dataclass
class Moments:
    """The clocks of a test."""

    now: datetime = NOW
    monotonic: float = 100.0

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.monotonic += timedelta(**span).total_seconds()


@dataclass
class Stage:
    """A server under test. visitor: who the browser's session is, as the middleware of web/sessions.py would say."""

    services: Services
    moments: Moments
    client: ClientSession
    visitor: list[Visitor] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.services.store

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "pa_admin",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> "Reply":
        sent = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **(headers or {})}
        async with self.client.request(method, path, headers=sent, **more) as response:
            return await Reply.of(response)

    async def get(self, path: str, **more: Any) -> "Reply":
        return await self.call("GET", path, **more)

    async def post(self, path: str, body: Any, **more: Any) -> "Reply":
        return await self.call("POST", path, json=body, **more)

    def visit(self, student: Student, *, admin: bool = False) -> None:
        """Let the following calls come from this student's signed-in browser."""
        self.visitor[:] = [Visitor(student=student, signed_in=True, is_admin=admin)]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    raw: bytes
    json: Any

    @classmethod
    async def of(cls, response: ClientResponse) -> "Reply":
        raw = await response.read()
        has_json = "json" in response.headers.get("Content-Type", "")
        return cls(
            response.status, response.headers, raw, await response.json(content_type=None) if has_json and raw else None
        )

    @property
    def code(self) -> Any:
        return self.json["code"]


def a_token(name: str = "admin", *scopes: Scope, **values: Any) -> ApiToken:
    """Return a token that reads `pa_NAME`."""
    defaults: dict[str, Any] = {
        "hash": hashlib.sha256(f"pa_{name}".encode()).hexdigest(),
        "label": name,
        "scopes": scopes or (Scope.ADMIN,),
        "created_by": "cli",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=365),
        "used_at": NOW,
    }
    return ApiToken(id=TokenId(f"t-{name}"), **(defaults | values))


def services_of(store: Store, http: HttpClient, moments: Moments, **settings: Any) -> Services:
    def now() -> datetime:
        return moments.now

    defaults: dict[str, Any] = {
        "version": "1.0",
        "years": ("202526", "202627"),
        "active": YEAR,
        "default_year": YEAR,
        "sources": ("superset", "mailbox"),
    }
    return Services(
        settings=WebSettings(**(defaults | settings)),
        store=store,
        figures=Figures(store, {YEAR: TABLE}, (6.0, 13.0)),
        vitals=Vitals(store, (), (), None, now),
        office=Office(store, Flag(), now, ("202526", "202627")),
        signing_in=SigningIn(store, now),
        subscribing=Subscribing(store, now, YEAR),
        webhooks=Webhooks(store, http, now, ""),
        now=now,
        monotonic=lambda: moments.monotonic,
    )


@asynccontextmanager
async def a_stage(store: Store, moments: Moments, **settings: Any) -> AsyncIterator[Stage]:
    visitors: list[Visitor] = []

    @web.middleware
    async def say_who(request: web.Request, handler: Callable[[web.Request], Any]) -> Any:
        if visitors:
            request[VISITOR] = visitors[0]
        return await handler(request)

    async with HttpClient() as http:
        services = services_of(store, http, moments, **settings)
        application = make_application(services, ApiRoutes(services).routes())
        application.middlewares.append(say_who)
        async with (
            serve(application, "127.0.0.1", 0) as port,
            ClientSession(f"http://127.0.0.1:{port}") as client,
        ):
            yield Stage(services, moments, client, visitors)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path / 'store.db'}")
    await opened.tokens.add(a_token())
    yield opened
    await opened.close()


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
async def stage(store: Store, moments: Moments) -> AsyncIterator[Stage]:
    async with a_stage(store, moments) as opened:
        yield opened
