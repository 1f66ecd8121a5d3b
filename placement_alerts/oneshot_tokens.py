"""What `token` does: tokens are made, listed and revoked in the store; the running process takes notice at once."""

from collections.abc import Sequence
from datetime import timedelta

from placement_alerts.app_parts import now
from placement_alerts.config.models import Config
from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.oneshot import store_of
from placement_alerts.pipeline.tokens import CLI, issue, new_token, revoke


async def create_token(config: Config, label: str, scopes: Sequence[Scope], days: int) -> tuple[str, ApiToken]:
    """Store a new token; return it in plain, which is shown once, and what is kept of it."""
    async with store_of(config) as store:
        made_at = now()
        plain, token = new_token(label, scopes, CLI, made_at, made_at + timedelta(days=days))
        return plain, await issue(store, token, CLI)


async def list_tokens(config: Config) -> list[ApiToken]:
    """Return every token, newest first."""
    async with store_of(config) as store:
        return await store.tokens.all()


async def revoke_token(config: Config, token_id: str) -> ApiToken:
    """End a token. Raises NotFound, NotPossible if it ended already."""
    async with store_of(config) as store:
        found = await store.tokens.get(TokenId(token_id))
        if found is None:
            raise NotFound(f"no token has the id {token_id}; `placement-alerts token list` shows ids")
        if not await revoke(store, found, CLI, now()):
            raise NotPossible(f"{token_id} was revoked already")
        return found
