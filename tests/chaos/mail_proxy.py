"""A proxy between the program and a real IMAP server that acts at the very moment of a command or of its answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from tests.store.tcp_proxy import serving

INSIDE_BYTES = 60  # of an answer that is let through before a strike inside it


class Moment(Enum):
    """When a strike comes: before the server sees the command, within its answer, once the answer is complete."""

    ASKED = "asked"
    INSIDE = "inside"
    ANSWERED = "answered"


class Fate(Enum):
    """What becomes of the connection at a strike."""

    GOES_ON = "goes on"
    CUT = "cut"
    BYE = "bye"


@dataclass(frozen=True, slots=True)
class Strike:
    """Acts once, at a command that holds these bytes. act: called at that moment."""

    command: bytes
    moment: Moment
    fate: Fate
    act: Callable[[], None] = lambda: None


class MailProxy:
    """Forwards between its clients and one server on 127.0.0.1. struck: set when the strike that was laid has come."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.struck = asyncio.Event()
        self._server_port = server_port
        self._strike: Strike | None = None

    def lay(self, strike: Strike) -> None:
        """Strike at the next fitting command; replaces one that did not come."""
        self.struck.clear()
        self._strike = strike

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until either side, or a strike, ends it."""
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        link = _Link(self, writer, server_writer)
        ways = {asyncio.create_task(link.up(reader)), asyncio.create_task(link.down(server_reader))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            server_writer.transport.abort()
            for each in (server_writer, writer):  # the client may still read what was let through
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()

    def strike_for(self, data: bytes) -> Strike | None:
        """Return the strike if it is meant for these bytes of a client; it comes once."""
        if self._strike is None or self._strike.command not in data:
            return None
        strike, self._strike = self._strike, None
        return strike

    def come(self, strike: Strike) -> None:
        """Let the strike act."""
        strike.act()
        self.struck.set()


class _Link:
    """One client's connection."""

    def __init__(self, proxy: MailProxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._pending: Strike | None = None
        self._tag = b""
        self._answer = b""

    async def up(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            strike = self._proxy.strike_for(data)
            if strike is not None and strike.moment is Moment.ASKED:
                if self._end(strike):
                    return
            elif strike is not None:
                self._pending, self._tag, self._answer = strike, data.split(b" ", 1)[0], b""
            self._server.write(data)

    async def down(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            strike = self._pending
            if strike is None:
                self._client.write(data)
                continue
            self._answer += data
            if strike.moment is Moment.INSIDE:
                self._client.write(data[:INSIDE_BYTES])
                self._pending = None
                if self._end(strike):
                    return
                self._client.write(data[INSIDE_BYTES:])
            else:
                self._client.write(data)
                if b"\r\n" + self._tag + b" " in b"\r\n" + self._answer:
                    self._pending = None
                    if self._end(strike):
                        return

    def _end(self, strike: Strike) -> bool:
        """Let the strike come; say whether the connection ends with it."""
        self._proxy.come(strike)
        if strike.fate is Fate.BYE:
            self._client.write(b"* BYE server shutting down\r\n")
        return strike.fate is not Fate.GOES_ON


@asynccontextmanager
async def mail_proxy(server_port: int) -> AsyncIterator[MailProxy]:
    """Run a proxy to a server on 127.0.0.1."""
    proxy = MailProxy(server_port)
    async with serving(proxy.carry) as proxy.port:
        yield proxy
