"""How often somebody may ask: token buckets per (caller, class), and the headers that say how things stand.

The middleware asks for every request before its handler runs: with an API token's header nothing but whether the
address sent too many wrong or unchecked ones lately, without one ADDRESS under /api and PAGES elsewhere. Whoever
checks credentials or does something with a limit of its own then calls, with the request in hand:

    take(request, TOKEN, token.id)       a right token: once a request, as soon as it is known whose it is
    wrong_credential(request)            a wrong one: before answering 401; also for wrong sign-in codes
    take(request, PUBLISHING, token.id)  what has a class of its own

They raise the Problem 429; the answer's headers tell of the last class that was taken, in one place here: the names
are those of draft-ietf-httpapi-ratelimit-headers-10. Idle callers are forgotten, and never more than MOST are known.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from placement_alerts.web.problems import Problem

MOST = 20_000  # callers known at once, of about 300 bytes
ADDRESS_KEY = web.RequestKey("address", str)  # where the middleware puts the client's address in a request

POLICY_HEADER = "RateLimit-Policy"
STATE_HEADER = "RateLimit"


@dataclass(frozen=True, slots=True)
class Limit:
    """A class of requests: `quota` in `window_s` seconds in the long run, at most `burst` at once."""

    name: str
    quota: int
    window_s: int
    burst: int


TOKEN = Limit("token", 600, 60, 60)
ADDRESS = Limit("address", 60, 60, 20)  # the API without a credential
UNCHECKED = Limit("unchecked", 60, 60, 20)  # an address: with a token's header where nobody looks at it
SESSION = Limit("session", 240, 60, 60)  # the API from a page of ours
PAGES = Limit("pages", 1200, 60, 300)  # an address: a campus sits behind one
WRONG = Limit("credentials", 10, 60, 10)  # an address
NEW_BROWSERS = Limit("new browsers", 300, 3600, 60)  # an address: anonymous students, who are kept and planned for
SIGN_INS = Limit("sign-ins", 600, 3600, 200)  # an address: pages with a fresh link, each a row; a whole hall at once
PUBLISHING = Limit("publishing", 60, 60, 20)  # a token


class Verdict(NamedTuple):  # made for every request: a frozen dataclass takes three times as long
    """remaining: what may still be asked at once. reset_s: until all may be. retry_after_s: 0 if allowed."""

    limit: Limit
    allowed: bool
    remaining: int
    reset_s: int
    retry_after_s: int = 0


VERDICT_KEY = web.RequestKey("limit_verdict", Verdict)


class Limiter:
    """The buckets. most: callers known at once; beyond it, whoever asked longest ago starts afresh."""

    def __init__(self, monotonic: Callable[[], float], most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        # a bucket is one number: when it is full again (the generic cell rate algorithm)
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, caller: str, limit: Limit) -> Verdict:
        """Take one from the caller's bucket, if there is one."""
        verdict, full_at = self._look(caller, limit, wanted=1)
        if verdict.allowed:
            self._keep((limit.name, caller), full_at)
        return verdict

    def peek(self, caller: str, limit: Limit) -> Verdict:
        """Say whether one could be taken."""
        if (limit.name, caller) not in self._full_at:
            return Verdict(limit, True, limit.burst, 0)
        return self._look(caller, limit, wanted=0)[0]

    def _look(self, caller: str, limit: Limit, *, wanted: int) -> tuple[Verdict, float]:
        now = self._monotonic()
        each_s = limit.window_s / limit.quota
        full_at = max(self._full_at.get((limit.name, caller), now), now)
        free = limit.burst - (full_at - now) / each_s
        if free < 1 - 1e-6:
            wait_s = math.ceil((1 - free) * each_s)
            return Verdict(limit, False, 0, math.ceil(full_at - now), max(wait_s, 1)), full_at
        full_at += wanted * each_s
        return Verdict(limit, True, int(free - wanted + 1e-6), math.ceil(full_at - now)), full_at

    def _keep(self, key: tuple[str, str], full_at: float) -> None:
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        now = self._monotonic()
        for _ in range(2):  # a full bucket is like none; forgetting two for each that comes ends with few
            oldest = next(iter(self._full_at), None)
            if oldest is None or (self._full_at[oldest] > now and len(self._full_at) <= self._most):
                break
            del self._full_at[oldest]


LIMITER: web.AppKey[Limiter] = web.AppKey("limiter", Limiter)


def take(request: web.Request, limit: Limit, caller: str) -> None:
    """Count this request for the caller. Raises Problem (429)."""
    limiter = request.app.get(LIMITER)
    if limiter is not None:
        _obey(request, limiter.take(caller, limit))


def refuse_guessing(request: web.Request) -> None:
    """Raise Problem (429) if this address sent too many wrong credentials lately; look before checking any."""
    limiter = request.app.get(LIMITER)
    if limiter is not None and not (verdict := limiter.peek(client_of(request), WRONG)).allowed:
        _obey(request, verdict)


def wrong_credential(request: web.Request) -> None:
    """Count a wrong credential or sign-in code for the client's address. Raises Problem (429)."""
    take(request, WRONG, client_of(request))


def refuse_unchecked(request: web.Request) -> None:
    """Raise Problem (429) if this address sent too many headers of tokens lately to where nobody looks at them."""
    limiter = request.app.get(LIMITER)
    if limiter is not None and not (verdict := limiter.peek(client_of(request), UNCHECKED)).allowed:
        _obey(request, verdict)


def count_unchecked(request: web.Request) -> None:
    """Count a request that nothing else counted: else whatever stands in a token's header would buy its way out."""
    if VERDICT_KEY not in request and (limiter := request.app.get(LIMITER)) is not None:
        limiter.take(client_of(request), UNCHECKED)


def client_of(request: web.Request) -> str:
    """Return whom an address counts for (web/addresses.py)."""
    address: str = request.get(ADDRESS_KEY, "")
    return address


def tell(request: web.Request, response: web.StreamResponse) -> None:
    """Put how things stand into the headers of an answer."""
    verdict = request.get(VERDICT_KEY)
    if verdict is not None:
        limit = verdict.limit
        response.headers[POLICY_HEADER] = f'"{limit.name}";q={limit.quota};w={limit.window_s}'
        response.headers[STATE_HEADER] = f'"{limit.name}";r={verdict.remaining};t={verdict.reset_s}'


def _obey(request: web.Request, verdict: Verdict) -> None:
    request[VERDICT_KEY] = verdict
    if not verdict.allowed:
        wait_s = verdict.retry_after_s
        detail = f"Too many requests: at most {verdict.limit.quota} in {verdict.limit.window_s} s; wait {wait_s} s."
        raise Problem(429, "too_many_requests", detail, retry_after_s=wait_s)
