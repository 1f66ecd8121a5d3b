"""Simulated push services over TLS on 127.0.0.1, one port an origin, and the browsers that subscribed there.

They verify tokens, open messages as a browser would, keep the newest of a topic for an offline browser, count what
they are asked, and fail on demand. Trust them by `authority.client_context()`.
"""

import asyncio
import json
import os
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from placement_alerts.sandbox.certificates import ADDRESS, LocalAuthority
from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.push_rules import (
    Pass,
    Refusal,
    Unreadable,
    base64url,
    check_headers,
    unbase64url,
    unseal,
    verify,
)

BODY_LIMIT = 4096  # bytes, as the standard asks services to take


@dataclass(frozen=True, slots=True)
class PushCall:
    """One request. status: what it was answered with; 0: by a fault. began, ended: monotonic seconds."""

    origin: str
    path: str
    status: int
    ttl: str
    urgency: str
    topic: str
    size_bytes: int
    began: float
    ended: float


@dataclass(slots=True)
class Browser:
    """A subscription and who made it. vapid_key: that it was made with. gone: it unsubscribed.

    messages: what it opened, in order. unreadable: what it could not. waiting: by topic, while it is offline.
    """

    endpoint: str
    p256dh: str
    auth: str
    vapid_key: str
    private: EllipticCurvePrivateKey
    online: bool = True
    gone: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    unreadable: int = 0
    waiting: dict[str, bytes] = field(default_factory=dict)

    def come_online(self) -> None:
        """Get what waited."""
        self.online = True
        for body in self.waiting.values():
            self.open(body)
        self.waiting.clear()

    def open(self, body: bytes) -> None:
        """Read a message."""
        try:
            self.messages.append(json.loads(unseal(body, self.private, unbase64url(self.auth))))
        except (Unreadable, ValueError):
            self.unreadable += 1


class SimulatedPushServices:
    """`async with SimulatedPushServices(origins=5) as services`. origins: "https://127.0.0.1:PORT", known then.

    latency_s: of every answer. now: the moment in Unix seconds, for tokens. calls: that were answered, in order.
    refusals: how often each rule was broken. open, most_open: requests to an origin at once. largest: body, in bytes.
    """

    def __init__(self, origins: int = 1, *, latency_s: float = 0.0, now: Callable[[], float] = time.time) -> None:
        self.authority = LocalAuthority()
        self.origins: list[str] = []
        self.browsers: dict[str, Browser] = {}
        self.calls: list[PushCall] = []
        self.refusals: Counter[str] = Counter()
        self.open: Counter[str] = Counter()
        self.most_open: Counter[str] = Counter()
        self.largest = BODY_LIMIT
        self._count = origins
        self.latency_s = latency_s
        self._now = now
        self._faults: dict[str, deque[tuple[Fault, int | None]]] = {}
        self._verified: dict[str, Pass] = {}
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/push/{name}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        context = self.authority.server_context()
        for _ in range(self._count):
            site = web.TCPSite(self._runner, ADDRESS, 0, ssl_context=context)
            await site.start()
        self.origins = [f"https://{ADDRESS}:{address[1]}" for address in self._runner.addresses]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def subscribe(self, vapid_key: str, origin: int = 0, *, online: bool = True) -> Browser:
        """Return a new browser that subscribed with this public key."""
        private = generate_private_key(SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        endpoint = f"{self.origins[origin]}/push/{len(self.browsers)}-{os.urandom(8).hex()}"
        browser = Browser(endpoint, base64url(point), base64url(os.urandom(16)), vapid_key, private, online)
        self.browsers[endpoint] = browser
        return browser

    def fail(self, where: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next requests to an endpoint or origin go wrong; times None: all, until `mend`."""
        self._faults.setdefault(where, deque()).append((fault, times))

    def mend(self) -> None:
        """End all faults."""
        self._faults.clear()

    def calls_to(self, browser: Browser) -> list[PushCall]:
        """Return the requests to a browser's endpoint."""
        return [call for call in self.calls if call.origin + call.path == browser.endpoint]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        origin = f"https://{request.headers.get('Host', '')}"
        self.open[origin] += 1
        self.most_open[origin] = max(self.most_open[origin], self.open[origin])
        body = await request.read()
        try:
            answer = await self._answer(request, origin, body)
        finally:
            self.open[origin] -= 1
        headers = request.headers
        self.calls.append(
            PushCall(
                origin, request.path, answer.status, headers.get("TTL", ""), headers.get("Urgency", ""),
                headers.get("Topic", ""), len(body), began, time.monotonic(),
            )
        )  # fmt: skip
        return answer

    async def _answer(self, request: web.Request, origin: str, body: bytes) -> web.StreamResponse:
        fault = self._next_fault(origin + request.path) or self._next_fault(origin)
        if fault is not None:
            return await fault.answer(request, self._stopping)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        try:
            browser = self._checked(request, origin, body)
        except Refusal as refusal:
            self.refusals[str(refusal)] += 1
            return web.Response(status=refusal.status, text=str(refusal))
        if browser.online:
            browser.open(body)
        elif request.headers["TTL"] != "0":
            topic = request.headers.get("Topic") or os.urandom(8).hex()
            browser.waiting.pop(topic, None)  # the newest comes last
            browser.waiting[topic] = body
        location = f"{origin}/message/{os.urandom(8).hex()}"
        return web.Response(status=201, headers={"TTL": request.headers["TTL"], "Location": location})

    def _checked(self, request: web.Request, origin: str, body: bytes) -> Browser:
        browser = self.browsers.get(origin + request.path)
        if browser is None:
            raise Refusal(404, "no such subscription")
        if browser.gone:
            raise Refusal(410, "unsubscribed")
        check_headers(request.headers)
        if len(body) > self.largest:
            raise Refusal(413, "too large")
        if self._pass_of(request.headers.get("Authorization", ""), origin).key != browser.vapid_key:
            raise Refusal(403, "the subscription was made with another key")
        return browser

    def _pass_of(self, authorization: str, origin: str) -> Pass:
        known = self._verified.get(authorization)
        if known is None or known.origin != origin or known.expires_at <= self._now():
            known = self._verified[authorization] = verify(authorization, origin, self._now())
        return known

    def _next_fault(self, where: str) -> Fault | None:
        orders = self._faults.get(where)
        if not orders:
            return None
        fault, times = orders[0]
        if times == 1:
            orders.popleft()
        elif times is not None:
            orders[0] = fault, times - 1
        return fault
