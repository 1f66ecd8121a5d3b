"""The health routes (reference/operations.md, section 2): alive, ready, and the state of every part."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from aiohttp import web

from placement_alerts.core.timetable import rfc3339
from placement_alerts.pipeline.vitals import Part, PartState

STALE_AFTER_S = 5.0  # a loop that did not turn for so long is stuck
DEADLINE_S = 1.5
KEPT_S = 1.0  # so that probing is cheap, however often


class Health(Protocol):
    """What the routes ask the application. Both answer within their own deadlines and never raise for a sick part."""

    async def ready(self) -> list[str]:
        """Return why this process should get no work now, in words without secrets; empty: it is ready."""

    async def parts(self) -> Mapping[str, Part]:
        """Return the parts by name: store, telegram, scheduler, superset, fanout, ..."""


class Heartbeat:
    """When the event loop last turned. `run` is a task of the application."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last = monotonic()

    async def run(self) -> None:
        """Note every second that the loop turns."""
        while True:
            self._last = self._monotonic()
            await asyncio.sleep(1)

    def age_s(self) -> float:
        """Return the seconds since the loop last turned."""
        return self._monotonic() - self._last


T = TypeVar("T")


class _Kept(Generic[T]):
    """The answer of a question, asked at most once at a time and kept for a second."""

    def __init__(self, ask: Callable[[], Awaitable[T]], monotonic: Callable[[], float]) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._answer: tuple[float, T] | None = None
        self._asking = asyncio.Lock()

    async def get(self) -> T:
        """Return the answer. Raises TimeoutError."""
        async with asyncio.timeout(DEADLINE_S), self._asking:
            if self._answer is None or self._monotonic() - self._answer[0] >= KEPT_S:
                answer = await self._ask()
                self._answer = (self._monotonic(), answer)
            return self._answer[1]


class HealthRoutes:
    """`/health/live`, `/health/ready` and `/health`. Add `routes()` to an application."""

    def __init__(self, health: Health, heartbeat: Heartbeat, version: str, monotonic: Callable[[], float]) -> None:
        self._heartbeat = heartbeat
        self._version = version
        self._ready = _Kept(health.ready, monotonic)
        self._parts = _Kept(health.parts, monotonic)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [
            web.get("/health", self._overview),
            web.get("/health/live", self._live_route),
            web.get("/health/ready", self._ready_route),
        ]

    async def _live_route(self, _: web.Request) -> web.Response:
        alive = self._heartbeat.age_s() <= STALE_AFTER_S
        return _answer({"status": "alive" if alive else "stuck"}, 200 if alive else 503)

    async def _ready_route(self, _: web.Request) -> web.Response:
        reasons = ["the application did not answer in time"]
        with contextlib.suppress(TimeoutError):
            reasons = await self._ready.get()
        return _answer({"status": "not ready" if reasons else "ready", "reasons": reasons}, 503 if reasons else 200)

    async def _overview(self, _: web.Request) -> web.Response:
        parts: Mapping[str, Part] = {"health": Part(PartState.DOWN, error="timeout")}
        with contextlib.suppress(TimeoutError):
            parts = await self._parts.get()
        shown = {name: _shown(part) for name, part in parts.items()}
        return _answer({"status": _status(parts), "version": self._version, "parts": shown})


def _status(parts: Mapping[str, Part]) -> str:
    states = {part.state for part in parts.values()}
    if PartState.DOWN in states:
        return "down"
    return "degraded" if PartState.DEGRADED in states else "healthy"


def _shown(part: Part) -> dict[str, Any]:
    return {
        "state": part.state.value,
        "last_success": _moment(part.last_success),
        "next_run": _moment(part.next_run),
        "backlog": part.backlog,
        "oldest_due_s": None if part.oldest_due_s is None else round(part.oldest_due_s, 3),
        "error": part.error,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _answer(body: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
