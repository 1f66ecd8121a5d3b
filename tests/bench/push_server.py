"""Push services that cost next to nothing, in a process of their own: they take every POST over TLS and count.

python -m tests.bench.push_server ORIGINS FOLDER

Verifying and opening would cost more than sending does; the tests of the channel do that. Writes the authority's
certificate into the folder, prints the ports on one line, answers GET /count, and ends with its standard input.
"""

import asyncio
import sys
from pathlib import Path

from placement_alerts.sandbox.certificates import ADDRESS, LocalAuthority

AUTHORITY = "authority.pem"
_TAKEN = b"HTTP/1.1 201 Created\r\nTTL: 3600\r\nContent-Length: 0\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


class Taker(asyncio.Protocol):
    """One connection."""

    taken = 0

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            at = head.find(_LENGTH)
            length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            del self._buffer[: end + 4 + length]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        assert self._transport is not None
        if head.startswith(b"get"):
            body = str(Taker.taken).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            return
        Taker.taken += 1
        self._transport.write(_TAKEN)


async def main(origins: int, folder: Path) -> None:
    """Serve until the standard input ends."""
    authority = LocalAuthority()
    (folder / AUTHORITY).write_text(authority.pem)
    context = authority.server_context()
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Taker, ADDRESS, 0, ssl=context, backlog=256) for _ in range(origins)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)  # noqa: T201 - read by who started it
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
