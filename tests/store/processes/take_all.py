"""Takes every sign-in and claims every idempotency key that it can get, as others do at the same time.

python -m tests.store.processes.take_all URL NUMBER
"""

import asyncio
import sys

from placement_alerts.core.session import SignInId
from placement_alerts.store import open_store
from tests.access_builders import a_claimed_key
from tests.builders import NOW


async def main(url: str, count: str) -> None:
    store = await open_store(url)
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    for number in range(int(count)):
        if await store.sessions.take(SignInId(f"c{number}"), NOW):
            print(f"took c{number}", flush=True)  # noqa: T201
        if await store.answers.claim(a_claimed_key(f"k{number}"), NOW) is None:
            print(f"claimed k{number}", flush=True)  # noqa: T201
    await store.close()


asyncio.run(main(*sys.argv[1:]))
