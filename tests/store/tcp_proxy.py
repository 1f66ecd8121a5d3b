"""A TCP proxy whose connections a test can cut, also just before an answer comes through."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

Carry = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class TcpProxy:
    """Forwards bytes both ways between its clients and one server on 127.0.0.1."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.cuts = 0
        self._server_port = server_port
        self._cut_at: bytes | None = None

    def cut_answer_to(self, command: bytes) -> None:
        """Cut the connection on which the next request with these bytes comes, once the server has answered it."""
        self._cut_at = command

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until either side, or a cut, ends it."""
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
            try:
                await self._carry(reader, writer, server_reader, server_writer)
            finally:
                await _drop(server_writer)
        finally:
            await _drop(writer)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
    ) -> None:
        doomed = asyncio.Event()

        async def up() -> None:
            while data := await reader.read(65536):
                if self._cut_at is not None and self._cut_at in data:
                    self._cut_at = None
                    doomed.set()
                server_writer.write(data)

        async def down() -> None:
            while data := await server_reader.read(65536):
                if doomed.is_set():
                    self.cuts += 1
                    return
                writer.write(data)

        ways = {asyncio.create_task(up()), asyncio.create_task(down())}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)


async def _drop(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def tcp_proxy(server_port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[TcpProxy]:
    """Run a proxy to a server on 127.0.0.1. tls: what it asks of its clients; to the server it speaks plainly."""
    proxy = TcpProxy(server_port)
    async with serving(proxy.carry, tls) as proxy.port:
        yield proxy


@asynccontextmanager
async def serving(carry: Carry, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Let `carry` serve every client on 127.0.0.1; yield the port. Who is still served in the end is cancelled."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(carry(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await server.wait_closed()
