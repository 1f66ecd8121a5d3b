"""An integrator's server on loopback: keeps what it was sent and answers as it is told."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from multidict import CIMultiDict


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`will` says what a path answers from now on; `hang` lets it never answer. Every request is kept, in order."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.arrived: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.url = ""
        self._answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self._hanging: set[str] = set()

    def will(self, status: int, path: str = "/in", body: bytes = b"", **headers: str) -> None:
        self._answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def hang(self, path: str) -> None:
        self._hanging.add(path)

    def recover(self) -> None:
        self._hanging.clear()

    def count(self, path: str = "/in") -> int:
        return sum(one.path == path for one in self.received)

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.path, headers, await request.read()))
        self.arrived[request.path].set()
        if request.path in self._hanging:
            await asyncio.Event().wait()
        status, extra, body = self._answers.get(request.path, (204, {}, b""))
        return web.Response(status=status, headers=CIMultiDict(extra), body=body or None)


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()
