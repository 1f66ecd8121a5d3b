"""What was answered to requests that may be repeated, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

import json
from datetime import datetime

from placement_alerts.store.access import FORGOTTEN_AT_ONCE, KeptAnswer, check_lease
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "key, fingerprint, lease_until, expires_at, status, headers, body"
_PLACES = ":key, :fingerprint, :lease_until, :expires_at, :status, :headers, :body"
# changes one row if the key is free or what is there is over, else none
CLAIM_SQL = f"""
    INSERT INTO answers ({_COLUMNS}) VALUES ({_PLACES})
    ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, lease_until = excluded.lease_until,
        expires_at = excluded.expires_at, status = excluded.status, headers = excluded.headers, body = excluded.body
    WHERE expires_at <= :now OR (status IS NULL AND lease_until <= :now)"""
GET_SQL = f"SELECT {_COLUMNS} FROM answers WHERE key = ?"
# the first answer stays: of two requests whose lease was too short for them, both were answered
FINISH_SQL = """
    UPDATE answers SET expires_at = :expires_at, status = :status, headers = :headers, body = :body
    WHERE key = :key AND fingerprint = :fingerprint AND status IS NULL"""
RELEASE_SQL = "DELETE FROM answers WHERE key = ? AND lease_until = ? AND status IS NULL"
CLEAN_SQL = """
    DELETE FROM answers WHERE rowid IN (
        SELECT rowid FROM answers WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"""


class SqliteIdempotency:
    """The repository of kept answers (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, wanted: KeptAnswer, now: datetime) -> KeptAnswer | None:
        check_lease(wanted, now)
        async with self._database.transaction() as writer:
            cursor = await writer.execute(CLAIM_SQL, {**_to_row(wanted), "now": to_ms(now)})
            if cursor.rowcount == 1:
                return None
            (row,) = await writer.execute_fetchall(GET_SQL, (wanted.key,))
        return _from_row(row)

    async def finish(self, answer: KeptAnswer) -> None:
        """Store the answer to a claimed request; one that was answered already keeps its first answer."""
        await self._database.change(FINISH_SQL, _to_row(answer))

    async def release(self, claim: KeptAnswer) -> None:
        """Give a claimed key back; what was answered stays."""
        await self._database.change(RELEASE_SQL, (claim.key, to_ms(claim.lease_until)))

    async def clean(self, now: datetime) -> int:
        return await self._database.change(CLEAN_SQL, (to_ms(now), FORGOTTEN_AT_ONCE))


def _to_row(answer: KeptAnswer) -> dict[str, str | int | None]:
    return {
        "key": answer.key,
        "fingerprint": answer.fingerprint,
        "lease_until": to_ms(answer.lease_until),
        "expires_at": to_ms(answer.expires_at),
        "status": answer.status,
        "headers": None if answer.headers is None else json.dumps(dict(answer.headers)),
        "body": answer.body,
    }


def _from_row(row: Row) -> KeptAnswer:
    key, fingerprint, lease_until, expires_at, status, headers, body = row
    return KeptAnswer(
        key=key,
        fingerprint=fingerprint,
        lease_until=from_ms(lease_until),
        expires_at=from_ms(expires_at),
        status=status,
        headers=None if headers is None else json.loads(headers),
        body=body,
    )
