"""The embedded store."""

from placement_alerts.store.base import Store


async def open_sqlite(path: str, *, exclusive: bool) -> Store:
    """Open it."""
    raise NotImplementedError(path, exclusive)
