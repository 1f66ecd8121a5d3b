"""Small POSTs over kept TLS connections, with the bounds of `http_client` and a third of what aiohttp costs a call.

A push is one short request and an answer that is nearly always empty; ten thousand of them go out at once. HTTP/1.1
only, one request a connection at a time, no redirects, no cookies, no proxies, no retries.
"""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import SOCK_STREAM
from typing import Self

from placement_alerts.channels.webpush.connection import Connection
from placement_alerts.errors import ConnectionLost, PeerNonsense, PeerUnreachable
from placement_alerts.http_client import Limits, Response
from placement_alerts.http_client_addresses import checked_url, is_public

KEPT_S = 60.0
TRIED_ADDRESSES = 2  # of a host
HOSTS_KEPT = 256
HANDSHAKES = 2  # at once with a host: each holds the loop for a millisecond or two
_URL = re.compile(r"https://([^/?#\s\\]+)([/?][!-~]*)?", re.ASCII)
_HEADER = re.compile(r"[!-~]+: [ -~]*", re.ASCII)


@dataclass(slots=True)
class _Host:
    """Where an authority leads. idle: connections and since when nothing is asked of them, the oldest first."""

    name: str
    port: int
    header: str
    idle: deque[tuple[Connection, float]] = field(default_factory=deque)
    handshakes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HANDSHAKES))


class Posts:
    """Posts to https addresses. How many at once is up to who calls.

    allow_private: private addresses may be called; for tests only. tls: None: as usual. kept_s: idle connections.
    """

    def __init__(
        self, *, allow_private: bool = False, tls: ssl.SSLContext | None = None, kept_s: float = KEPT_S
    ) -> None:
        self.allow_private = allow_private
        self._tls = tls or ssl.create_default_context()
        self._kept_s = kept_s
        self._hosts: dict[str, _Host] = {}
        self._open: set[Connection] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Cut all connections."""
        lost = [connection.lost for connection in self._open]
        for connection in list(self._open):
            connection.cut()
        if lost:
            await asyncio.wait(lost, timeout=1.0)

    async def post(self, url: str, body: bytes, *, headers: Mapping[str, str], limits: Limits) -> Response:
        """Send these bytes once; every status is returned.

        Raises PeerUnreachable (no connection, forbidden address; AnswerLost if the request may have arrived) or
        PeerNonsense (not https, not HTTP). Their texts name the host only. A longer body than max_bytes is cut.
        """
        host, target = self._checked(url)
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + limits.deadline_s
        request = _request(target, host.header, headers, body)
        connection = self._take_idle(host, loop.time()) or await self._connect(host, limits)
        try:
            response = await connection.ask(request, ends_at - loop.time(), limits.max_bytes)
        except BaseException:
            connection.cut()
            raise
        if connection.reusable:
            host.idle.append((connection, loop.time()))
        else:
            connection.cut()
        return response

    def _checked(self, url: str) -> tuple[_Host, str]:
        found = _URL.fullmatch(url)
        if found is None or not url.isascii():
            raise PeerNonsense("not an https address")
        authority, target = found.groups(default="/")
        host = self._hosts.get(authority)
        if host is None:
            parsed = checked_url(f"https://{authority}/", allow_private=self.allow_private)
            host = self._hosts[authority] = _Host(parsed.host or "", parsed.port or 443, authority)
            if len(self._hosts) > HOSTS_KEPT:
                for connection, _ in self._hosts.pop(next(iter(self._hosts))).idle:
                    connection.cut()
        return host, target if target.startswith("/") else f"/{target}"

    def _take_idle(self, host: _Host, now: float) -> Connection | None:
        while host.idle and (not host.idle[0][0].reusable or host.idle[0][1] < now - self._kept_s):
            host.idle.popleft()[0].cut()
        while host.idle:
            connection, _ = host.idle.pop()  # the last one used: it is the least likely to be closed by now
            if connection.reusable:
                return connection
        return None

    async def _connect(self, host: _Host, limits: Limits) -> Connection:
        try:
            async with asyncio.timeout(min(limits.connect_s, limits.deadline_s)), host.handshakes:
                # somebody may have finished with a connection meanwhile
                if (idle := self._take_idle(host, asyncio.get_running_loop().time())) is not None:
                    return idle
                addresses = await self._resolve(host)
                return await self._connect_to(addresses, host)
        except TimeoutError as error:
            raise ConnectionLost(f"{host.name}: no connection within {limits.connect_s:g} s") from error

    async def _connect_to(self, addresses: list[str], host: _Host) -> Connection:
        loop = asyncio.get_running_loop()
        problem: Exception | None = None
        for address in addresses[:TRIED_ADDRESSES]:
            try:
                _, connection = await loop.create_connection(
                    lambda: Connection(host.name, self._open), address, host.port,
                    ssl=self._tls, server_hostname=host.name,
                )  # fmt: skip
            except ssl.SSLError as error:
                raise PeerUnreachable(f"{host.name}: its certificate is not accepted, or it speaks no TLS") from error
            except OSError as error:
                problem = error
            else:
                return connection
        raise ConnectionLost(f"{host.name}: connection refused or lost") from problem

    async def _resolve(self, host: _Host) -> list[str]:
        """Return the addresses to connect to: what was looked at is what is called, so a name cannot change between."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host.name, host.port, type=SOCK_STREAM)
        except OSError as error:
            raise ConnectionLost(f"{host.name}: no such host, or the name service does not answer") from error
        except ValueError as error:  # a name that no name can be
            raise PeerNonsense(f"{host.name}: no host's name") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self.allow_private and not all(map(is_public, addresses)):
            raise PeerUnreachable(f"{host.name}: leads to a private address, which is not allowed")
        return addresses


def _request(target: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_HEADER.fullmatch, lines)):
        raise ValueError("a header is not one line of ASCII")
    head = "\r\n".join((f"POST {target} HTTP/1.1", f"Host: {host}", *lines, f"Content-Length: {len(body)}", "\r\n"))
    return head.encode("ascii") + body
