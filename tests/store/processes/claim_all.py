"""Claims deliveries until none is due, recording each as sent; prints the id of each claimed one.

python -m tests.store.processes.claim_all URL OWNER: says "ready", waits for a line, then begins.
"""

import asyncio
import sys

from placement_alerts.store import open_store
from placement_alerts.store.base import OwnerId
from tests.store.wishes import a_claim, a_receipt


async def main(url: str, owner: OwnerId) -> None:
    store = await open_store(url)
    try:
        print("ready", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        claimed = await store.deliveries.exchange([], a_claim(owner=owner))
        while claimed:
            print(*(delivery.id for delivery in claimed), sep="\n")  # noqa: T201
            receipts = [a_receipt(delivery) for delivery in claimed]
            claimed = await store.deliveries.exchange(receipts, a_claim(owner=owner))
    finally:
        await store.close()


asyncio.run(main(sys.argv[1], OwnerId(sys.argv[2])))
