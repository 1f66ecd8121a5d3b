"""Connections that end in time: aiohttp itself waits for ever for the rest of a request, and for a reader that stopped.

A connection is closed if a request's head and body are not complete `request_s` after its first byte (a new
connection: after it was opened), or if a peer that we write to takes nothing for `stalled_s`. Beyond
`connections_max` a new connection takes the place of the oldest one that has no request under way.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD

log = structlog.get_logger(__name__)

REQUEST_LINE_BYTES = 8192
FIELD_BYTES = 8190  # of one header; not the same as a request line's, so that the parser's complaint can be told apart
HEADERS_MAX = 100
HEAD_BYTES_MAX = 32 * 1024  # of one unfinished head: what thousands of them may take together is bounded by it
LINGERING_S = 5.0  # how long the rest of a body is read that no handler wants
LOOKED_AT = 100  # of the oldest connections, when there are too many

_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "placement-alerts"}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long and how many. idle_s: between two requests of a connection."""

    request_s: float = 14.0  # so that a peer sees the end within the 15 s that are promised
    stalled_s: float = 60.0
    idle_s: float = 75.0
    connections_max: int = 5_000


class BoundedServer(web.Server):
    """Makes connections that keep the deadlines."""

    def __init__(self, server: web.Server, deadlines: Deadlines) -> None:
        super().__init__(server.request_handler, request_factory=server.request_factory, loop=server._loop)
        self._deadlines = deadlines

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of a new connection."""
        return Connection(self, self._deadlines, self._loop)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take the connection in, in place of an idle one if there are too many."""
        super().connection_made(handler, transport)
        if len(self._connections) > self._deadlines.connections_max:
            oldest = islice(self._connections, LOOKED_AT)
            spare = next((one for one in oldest if not one._request_in_progress), handler)
            log.debug("connection.displaced", connections=len(self._connections))
            if spare.transport is not None:
                spare.transport.abort()


class BoundedRunner(web.AppRunner):
    """Runs an application on a BoundedServer."""

    def __init__(self, application: web.Application, deadlines: Deadlines, shutdown_timeout: float) -> None:
        super().__init__(application, handle_signals=False, access_log=None, shutdown_timeout=shutdown_timeout)
        self._deadlines = deadlines

    async def _make_server(self) -> web.Server:
        return BoundedServer(await super()._make_server(), self._deadlines)


class Connection(web.RequestHandler):
    """One connection, which knows since when the request that comes in is unfinished."""

    __slots__ = ("_body", "_deadline", "_deadlines", "_head_bytes", "_stalled")

    def __init__(self, server: web.Server, deadlines: Deadlines, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=deadlines.idle_s,
            access_log=None,  # type: ignore[arg-type]  # aiohttp takes None for none
            max_line_size=REQUEST_LINE_BYTES,
            max_field_size=FIELD_BYTES,
            max_headers=HEADERS_MAX,
            lingering_time=min(LINGERING_S, deadlines.request_s),
        )
        self._deadlines = deadlines
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._body: Any = None  # the stream of the last request, while it is not complete
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self._start()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Wait for nothing any more."""
        self._finish()
        self._flows()
        self._body = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and note whether a request is unfinished after them."""
        before = self._request_count
        super().data_received(data)
        if self.transport is None or self._upgraded:
            self._finish()
        elif self._request_count > before:
            self._head_came(data)
        elif self._body is not None:
            if self._body.is_eof():
                self._body = None
                self._finish()
        elif data:
            self._head_grows(len(data))

    def pause_writing(self) -> None:
        """Note since when the peer takes nothing."""
        super().pause_writing()
        self._stalled = self._loop.call_later(self._deadlines.stalled_s, self._drop, "stalled")

    def resume_writing(self) -> None:
        """Note that the peer reads."""
        super().resume_writing()
        self._flows()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what is not HTTP, with none of its bytes; what no middleware caught is logged without a text."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        if isinstance(exc, BadHttpMessage):
            status = _status_of(exc)
        elif not isinstance(exc, ConnectionError):
            log.error("request.failed", exc_info=exc)  # outside the middleware: a bug of ours
        return _refusal(HTTPStatus(status))

    def _head_came(self, data: bytes) -> None:
        self._head_bytes = 0
        body = self._messages[-1][1] if self._messages else None
        if body is not None and not body.is_eof():
            self._body = body
            self._start()
        else:
            self._body = None
            self._finish()
            if body is EMPTY_PAYLOAD and not data.endswith(b"\n"):  # the beginning of another request is behind it
                self._start()

    def _head_grows(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > HEAD_BYTES_MAX:
            self._say_goodbye(_HEAD_TOO_LARGE, "head too large")
        else:
            self._start()

    def _start(self) -> None:
        if self._deadline is None:
            self._deadline = self._loop.call_later(self._deadlines.request_s, self._expire)

    def _finish(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _flows(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _expire(self) -> None:
        self._deadline = None
        if self._reading_paused or self._buffer_paused:  # it is us who do not read
            self._start()
        elif self._body is not None:
            self._drop("body")
        elif self._request_in_progress:  # the one before is being answered
            self._start()
        elif self._head_bytes:
            self._say_goodbye(_TIMED_OUT, "head")
        else:
            self._drop("head")

    def _say_goodbye(self, words: bytes, reason: str) -> None:
        if self.transport is not None and not self._request_in_progress and not self._paused:
            log.debug("connection.dropped", unfinished=reason)
            self.transport.write(words)
            self.force_close()
        else:
            self._drop(reason)

    def _drop(self, reason: str) -> None:
        log.debug("connection.dropped", unfinished=reason)
        if self.transport is not None:
            self.transport.abort()  # close() would wait for a peer that does not read


def _status_of(error: BadHttpMessage) -> int:
    if isinstance(error, LineTooLong):
        return 414 if error.args[1] == REQUEST_LINE_BYTES else 431
    return 431 if "Too many headers" in error.message else 400


def _refusal(status: HTTPStatus) -> web.Response:
    code = status.phrase.lower().replace(" ", "_").replace("-", "_")
    request_id = secrets.token_hex(12)
    body = {
        "type": f"/api/docs#problem-{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": "This is not a request that we accept.",
        "code": code,
        "request_id": request_id,
    }
    response = web.Response(
        body=json.dumps(body).encode(), status=status.value, content_type="application/problem+json"
    )
    response.headers.update({**_HEADERS, "X-Request-Id": request_id})
    response.force_close()
    return response
