"""Who calls the API: an API token, or a session of the pages (reference/http-conventions.md, section 9)."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime
from hmac import compare_digest

from aiohttp import web
from aiohttp.hdrs import AUTHORIZATION

from placement_alerts.core.token import TOKEN_PREFIX, ApiToken, Scope
from placement_alerts.pipeline.tokens import is_worth, note_use, token_hash
from placement_alerts.store.base import Store
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.operation import Caller
from placement_alerts.web.limits import TOKEN, take, wrong_credential
from placement_alerts.web.problems import Problem
from placement_alerts.web.visiting import visitor

API_KEY = "X-API-Key"
TOKEN_CHARACTERS_MAX = 200
FRESH_S = 1.0  # so long a revoked token may still pass
KEPT = 1000  # tokens in use at the same time

_REALM = 'Bearer realm="placement_alerts"'
_ALL = frozenset({Scope.ADMIN})
_NONE: frozenset[Scope] = frozenset()


def token_of(request: web.Request) -> str | None:
    """Return the token that was sent, whatever it is worth; None: there is none."""
    sent = request.headers.get(AUTHORIZATION)
    if sent is None:
        return request.headers.get(API_KEY)
    scheme, _, token = sent.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class Credentials:
    """Knows tokens by their hash. What the store said is kept for a second. admins: Telegram user ids."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        admins: Collection[int] = (),
    ) -> None:
        self._store = store
        self._tokens = store.tokens
        self._admins = admins
        self._now = now
        self._monotonic = monotonic
        self._kept: OrderedDict[str, tuple[float, ApiToken, Caller]] = OrderedDict()

    async def caller(self, request: web.Request) -> Caller:
        """Return who calls. Raises Problem 401 or 429. Any credential that is sent must be right, session or not."""
        sent = token_of(request)
        if sent is not None:
            try:
                caller = await self._of_token(sent)
            except Problem:
                wrong_credential(request)
                raise
            if caller.token_id is not None:
                take(request, TOKEN, caller.token_id)
            return caller
        found = visitor(request)
        if found.student is None or not found.signed_in:
            headers = {"WWW-Authenticate": _REALM}
            raise problem("credential_needed", "an API token is needed", headers=headers)
        return Caller(f"student:{found.student.id}", _ALL if found.is_admin else _NONE, student=found.student)

    def forget(self) -> None:
        """Ask the store again: a token was revoked."""
        self._kept.clear()

    async def _of_token(self, sent: str) -> Caller:
        if not sent.startswith(TOKEN_PREFIX) or len(sent) > TOKEN_CHARACTERS_MAX:
            raise _wrong()
        hash_ = token_hash(sent)
        until, token, caller = self._kept.get(hash_) or await self._ask(hash_)
        if until <= self._monotonic():
            until, token, caller = await self._ask(hash_)
        now = self._now()
        if token.revoked_at is not None or token.expires_at <= now:
            raise _wrong()
        if token.used_at is None or (now - token.used_at).total_seconds() >= 60:
            await self._use(hash_, token, now)
        return caller

    async def _ask(self, hash_: str) -> tuple[float, ApiToken, Caller]:
        token = await self._tokens.by_hash(hash_)
        if (
            token is None
            or not compare_digest(token.hash, hash_)
            or not await is_worth(self._store, token, self._now(), self._admins)
        ):
            self._kept.pop(hash_, None)
            raise _wrong()
        return self._keep(hash_, token)

    def _keep(self, hash_: str, token: ApiToken) -> tuple[float, ApiToken, Caller]:
        caller = Caller(f"token:{token.id}", frozenset(token.scopes), token.id)
        self._kept[hash_] = kept = (self._monotonic() + FRESH_S, token, caller)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _use(self, hash_: str, token: ApiToken, now: datetime) -> None:
        minute = now.replace(second=0, microsecond=0)
        self._keep(hash_, token.model_copy(update={"used_at": minute}))  # first: others that come meanwhile need not
        await note_use(self._tokens.mark_used, token, minute)


def check_scope(caller: Caller, scope: Scope) -> None:
    """Raise Problem 403 unless the caller has the scope."""
    if not caller.may(scope):
        challenge = f'{_REALM}, error="insufficient_scope", scope="{scope.value}"'
        raise problem("scope_missing", f"the scope {scope.value} is needed", headers={"WWW-Authenticate": challenge})


def _wrong() -> Problem:
    headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    return problem("credential_wrong", "the token is unknown, has expired or was revoked", headers=headers)
