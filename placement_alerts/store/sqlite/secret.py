"""Random bytes that the embedded store makes once and keeps."""

import secrets

from placement_alerts.store.base import SECRET_BYTES
from placement_alerts.store.sqlite.connection import Database

GET_SQL = "SELECT value FROM secrets WHERE name = ?"
MAKE_SQL = "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING"


async def secret_of(database: Database, name: str) -> bytes:
    """Return the secret of that name; of several who make it at once, the first one's stays."""
    row = await database.row(GET_SQL, (name,))
    if row is None:
        async with database.transaction() as writer:
            await writer.execute(MAKE_SQL, (name, secrets.token_bytes(SECRET_BYTES)))
            (row,) = await writer.execute_fetchall(GET_SQL, (name,))
    return bytes(row[0])
