"""The store of a scenario: a SQLite file, the Java test server, or a database of a real MongoDB deployment."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pymongo import MongoClient

from tests.store.mongo_server import JavaServer, start_java_server, url_of_database


@asynccontextmanager
async def fresh_store(kind: str, folder: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty store. kind: "sqlite", "mongo" for the test server, or a deployment's URL.

    Raises NoServer when there is no test server to be had.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder}/store.db"
    elif kind == "mongo":
        async with java_server() as server:
            yield url_of_database(server.url, "chaos")
    else:
        url = url_of_database(kind, f"placement_alerts_chaos_{uuid.uuid4().hex[:12]}")
        try:
            yield url
        finally:
            await asyncio.to_thread(_drop, url)


@asynccontextmanager
async def java_server() -> AsyncIterator[JavaServer]:
    """Run the Java test server with its data in memory."""
    server = await asyncio.to_thread(start_java_server)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


def _drop(url: str) -> None:
    with MongoClient[dict[str, object]](url, timeoutMS=10_000) as client:
        client.drop_database(client.get_default_database().name)
