"""Making API tokens: one way for the command line, the pages and the API."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256

from placement_alerts.core.token import TOKEN_PREFIX, ApiToken, Scope, TokenId
from placement_alerts.errors import NotPossible
from placement_alerts.store.base import Store

LONGEST_DAYS = 3650
LABEL_LIMIT = 80  # characters
_BYTES = 32


def token_hash(plain: str) -> str:
    """Return what is kept of a token."""
    return sha256(plain.encode(errors="replace")).hexdigest()


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
    plain = TOKEN_PREFIX + secrets.token_urlsafe(_BYTES)
    token = ApiToken(
        id=TokenId(f"t{secrets.token_hex(8)}"),
        hash=token_hash(plain),
        label=label,
        scopes=tuple(scope for scope in Scope if scope in scopes),
        created_by=created_by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    await store.tokens.add(token)
    return plain, token
