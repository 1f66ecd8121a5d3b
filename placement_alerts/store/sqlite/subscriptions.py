"""Web push subscriptions in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from datetime import datetime

from placement_alerts.core.subscription import PushSubscription
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, endpoint, p256dh, auth, key_hash, label, created_at, visited_at"
SAVE_SQL = f"""
    INSERT INTO subscriptions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
        key_hash = excluded.key_hash, label = excluded.label, visited_at = excluded.visited_at"""
GET_SQL = f"SELECT {_COLUMNS} FROM subscriptions WHERE id = ?"
REMOVE_SQL = "DELETE FROM subscriptions WHERE id = ?"
# through the index of both: what was visited since is passed over without reading its row
UNVISITED_SQL = f"""
    SELECT {_COLUMNS} FROM subscriptions INDEXED BY subscriptions_by_visit
    WHERE id > ? AND visited_at < ? ORDER BY id LIMIT ?"""
COUNT_SQL = "SELECT count(*) FROM subscriptions"


class SqliteSubscriptions:
    """The repository of web push subscriptions (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, subscription: PushSubscription) -> None:
        row = (
            subscription.id,
            subscription.endpoint,
            subscription.p256dh,
            subscription.auth,
            subscription.key_hash,
            subscription.label,
            to_ms(subscription.created_at),
            to_ms(subscription.visited_at),
        )
        await self._database.change(SAVE_SQL, row)

    async def get(self, subscription_id: str) -> PushSubscription | None:
        row = await self._database.row(GET_SQL, (subscription_id,))
        return None if row is None else _from_row(row)

    async def remove(self, subscription_id: str) -> bool:
        return await self._database.change(REMOVE_SQL, (subscription_id,)) == 1

    async def unvisited(self, before: datetime, after: str | None, limit: int) -> list[PushSubscription]:
        rows = await self._database.rows(UNVISITED_SQL, (after or "", to_ms(before), limit))
        return [_from_row(row) for row in rows]

    async def count(self) -> int:
        row = await self._database.row(COUNT_SQL)
        return row[0] if row else 0


def _from_row(row: Row) -> PushSubscription:
    subscription_id, endpoint, p256dh, auth, key_hash, label, created_at, visited_at = row
    return PushSubscription(
        id=subscription_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        key_hash=key_hash,
        label=label,
        created_at=from_ms(created_at),
        visited_at=from_ms(visited_at),
    )
