"""The servers that tests/bench/api.py measures, each a process of its own: `python -m tests.bench.api_peers NAME`.

All of them check the token, find the notice and answer the same bytes with the same caching headers. Ours does so with
everything that stands around a request: limits, request id, host check, deadlines. The port is printed first.
"""

import asyncio
import gc
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web

from placement_alerts.core.notice import NoticeId
from placement_alerts.http_client import HttpClient
from placement_alerts.store import open_store
from placement_alerts.store.base import NoticeFilter, Store
from placement_alerts.web import limits
from placement_alerts.web.api.notice_views import notice_view
from placement_alerts.web.api.routes import ApiRoutes
from placement_alerts.web.server import make_application, plain_application, serve
from tests.builders import a_notice, after
from tests.web.api.conftest import Moments, a_token, services_of

TOKEN = "pa_bench"
NOTICES = 200
FASTER = 1_000_000.0  # how the limits' clock goes, so that they are counted and never reached
HEADERS = {"Cache-Control": "private, no-cache", "ETag": '"0123456789abcdef0123"', "X-Content-Type-Options": "nosniff"}
PEERS = ("ours", "ours, no middleware", "aiohttp, bytes", "starlette, bytes", "starlette, orjson")


async def main(name: str) -> None:
    """Serve until the standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
        await store.tokens.add(a_token("bench"))
        for number in range(NOTICES):
            text = f"Notice {number}. " + "Apply on the portal before the deadline. " * 20
            await store.notices.save(a_notice(f"n{number}", text=text, published_at=after(minutes=number)))
        run = _serve_starlette if name.startswith("starlette") else _serve_ours
        await run(store, name)
        await store.close()


async def _serve_ours(store: Store, name: str) -> None:
    async with HttpClient() as http:
        services = replace(services_of(store, http, Moments()), monotonic=time.monotonic)
        routes = ApiRoutes(services).routes()
        if name == "aiohttp, bytes":
            routes = [web.get("/api/v1/notices/{notice_id}", await _bare(store)), *routes]
        if name == "ours":
            application = make_application(services, routes)
            application[limits.LIMITER] = limits.Limiter(lambda: time.monotonic() * FASTER)
        else:
            application = plain_application(routes)
        async with serve(application, "127.0.0.1", 0) as port:
            await _until_told(port)


async def _serve_starlette(store: Store, name: str) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Route

    views = {notice.id: notice_view(notice, names=True) for notice in await store.notices.latest(None, NOTICES)}
    one = _from_bytes(views) if name == "starlette, bytes" else _with_orjson(views)
    routes = [Route("/api/v1/notices/{notice_id}", one), Route("/api/v1/notices", _listing(store))]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical", loop="asyncio", http="httptools")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    await _until_told(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await serving


async def _bare(store: Store) -> Callable[[web.Request], Awaitable[web.Response]]:
    bodies = {
        one.id: notice_view(one, names=True).model_dump_json().encode()
        for one in await store.notices.latest(None, NOTICES)
    }

    async def handle(request: web.Request) -> web.Response:
        _check(request)
        body = bodies[NoticeId(request.match_info["notice_id"])]
        return web.Response(body=body, headers={**HEADERS, "Content-Type": "application/json"})

    return handle


Handler = Callable[[Any], Awaitable[Any]]


def _from_bytes(views: dict[Any, Any]) -> Handler:
    from starlette.responses import Response

    bodies = {identifier: view.model_dump_json().encode() for identifier, view in views.items()}

    async def handle(request: Any) -> Any:
        _check(request)
        body = bodies[request.path_params["notice_id"]]
        return Response(body, headers=HEADERS, media_type="application/json")

    return handle


def _with_orjson(views: dict[Any, Any]) -> Handler:
    import orjson
    from starlette.responses import Response

    plain = {identifier: view.model_dump(mode="json") for identifier, view in views.items()}

    async def handle(request: Any) -> Any:
        _check(request)
        body = orjson.dumps(plain[request.path_params["notice_id"]])
        return Response(body, headers=HEADERS, media_type="application/json")

    return handle


def _listing(store: Store) -> Handler:
    import orjson
    from starlette.responses import Response

    async def handle(request: Any) -> Any:
        _check(request)
        rows = await store.notices.find(NoticeFilter(), None, 21)
        items = [notice_view(row, names=True).model_dump(mode="json") for row in rows[:20]]
        return Response(orjson.dumps({"items": items, "next": None}), headers=HEADERS, media_type="application/json")

    return handle


def _check(request: Any) -> None:
    sent = request.headers["authorization"].removeprefix("Bearer ")
    if hashlib.sha256(sent.encode()).hexdigest() != a_hash:
        raise PermissionError


a_hash = hashlib.sha256(TOKEN.encode()).hexdigest()


async def _until_told(port: int) -> None:
    gc.collect()
    gc.freeze()
    print(json.dumps({"port": port}), flush=True)  # noqa: T201 - the parent reads it
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
