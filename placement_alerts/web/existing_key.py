"""Who may use the existing bot's routes, and errors in their shape (reference/existing-interface.md, section 4)."""

import functools
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

from placement_alerts.core.token import TOKEN_PREFIX, Scope, allows
from placement_alerts.errors import StoreError
from placement_alerts.pipeline.tokens import is_worth, note_use, token_hash
from placement_alerts.web import limits
from placement_alerts.web.services import Services

KEY_HEADER = "X-API-Key"
KEY_ACTOR = "token:web.api_key"  # who acts when it is the configured key

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Detail(Exception):
    """An error as the existing bot says it: `{"detail": ...}`. Raised in handlers that `with_details` wraps."""

    status: int
    detail: str


async def admit(services: Services, request: web.Request, scope: Scope) -> str:
    """Return who asks, as AuditEntry.actor says it. Raises Detail: 401, 403, or 503 where no key exists at all.

    Raises Problem 429 for somebody who guesses, or asks too often.
    scope: what a `pa_` token needs; `web.api_key` may do everything on these routes.
    """
    given = _given(request)
    key = services.settings.api_key
    if given and key and hmac.compare_digest(given.encode(errors="replace"), key.encode()):
        limits.take(request, limits.TOKEN, KEY_ACTOR)
        return KEY_ACTOR
    if given.startswith(TOKEN_PREFIX):
        return await _admit_token(services, request, given, scope)
    if not key and not await services.store.tokens.all():
        raise Detail(503, "Service unavailable")
    if given:
        limits.wrong_credential(request)
    raise Detail(401, "Unauthorized")


def with_details(handler: Handler) -> Handler:
    """Return the handler with its errors in the existing bot's shape."""

    @functools.wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Detail as error:
            return detail_answer(error.status, error.detail)
        except StoreError as error:
            log.warning("request.failed", path=request.path, error=type(error).__name__)
            return detail_answer(500, "Internal error")

    return handle


def detail_answer(status: int, detail: str) -> web.Response:
    """Return an error answer."""
    return web.json_response({"detail": detail}, status=status, headers={"Cache-Control": "no-store"})


def _given(request: web.Request) -> str:
    if key := request.headers.get(KEY_HEADER, "").strip():
        return key
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def _admit_token(services: Services, request: web.Request, given: str, scope: Scope) -> str:
    token = await services.store.tokens.by_hash(token_hash(given))
    now = services.now()
    if token is None or not await is_worth(services.store, token, now, services.settings.admins):
        limits.wrong_credential(request)
        raise Detail(401, "Unauthorized")
    limits.take(request, limits.TOKEN, token.id)
    if not allows(token.scopes, scope):
        raise Detail(403, f"Forbidden: the token lacks {scope}")
    minute = now.replace(second=0, microsecond=0)
    if token.used_at is None or token.used_at < minute:
        await note_use(services.store.tokens.mark_used, token, minute)
    return f"token:{token.id}"
