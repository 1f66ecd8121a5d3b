"""Where everything is kept: repository protocols and their two implementations."""

from placement_alerts.errors import ConfigError
from placement_alerts.store.base import Store


async def open_store(url: str, *, exclusive: bool = False) -> Store:
    """Open the store that `url` names and bring its schema up to date.

    exclusive: this is the one running process of an embedded store; StoreBusy if there is another. MongoDB is shared,
    so it takes no notice. Raises ConfigError for an unknown scheme, StoreUnavailable, StoreBusy, StoreOutdated.
    """
    # each implementation is imported when it is asked for: importing Motor costs a second that SQLite users never need
    if url.startswith("sqlite:///"):
        from placement_alerts.store.sqlite.store import open_sqlite

        return await open_sqlite(url.removeprefix("sqlite:///"), exclusive=exclusive)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from placement_alerts.store.mongo.store import open_mongo

        return await open_mongo(url)
    raise ConfigError(["database.url: expected sqlite:///FILE or mongodb://..."])
