"""The one way out over HTTP: every call has a deadline and a size limit, and no private address unless allowed."""

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ssl import SSLContext
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from placement_alerts.errors import AnswerLost, ConnectionLost, PeerError, PeerNonsense, PeerUnreachable
from placement_alerts.http_client_addresses import PublicResolver, checked_url

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
CHUNK = 64 * 1024  # bytes
ACCEPT_ENCODING = "gzip, deflate"  # what aiohttp decodes without further packages


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a call. deadline_s: for all of it, tries and waits included. max_bytes: of the decoded body.

    cut: a longer body is cut there and not refused.
    """

    connect_s: float = 5.0
    read_s: float = 30.0
    deadline_s: float = 120.0
    max_bytes: int = 8 * 1024 * 1024
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Retries:
    """How reads are tried again. longest_wait_s: a peer that asks for a longer wait is not tried again."""

    tries: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Connections:
    """How many there may be at once (0: no limit), and for how long an idle one is kept. tls: None: as usual."""

    most: int = 100
    most_a_host: int = 0
    kept_s: float = 15.0
    tls: SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that was read to its end. headers: names in lower case, the last one of a name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def describe(self) -> str:
        """Return status, type and length for messages and logs; never the body."""
        kind = self.headers.get("content-type", "no type").partition(";")[0].strip()[:60]
        return f"status {self.status}, {kind}, {len(self.body)} bytes"

    def json(self) -> Any:
        """Return the parsed body. Raises PeerNonsense."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise PeerNonsense(f"expected JSON, got {self.describe()}") from error


class HttpClient:
    """Calls to peers over one session without cookies or proxies. Constructed inside the running loop.

    allow_private: private and loopback addresses may be called; for peers that the operator configured, never for
    addresses that came from outside.
    sleep, jitter: how to wait between tries, and a random share (0.0-1.0) of the wait. resolver: of names; None: the
    system's. What it returns is checked in any case, and connected to as it is.
    Every call raises PeerUnreachable (no connection, no answer in time, forbidden address; AnswerLost if the request
    may have arrived) or PeerNonsense (not HTTP, too large). Their texts name the host only, because paths and queries
    may hold personal ids.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        limits: Limits = Limits(),
        retries: Retries = Retries(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        resolver: AbstractResolver | None = None,
        connections: Connections = Connections(),
    ) -> None:
        self.allow_private = allow_private
        self._limits = limits
        self._retries = retries
        self._sleep = sleep
        self._jitter = jitter
        resolver = resolver or aiohttp.ThreadedResolver()
        resolver = resolver if allow_private else PublicResolver(resolver)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=resolver,
                limit=connections.most,
                limit_per_host=connections.most_a_host,
                keepalive_timeout=connections.kept_s,
                ssl=connections.tls or True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": ACCEPT_ENCODING},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Response:
        """Read an address; retried after 429, 5xx and lost connections; redirects followed on the same host only.

        Every status is returned, the last one if all tries failed, and a redirect that leads elsewhere as it is.
        """
        limits = limits or self._limits
        return await self._within(limits, url, self._read(self._checked(url), headers or {}, limits))

    async def post_json(
        self, url: str, content: object, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Response:
        """Send JSON once: never retried, no redirect followed."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return await self.post(url, json.dumps(content).encode(), headers=sent, limits=limits)

    async def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Response:
        """Send these bytes once: never retried, no redirect followed."""
        limits = limits or self._limits
        return await self._within(limits, url, self._once("POST", self._checked(url), headers or {}, limits, body))

    async def _within(self, limits: Limits, url: str, call: Awaitable[Response]) -> Response:
        try:
            async with asyncio.timeout(limits.deadline_s):
                return await call
        except TimeoutError as error:
            raise AnswerLost(f"{URL(url).host}: no complete answer within {limits.deadline_s:g} s") from error

    async def _read(self, url: URL, headers: Mapping[str, str], limits: Limits) -> Response:
        longest = self._retries.longest_wait_s
        for attempt in range(1, self._retries.tries):
            asked_s = 0.0
            with suppress(ConnectionLost):
                response = await self._follow(url, headers, limits)
                asked_s = retry_after(response.headers.get("retry-after"), datetime.now(UTC)) or 0.0
                if response.status not in RETRIED_STATUSES or asked_s > longest:
                    return response
            own_s = self._retries.first_wait_s * 2.0 ** (attempt - 1)
            await self._sleep(min(longest, max(own_s, asked_s)) + own_s * self._jitter())
        return await self._follow(url, headers, limits)

    async def _follow(self, url: URL, headers: Mapping[str, str], limits: Limits) -> Response:
        for _ in range(MAX_REDIRECTS):
            response = await self._once("GET", url, headers, limits)
            target = _redirect_target(url, response)
            if target is None:
                return response
            url = self._checked(str(target))
        raise PeerNonsense(f"{url.host}: more than {MAX_REDIRECTS} redirects")

    async def _once(
        self, method: str, url: URL, headers: Mapping[str, str], limits: Limits, body: bytes | None = None
    ) -> Response:
        # sock_connect covers the socket alone; connect covers name and TLS too
        timeout = aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_read=limits.read_s)
        try:
            async with self._session.request(
                method, url, headers=headers, data=body, timeout=timeout, allow_redirects=False
            ) as answer:
                content = await _read_body(answer, limits, url)
                names = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, names, content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _ours(error, url.host, limits) from error

    def _checked(self, text: str) -> URL:
        return checked_url(text, allow_private=self.allow_private)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (seconds or an HTTP date); None: nothing readable."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def _redirect_target(url: URL, response: Response) -> URL | None:
    location = response.headers.get("location")
    if response.status not in REDIRECT_STATUSES or location is None:
        return None
    try:
        target = url.join(URL(location))
    except ValueError:
        return None
    same = target.host == url.host and (target.scheme, target.port) in {(url.scheme, url.port), ("https", 443)}
    return target if same else None


async def _read_body(answer: aiohttp.ClientResponse, limits: Limits, url: URL) -> bytes:
    body = bytearray()
    # the declared length is not believed; the chunks are decoded ones, so a compressed bomb counts unpacked
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limits.max_bytes:
            answer.close()
            if limits.cut:
                break
            raise PeerNonsense(f"{url.host}: answer is larger than {limits.max_bytes} bytes")
    return bytes(body[: limits.max_bytes])


def _ours(error: Exception, host: str | None, limits: Limits) -> PeerError:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return ConnectionLost(f"{host}: no connection within {limits.connect_s:g} s")
        case TimeoutError():
            return AnswerLost(f"{host}: no answer within {limits.read_s:g} s")
        case aiohttp.ClientSSLError():
            return PeerUnreachable(f"{host}: its certificate is not accepted")
        case aiohttp.ClientConnectorDNSError():
            return ConnectionLost(f"{host}: no such host, or the name service does not answer")
        case aiohttp.ClientPayloadError():
            return AnswerLost(f"{host}: the answer broke off or cannot be decoded")
        case aiohttp.ClientConnectorError():
            return ConnectionLost(f"{host}: connection refused or lost")
        case aiohttp.ServerDisconnectedError() | OSError():
            return AnswerLost(f"{host}: connection refused or lost")
    return PeerNonsense(f"{host}: not an HTTP answer ({type(error).__name__})")
