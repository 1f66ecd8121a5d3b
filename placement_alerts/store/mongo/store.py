"""The MongoDB store."""

from placement_alerts.store.base import Store


async def open_mongo(url: str) -> Store:
    """Open it."""
    raise NotImplementedError(url)
