"""Writes to an embedded store on a disk that is full after one megabyte; prints what the store says of it.

python -m tests.store.processes.fill_disk URL
"""

import asyncio
import resource
import sys

from placement_alerts.errors import StoreUnavailable
from placement_alerts.store import open_store
from tests.builders import a_notice

DISK_BYTES = 1_000_000


async def main(url: str) -> None:
    store = await open_store(url)
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK_BYTES, resource.RLIM_INFINITY))
    try:
        await store.notices.save(a_notice("large", html="x" * 2 * DISK_BYTES))
    except StoreUnavailable as error:
        print(error)  # noqa: T201
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(await store.notices.save(a_notice("small")))  # noqa: T201
    await store.close()


asyncio.run(main(sys.argv[1]))
