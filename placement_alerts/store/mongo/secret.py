"""Random bytes that the MongoDB store makes once and keeps."""

import secrets

from placement_alerts.store.base import SECRET_BYTES
from placement_alerts.store.mongo.client import Client
from placement_alerts.store.mongo.indexes import SECRETS
from placement_alerts.store.mongo.writes import put_new


async def secret_of(client: Client, name: str) -> bytes:
    """Return the secret of that name; of several who make it at once, the first one's stays."""
    rows = client.collection(SECRETS)

    async def made() -> bytes:
        # written even where it is there: the answer waits for a majority, so no fail-over takes back what is then read
        await put_new(rows, {"_id": name, "value": secrets.token_bytes(SECRET_BYTES)})
        return bytes((await rows.find_one({"_id": name}))["value"])

    return await client.run(made)
