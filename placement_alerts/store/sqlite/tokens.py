"""API tokens in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

import json
from datetime import datetime

from placement_alerts.core.token import ApiToken, TokenId
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, from_ms_or_none, to_list, to_ms, to_ms_or_none

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, hash, label, scopes, created_by, created_at, expires_at, used_at, revoked_at"
ADD_SQL = f"INSERT INTO tokens ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
BY_HASH_SQL = f"SELECT {_COLUMNS} FROM tokens WHERE hash = ?"
GET_SQL = f"SELECT {_COLUMNS} FROM tokens WHERE id = ?"
ALL_SQL = f"SELECT {_COLUMNS} FROM tokens ORDER BY created_at DESC, id DESC"
REVOKE_SQL = "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
MARK_USED_SQL = "UPDATE tokens SET used_at = :at WHERE id = :id AND (used_at IS NULL OR used_at < :at)"


class SqliteTokens:
    """The repository of API tokens (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, token: ApiToken) -> None:
        row = (
            token.id,
            token.hash,
            token.label,
            to_list(scope.value for scope in token.scopes),
            token.created_by,
            to_ms(token.created_at),
            to_ms(token.expires_at),
            to_ms_or_none(token.used_at),
            to_ms_or_none(token.revoked_at),
        )
        await self._database.change(ADD_SQL, row)

    async def by_hash(self, hash_: str) -> ApiToken | None:
        row = await self._database.row(BY_HASH_SQL, (hash_,))
        return None if row is None else _from_row(row)

    async def get(self, token_id: TokenId) -> ApiToken | None:
        row = await self._database.row(GET_SQL, (token_id,))
        return None if row is None else _from_row(row)

    async def all(self) -> list[ApiToken]:
        return [_from_row(row) for row in await self._database.rows(ALL_SQL)]

    async def revoke(self, token_id: TokenId, now: datetime) -> bool:
        """End the token, an expired one too; False if it is unknown or revoked already."""
        return await self._database.change(REVOKE_SQL, (to_ms(now), token_id)) == 1

    async def mark_used(self, token_id: TokenId, at: datetime) -> None:
        await self._database.change(MARK_USED_SQL, {"id": token_id, "at": to_ms(at)})


def _from_row(row: Row) -> ApiToken:
    token_id, hash_, label, scopes, created_by, created_at, expires_at, used_at, revoked_at = row
    return ApiToken(
        id=token_id,
        hash=hash_,
        label=label,
        scopes=tuple(json.loads(scopes)),
        created_by=created_by,
        created_at=from_ms(created_at),
        expires_at=from_ms(expires_at),
        used_at=from_ms_or_none(used_at),
        revoked_at=from_ms_or_none(revoked_at),
    )
