"""What a simulated HTTP peer (portal, official page, assistant) can do wrong on demand."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

DRIP_PAUSE_S = 0.05
HTML_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>We will be back soon.</body></html>"

Answer = Callable[[web.Request, asyncio.Event], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong answer. answer: makes it; the event is set when the server stops."""

    name: str
    answer: Answer


def status(code: int, *, retry_after: str | None = None) -> Fault:
    """Answer with a status and a small JSON body."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}

    async def answer(_request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
        return web.json_response({"message": "simulated"}, status=code, headers=headers)

    return Fault(f"status {code}", answer)


def body(content: bytes, *, content_type: str = "application/json", code: int = 200) -> Fault:
    """Answer with exactly this body."""

    async def answer(_request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
        return web.Response(body=content, content_type=content_type, status=code)

    return Fault("body", answer)


def json_body(content: object) -> Fault:
    """Answer 200 with exactly this content as JSON, whatever the peer holds."""
    return body(json.dumps(content).encode())


def html_page() -> Fault:
    """Answer 200 with a web page, as a proxy or a maintenance page does."""
    return body(HTML_PAGE, content_type="text/html")


def redirect(location: str) -> Fault:
    """Answer with a redirect."""

    async def answer(_request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return Fault("redirect", answer)


def bomb(size_bytes: int) -> Fault:
    """Answer with a small gzip body that unpacks to `size_bytes`."""

    async def answer(_request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
        packed = gzip.compress(b" " * size_bytes)
        return web.Response(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})

    return Fault("bomb", answer)


def silence() -> Fault:
    """Accept the request and never answer."""

    async def answer(_request: web.Request, stopping: asyncio.Event) -> web.StreamResponse:
        await stopping.wait()
        return web.Response(status=503)

    return Fault("silence", answer)


def drip() -> Fault:
    """Answer a byte at a time, without end."""

    async def answer(request: web.Request, stopping: asyncio.Event) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while not stopping.is_set():
            await response.write(b" ")
            await asyncio.sleep(DRIP_PAUSE_S)
        return response

    return Fault("drip", answer)


def cut_off() -> Fault:
    """Announce a thousand bytes, send a few and close the connection."""

    async def answer(request: web.Request, _stopping: asyncio.Event) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'[{"identifier"')
        if request.transport is not None:
            request.transport.close()
        return response

    return Fault("cut off", answer)
