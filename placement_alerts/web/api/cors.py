"""Whose scripts may call the API from other origins: those that the operator listed, with tokens, never cookies."""

from collections.abc import Collection

from aiohttp import web
from aiohttp.hdrs import ORIGIN, VARY

KEPT_S = 600  # so long a browser remembers what it may do

_SENT = "Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
_SHOWN = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, Idempotency-Replayed, X-Request-Id, "
    "WWW-Authenticate"
)


class Cors:
    """Puts the headers into answers. origins: exact; empty: nobody's scripts may."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)

    def tell(self, request: web.Request, response: web.StreamResponse) -> None:
        """Say in an answer that the caller's script may read it, if that is so."""
        if not self._origins:
            return
        vary = response.headers.get(VARY)
        response.headers[VARY] = f"{vary}, Origin" if vary else "Origin"
        origin = request.headers.get(ORIGIN)
        if origin in self._origins:
            response.headers["Access-Control-Allow-Origin"] = str(origin)
            response.headers["Access-Control-Expose-Headers"] = _SHOWN

    def tell_beforehand(self, request: web.Request, response: web.StreamResponse, methods: str) -> None:
        """Answer a browser that asks before it calls. methods: that the address knows."""
        self.tell(request, response)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = methods
            response.headers["Access-Control-Allow-Headers"] = _SENT
            response.headers["Access-Control-Max-Age"] = str(KEPT_S)
