"""API tokens: made in one way for the command line, the pages and the API, and what became of who made them."""

import base64
import secrets
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from placement_alerts.core.student import Student, StudentId
from placement_alerts.core.token import LABEL_LIMIT, LONGEST_DAYS, TOKEN_PREFIX, ApiToken, Scope, TokenId
from placement_alerts.errors import NotPossible, StoreUnavailable
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


async def note_use(mark_used: MarkUsed, token: ApiToken, minute: datetime) -> None:
    """Store that the token was used in this minute, if the store can write: what was asked for may be a read."""
    try:
        await mark_used(token.id, minute)
    except StoreUnavailable as error:
        log.warning("token.use_not_noted", token=token.id, error=str(error))


def plain_and_hash(secret: bytes) -> tuple[str, str]:
    """Return the token of these random bytes as it is shown once, and what is kept of it."""
    plain = TOKEN_PREFIX + base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    return plain, token_hash(plain)


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


async def issue(
    store: Store, now: datetime, label: str, scopes: Collection[Scope], created_by: str, days: int
) -> tuple[str, ApiToken]:
    """Store a new token and return it: in plain, to be shown once, and what is kept of it.

    Raises NotPossible for a label, scopes or days that no token can have.
    """
    label = " ".join(label.split())
    if not label or len(label) > LABEL_LIMIT:
        raise NotPossible(f"a token needs a label of at most {LABEL_LIMIT} characters")
    if not scopes:
        raise NotPossible("a token needs at least one scope")
    if not 1 <= days <= LONGEST_DAYS:
        raise NotPossible(f"a token lives 1 to {LONGEST_DAYS} days")
    plain, kept = plain_and_hash(secrets.token_bytes(_BYTES))
    token = ApiToken(
        id=TokenId(f"t{secrets.token_hex(8)}"),
        hash=kept,
        label=label,
        scopes=tuple(scope for scope in Scope if scope in scopes),
        created_by=created_by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    await store.tokens.add(token)
    return plain, token
