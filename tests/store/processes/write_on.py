"""Writes notices, deliveries, offers and receipts until it is killed; prints an id once its write was acknowledged.

python -m tests.store.processes.write_on URL
"""

import asyncio
import itertools
import sys

from placement_alerts.store import open_store
from tests.builders import a_delivery, a_notice, an_offer, an_offer_event
from tests.store.wishes import a_claim, a_receipt


async def main(url: str) -> None:
    store = await open_store(url)
    for number in itertools.count():
        await store.notices.save(a_notice(f"n{number}"))
        print(f"notice n{number}", flush=True)  # noqa: T201
        delivery = a_delivery("7", f"n{number}")
        await store.deliveries.plan([delivery])
        print(f"planned {delivery.id}", flush=True)  # noqa: T201
        claimed = await store.deliveries.exchange([], a_claim())
        offer = an_offer(f"c{number}", pending=(an_offer_event(f"e{number}"),))
        await store.offers.save(offer)
        print(f"offer {offer.company_key}", flush=True)  # noqa: T201
        await store.deliveries.exchange([a_receipt(claim) for claim in claimed], None)
        print(f"sent {delivery.id}", flush=True)  # noqa: T201


asyncio.run(main(sys.argv[1]))
