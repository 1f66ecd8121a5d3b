"""What a simulated peer that speaks HTTP is: a real server on 127.0.0.1."""

import asyncio
from abc import ABC, abstractmethod
from typing import Self

from aiohttp import web


class HttpServer(ABC):
    """Started by `async with` or `start`. port: 0 until then. stopping: set in the end, so that no answer hangs."""

    def __init__(self) -> None:
        self.port = 0
        self.stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def application(self) -> web.Application:
        """Return what answers."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1. port: 0 takes a free one."""
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and end open answers."""
        self.stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
