"""What the push benchmarks share: services, subscriptions, a parcel, our channel."""

import asyncio
import os
import ssl
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from placement_alerts.channels.base import Parcel
from placement_alerts.channels.webpush.channel import WebPushChannel
from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.channels.webpush.vapid import load_key
from placement_alerts.core.brief import brief_of
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.message import Block, Message, Span
from placement_alerts.core.outcome import Deferred, Sent
from placement_alerts.core.subscription import PushSubscription, hash_of
from placement_alerts.sandbox.certificates import ADDRESS
from placement_alerts.sandbox.push_rules import base64url
from tests.bench.push_server import AUTHORITY
from tests.builders import a_notice

SUBJECT = "mailto:office@college.example"
MESSAGE = Message((Block((Span("Apply now"),)),))


@dataclass(frozen=True, slots=True)
class Place:
    """Running services. authority: file of the certificate to trust. origins: "https://127.0.0.1:PORT"."""

    authority: Path
    origins: Sequence[str]

    def context(self) -> ssl.SSLContext:
        """Return what trusts them."""
        return ssl.create_default_context(cafile=str(self.authority))


@asynccontextmanager
async def push_services(origins: int) -> AsyncIterator[Place]:
    """Run the services of tests.bench.push_server in a process of their own."""
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        command = (sys.executable, "-m", "tests.bench.push_server", str(origins), folder)
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            async with asyncio.timeout(30):
                ports = (await process.stdout.readline()).decode().split()
            yield Place(Path(folder) / AUTHORITY, [f"https://{ADDRESS}:{port}" for port in ports])
        finally:
            process.stdin.close()
            await process.wait()


class Kept:
    """Subscriptions in memory: what the store costs is in the benchmark of the engine."""

    def __init__(self, rows: Sequence[PushSubscription]) -> None:
        self.rows = {row.id: row for row in rows}

    async def get(self, subscription_id: str) -> PushSubscription | None:
        return self.rows.get(subscription_id)

    async def remove(self, subscription_id: str) -> bool:
        return self.rows.pop(subscription_id, None) is not None


def subscriptions(origins: Sequence[str], count: int) -> list[PushSubscription]:
    """Return so many, spread over the origins; they share a few hundred key pairs."""
    points = [
        base64url(
            generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )
        for _ in range(min(count, 300))
    ]
    now = datetime.now(UTC)
    made = []
    for number in range(count):
        endpoint = f"{origins[number % len(origins)]}/push/{number:08d}{os.urandom(60).hex()}"
        made.append(
            PushSubscription(
                id=hash_of(endpoint),
                endpoint=endpoint,
                p256dh=points[number % len(points)],
                auth=base64url(os.urandom(16)),
                key_hash="k",
                created_at=now,
                visited_at=now,
            )
        )
    return made


@asynccontextmanager
async def our_channel(
    place: Place, rows: Sequence[PushSubscription], private_key: str
) -> AsyncIterator[WebPushChannel]:
    """Open our channel as the program does, but for the private addresses."""
    async with Posts(allow_private=True, tls=place.context()) as http:
        yield WebPushChannel(
            Kept(rows), http, load_key(private_key),
            subject=SUBJECT, ttl=timedelta(weeks=4), public_url="https://alerts.college.example",
            receipt_secret=b"bench", now=lambda: datetime.now(UTC),
        )  # fmt: skip


def a_parcel(target: str, number: int) -> Parcel:
    """Return one with about 500 bytes of payload."""
    now = datetime.now(UTC)
    notice = a_notice(published_at=now, updated_at=now, stored_at=now, expires_at=now + timedelta(days=3))
    brief = replace(brief_of(notice, urgent=False, change=None), deadline=now + timedelta(days=3))
    return Parcel(target, MESSAGE, DeliveryId(f"n1.1.a{number}"), brief)


async def deliver_all(channel: WebPushChannel, rows: Sequence[PushSubscription]) -> int:
    """Deliver to all with the channel's slots, put off what it puts off; return how many were sent."""
    brief = a_parcel("", 0).brief
    waiting = deque(Parcel(row.id, MESSAGE, DeliveryId(f"n1.1.a{at}"), brief) for at, row in enumerate(rows))
    later: list[tuple[float, int, Parcel]] = []
    loop, sent = asyncio.get_running_loop(), 0

    async def slot() -> None:
        nonlocal sent
        while waiting or later:
            if not waiting and later[0][0] > loop.time():
                await asyncio.sleep(later[0][0] - loop.time())
                continue
            if not channel.gate.try_turn():
                await channel.gate.turn(Priority.NORMAL)
                channel.gate.give_back()
                continue
            due = later and later[0][0] <= loop.time()
            parcel = heappop(later)[2] if due else waiting.popleft()
            outcome = await channel.deliver(parcel, Priority.NORMAL, _no_record)
            if isinstance(outcome, Sent):
                sent += 1
            elif isinstance(outcome, Deferred):
                wait_s = outcome.wait.total_seconds() if outcome.wait else 1.0
                heappush(later, (loop.time() + wait_s, id(parcel), parcel))
                await asyncio.sleep(0)  # a lane asks the store here

    await together(slot, channel.slots)
    return sent


async def together(work: Callable[[], Awaitable[None]], times: int) -> None:
    """Do the work so many times at once."""

    async def once() -> None:
        await work()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(times):
            tasks.create_task(once())


async def _no_record(_message_ids: tuple[str, ...], _announced_id: str | None) -> None:
    return None
