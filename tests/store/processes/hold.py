"""Holds an embedded store as the one running process until its input ends.

python -m tests.store.processes.hold URL: says "ready" when it has it.
"""

import asyncio
import sys

from placement_alerts.store import open_store


async def main(url: str) -> None:
    store = await open_store(url, exclusive=True)
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.read)
    await store.close()


asyncio.run(main(sys.argv[1]))
