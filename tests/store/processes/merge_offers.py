"""Merges students into one offer, each in a write of its own, at the same time as others do.

python -m tests.store.processes.merge_offers URL NAME MAILS
"""

import asyncio
import sys

from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import YEAR, an_offer, an_offer_event, an_offer_student


async def main(url: str, name: str, mails: str) -> None:
    store = await open_store(url)
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    for number in range(int(mails)):
        while not await merged(store, f"{name}-{number}"):
            pass
    await store.close()


async def merged(store: Store, student: str) -> bool:
    known = await store.offers.get(YEAR, an_offer().company_key)
    students, event = (an_offer_student(student),), an_offer_event(student)
    if known is None:
        return await store.offers.save(an_offer(students=students, pending=(event,)))
    changed = {
        "version": known.version + 1,
        "students": known.students + students,
        "pending": (*known.pending, event),
    }
    return await store.offers.save(known.model_copy(update=changed))


asyncio.run(main(*sys.argv[1:]))
