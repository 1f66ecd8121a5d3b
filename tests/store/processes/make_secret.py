"""Asks for a secret when it is told to, and prints it.

python -m tests.store.processes.make_secret URL
"""

import asyncio
import sys

from placement_alerts.store import open_store


async def main(url: str) -> None:
    store = await open_store(url)
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    print((await store.secret("enrollment")).hex(), flush=True)  # noqa: T201
    await store.close()


asyncio.run(main(sys.argv[1]))
