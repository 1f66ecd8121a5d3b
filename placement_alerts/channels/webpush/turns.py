"""One piece of work a turn of the event loop, so that sixty seals in a row never hold everybody else for long."""

import asyncio
from collections import deque


class LoopTurns:
    """Lets its callers on one after the other, each in a turn of the loop of its own."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._busy = False

    async def turn(self) -> None:
        """Return in a turn of the loop in which nobody else was let on."""
        loop = asyncio.get_running_loop()
        if not self._busy:
            self._busy = True
            loop.call_soon(self._next)
            return
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiter)
        await waiter

    def _next(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                waiter.get_loop().call_soon(self._next)
                return
        self._busy = False
