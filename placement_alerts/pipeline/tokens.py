"""API tokens: made in one way for the command line, the pages and the API, and what became of who made them."""

import base64
import secrets
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from placement_alerts.core.student import Student, StudentId
from placement_alerts.core.token import LABEL_LIMIT, LONGEST_DAYS, TOKEN_PREFIX, ApiToken, Scope, TokenId
from placement_alerts.errors import Duplicate, NotPossible, StoreUnavailable
from placement_alerts.pipeline.auditing import audit
from placement_alerts.store.base import Store

MarkUsed = Callable[[TokenId, datetime], Awaitable[None]]

log = structlog.get_logger(__name__)

CLI = "cli"  # as ApiToken.created_by says it
MADE_BY_TOKEN = "token:"  # noqa: S105 - so begins ApiToken.created_by of what another token made; its id follows
_BYTES = 32
_FARTHEST = 10  # tokens made by tokens made by tokens ...


def token_hash(plain: str) -> str:
    """Return what is kept of a token."""
    return sha256(plain.encode(errors="replace")).hexdigest()


def new_token(
    label: str,
    scopes: Collection[Scope],
    created_by: str,
    now: datetime,
    expires_at: datetime,
    *,
    identifier: str | None = None,
    secret: bytes | None = None,
) -> tuple[str, ApiToken]:
    """Return a token in plain, to be shown once, and what `issue` is to keep of it.

    identifier, secret: None: random; given where a repeated request is to make the same token. Raises NotPossible for a
    label, scopes or an end that no token can have.
    """
    label = " ".join(label.split())
    if not label or len(label) > LABEL_LIMIT:
        raise NotPossible(f"a token needs a label of at most {LABEL_LIMIT} characters")
    if not scopes:
        raise NotPossible("a token needs at least one scope")
    if not now < expires_at <= now + timedelta(days=LONGEST_DAYS):
        raise NotPossible(f"a token lives 1 to {LONGEST_DAYS} days")
    plain = TOKEN_PREFIX + base64.urlsafe_b64encode(secret or secrets.token_bytes(_BYTES)).rstrip(b"=").decode()
    return plain, ApiToken(
        id=TokenId(identifier or f"t{secrets.token_hex(8)}"),
        hash=token_hash(plain),
        label=label,
        scopes=tuple(scope for scope in Scope if scope in scopes),
        created_by=created_by,
        created_at=now,
        expires_at=expires_at,
    )


async def issue(store: Store, token: ApiToken, actor: str) -> ApiToken:
    """Write down who made the token, then store it; return it as it stands: of a repeated request the first one."""
    await audit(store, token.created_at, actor, "token.created", token.id, " ".join(token.scopes))
    try:
        await store.tokens.add(token)
    except Duplicate:  # stored before a crash, by the same request with the same key
        found = await store.tokens.get(token.id)
        if found is None:
            raise
        return found
    return token


async def revoke(store: Store, token: ApiToken, actor: str, now: datetime) -> bool:
    """Write down who ends the token, then end it; False if it had been ended already."""
    if token.revoked_at is not None:
        return False
    await audit(store, now, actor, "token.revoked", token.id)
    return await store.tokens.revoke(token.id, now)


async def note_use(mark_used: MarkUsed, token: ApiToken, minute: datetime) -> None:
    """Store that the token was used in this minute, if the store can write: what was asked for may be a read."""
    try:
        await mark_used(token.id, minute)
    except StoreUnavailable as error:
        log.warning("token.use_not_noted", token=token.id, error=str(error))


def is_admin(student: Student, admins: Collection[int]) -> bool:
    """Say whether the student is an admin. admins: Telegram user ids."""
    values = {str(admin) for admin in admins}
    return any(address.channel == "telegram" and address.value in values for address in student.addresses)


async def is_worth(store: Store, token: ApiToken, now: datetime, admins: Collection[int]) -> bool:
    """Say whether a token opens anything: it has not ended, and neither have the rights of whoever made it.

    A token never has more than its creator: it ends with the token that made it, or when an admin is none any more.
    """
    for _ in range(_FARTHEST):
        if token.revoked_at is not None or token.expires_at <= now:
            return False
        if not token.created_by.startswith(MADE_BY_TOKEN):
            return token.created_by == CLI or await _is_an_admins(store, token, admins)
        maker = await store.tokens.get(TokenId(token.created_by.removeprefix(MADE_BY_TOKEN)))
        if maker is None:
            return False
        token = maker
    return False


async def _is_an_admins(store: Store, token: ApiToken, admins: Collection[int]) -> bool:
    student = await store.students.get(StudentId(token.created_by))
    return student is not None and is_admin(student, admins)
