"""Requests that may be repeated with a key: claimed before the work, answered once, told again as they were.

Reference/http-conventions.md, section 6. The ids of what is made follow from the key, so that a repetition after a
crash does the same work and makes nothing twice.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import web

from placement_alerts.core.ids import derived_id
from placement_alerts.store.access import KeptAnswer
from placement_alerts.store.base import Store
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.operation import Caller, Operation
from placement_alerts.web.problems import Problem

KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
MADE_FROM_KEYS = "idempotency"  # name of the store's secret that secrets are made with
LEASE = timedelta(seconds=60)  # longer than any handler may take
KEPT = timedelta(hours=24)
RETRY_S = 1
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control", "WWW-Authenticate")

_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"(?:;.*)?')
_BARE = re.compile(r"[\x21\x23-\x7e][\x20-\x7e]{0,254}")


@dataclass(frozen=True, slots=True)
class Making:
    """Where ids and secrets of new things come from. key: None: the request cannot be repeated, so by chance."""

    key: str | None
    secret: bytes

    def new_id(self, kind: str) -> str:
        """Return an id that begins with `kind`."""
        return derived_id(kind, self.key or secrets.token_hex(16))

    def new_secret(self, what_for: str) -> bytes:
        """Return 32 bytes that nobody can guess."""
        if self.key is None:
            return secrets.token_bytes(32)
        return hmac.digest(self.secret, f"{what_for}\n{self.key}".encode(), "sha256")


BY_CHANCE = Making(None, b"")


class Idempotency:
    """Lets a POST be repeated."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._answers = store.answers
        self._store = store
        self._now = now

    async def making(self, operation: Operation, request: web.Request, caller: Caller) -> Making:
        """Return where a request's new ids come from. Raises Problem 400 for a bad key."""
        sent = request.headers.get(KEY)
        if sent is None:
            return BY_CHANCE
        parts = (caller.actor, operation.name, request.path, _key(sent))
        key = hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()
        return Making(key, await self._store.secret(MADE_FROM_KEYS))

    async def once(
        self,
        making: Making,
        request: web.Request,
        raw: bytes,
        work: Callable[[], Awaitable[tuple[web.Response, bool]]],
    ) -> web.Response:
        """Return what `work` answers, or what it answered before. work: its answer, and whether that shows a secret."""
        if making.key is None:
            return (await work())[0]
        now = self._now()
        claim = _claim(making.key, request, raw, now)
        there = await self._answers.claim(claim, now)
        if there is not None:
            return _again(there, claim.fingerprint)
        return await self._work(claim, work)

    async def _work(self, claim: KeptAnswer, work: Callable[[], Awaitable[tuple[web.Response, bool]]]) -> web.Response:
        answered = False
        try:
            response, shows_secret = await work()
            if response.status < 500 and response.status != 429:
                await self._answers.finish(_kept(claim, response, shows_secret=shows_secret))
                answered = True
        finally:
            if not answered:
                await self._answers.release(claim)
        return response


def _claim(key: str, request: web.Request, raw: bytes, now: datetime) -> KeptAnswer:
    about = b"\n".join((request.method.encode(), request.raw_path.encode(errors="replace"), raw))
    return KeptAnswer(key, hashlib.sha256(about).hexdigest(), now + LEASE, now + KEPT)


def _key(sent: str) -> str:
    """Return the key, quoted as the draft has it or bare. Raises Problem 400."""
    text = sent.strip()
    if found := _QUOTED.fullmatch(text):
        return re.sub(r"\\(.)", r"\1", found[1])
    if _BARE.fullmatch(text):
        return text
    raise problem("bad_key", "Idempotency-Key should be 1 to 255 printable characters")


def _kept(claim: KeptAnswer, response: web.Response, *, shows_secret: bool) -> KeptAnswer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = bytes(response.body).decode() if isinstance(response.body, bytes | bytearray) else ""
    return replace(claim, status=response.status, headers=headers, body=None if shows_secret else body)


def _again(there: KeptAnswer, fingerprint: str) -> web.Response:
    """Answer as before. Raises Problem: 422 for another request, 409 if that is under way or showed a secret."""
    if there.fingerprint != fingerprint:
        raise problem("key_reused", "this Idempotency-Key was used for another request")
    if there.status is None:
        detail = "the first request with this key is still under way"
        raise problem("request_in_progress", detail, retry_after_s=RETRY_S)
    headers = {**(there.headers or {}), REPLAYED: "true"}
    if there.body is None:
        raise _shown_once(headers)
    return web.Response(body=there.body.encode(), status=there.status, headers=headers)


def _shown_once(headers: dict[str, str]) -> Problem:
    place = headers.get("Location", "")
    said = {name: headers[name] for name in ("Location", REPLAYED) if name in headers}
    return problem("secret_shown_once", f"it was made already and its secret shown then: {place}", headers=said)
