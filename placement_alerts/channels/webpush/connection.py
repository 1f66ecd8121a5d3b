"""One HTTP/1.1 connection that is asked one thing at a time; reads no more of an answer than it is told."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from placement_alerts.errors import AnswerLost, PeerNonsense
from placement_alerts.http_client import Response

HEAD_LIMIT = 32 * 1024  # bytes
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")


@dataclass(frozen=True, slots=True)
class _Head:
    """The first lines of an answer. modern: HTTP/1.1, so that the connection stays open unless it says otherwise."""

    status: int
    headers: Mapping[str, str]
    modern: bool

    @property
    def length(self) -> int | None:
        """How long the body is; None: not said. Raises ValueError for nonsense."""
        if self.status in (204, 304):
            return 0
        text = self.headers.get("content-length")
        if text is None:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError("no length")
        return int(text[:18])

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def stays_open(self) -> bool:
        return self.modern and "close" not in self.headers.get("connection", "").lower()


class Connection(asyncio.Protocol):
    """Made by the loop. lost: done when the connection is closed. open_ones: where it keeps itself while it is open."""

    def __init__(self, host: str, open_ones: "set[Connection]") -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.reusable = True
        self._host = host
        self._open_ones = open_ones
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._most = 0
        self._timer: asyncio.TimerHandle | None = None

    async def ask(self, request: bytes, within_s: float, most: int) -> Response:
        """Send the request; return the answer, its body cut after `most` bytes. Raises AnswerLost, PeerNonsense."""
        loop = asyncio.get_running_loop()
        if self._transport is None or not self.reusable:
            raise AnswerLost(f"{self._host}: connection lost")
        self._most = most
        self._answer = loop.create_future()
        self._timer = loop.call_later(within_s, self._too_late)
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._timer.cancel()
            self._answer = None

    def cut(self) -> None:
        """Close at once."""
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        self._transport = cast("asyncio.Transport", transport)
        self._open_ones.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End what waits: an answer may end with the connection, if it said no length."""
        self.reusable = False
        self._open_ones.discard(self)
        head = self._head
        if head is not None and not head.chunked and "content-length" not in head.headers:
            self._finish(head, bytes(self._buffer))
        self._fail(AnswerLost(f"{self._host}: connection refused or lost"))
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer."""
        if self._answer is None or self._answer.done():
            self.cut()  # nobody asked for this
            return
        self._buffer += data
        try:
            if self._head is None:
                self._head = self._read_head()
            if self._head is not None:
                self._read_body(self._head)
        except ValueError:
            self.cut()
            self._fail(PeerNonsense(f"{self._host}: not an HTTP answer"))

    def _too_late(self) -> None:
        self._fail(AnswerLost(f"{self._host}: no complete answer in time"))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _read_head(self) -> _Head | None:
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = bytes(self._buffer[:end]).split(b"\r\n")
            found = _STATUS.fullmatch(first)
            if found is None:
                raise ValueError("no status line")
            del self._buffer[: end + 4]
            status = int(found[2])
            if status >= 200:  # before it there may be hints, which have no body
                pairs = (line.decode("latin-1").partition(":") for line in lines)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                return _Head(status, headers, found[1] == b"1")
        if len(self._buffer) > HEAD_LIMIT:
            raise ValueError("the head is too long")
        return None

    def _read_body(self, head: _Head) -> None:
        """Finish as soon as the body is whole, or longer than anybody wants."""
        length = head.length
        if head.chunked:
            body, whole = _unchunked(self._buffer, self._most)
        else:
            body, whole = bytes(self._buffer), len(self._buffer) == length
        if whole or len(body) > self._most or (length is not None and len(body) > length):
            self.reusable = self.reusable and whole and head.stays_open
            self._finish(head, body)

    def _finish(self, head: _Head, body: bytes) -> None:
        self._head = None
        self._buffer.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Response(head.status, head.headers, body[: self._most]))


def _unchunked(buffer: bytearray, most: int) -> tuple[bytes, bool]:
    """Return what has arrived, at most a chunk more than `most`, and whether that is all. Raises ValueError."""
    body, at = bytearray(), 0
    while len(body) <= most and (end := buffer.find(b"\r\n", at)) >= 0:
        size = int(bytes(buffer[at:end]).partition(b";")[0][:15], 16)
        if size == 0:
            return bytes(body), buffer.endswith(b"\r\n\r\n", end)
        body += buffer[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
        if at > len(buffer):
            break
    return bytes(body), False
