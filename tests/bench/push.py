"""What web push costs: sealing (PROOF.md, P3), end to end over TLS (P4), and how late the loop is meanwhile (P5).

python -m tests.bench.push [--what seal send lag] [--rounds 5] [--n 2000] [--lag-n 10000]
WEB_PUSH_FOLDER=/tmp/x python -m tests.bench.push     # after `npm install web-push` in /tmp/x: with npm's beside

The rounds are interleaved and medians are shown. The services run in a process of their own, take everything and open
nothing, and their own count is shown. pywebpush alone gets a tenth of the messages, because it is so slow.
"""

import argparse
import asyncio
import gc
import hmac
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from py_vapid import Vapid  # type: ignore[import-untyped]  # the package ships no types
from pywebpush import WebPusher  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.channels.webpush.sealing import parse_keys, seal
from placement_alerts.channels.webpush.vapid import Tokens, load_key, new_key
from placement_alerts.core.subscription import PushSubscription
from placement_alerts.sources.official.page import read_page
from tests.bench.pages import URL, page
from tests.bench.push_peers import PAYLOAD, has_npm, in_node, info, peers
from tests.bench.push_rig import SUBJECT, deliver_all, our_channel, push_services, subscriptions
from tests.bench.rig import STRETCH_COLUMNS, Used, progress, quiet_logs, row_of, say, stretch_of, table
from tests.builders import NOW

ORIGINS = 5
ORIGIN = "https://push.example"
SEALS = 1000  # a round
BATCH = 25  # seals in a row
SLOW_SHARE = 10
PLAINTEXT = PAYLOAD.encode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", nargs="+", choices=["seal", "send", "lag"], default=["seal", "send", "lag"])
    parser.add_argument("--rounds", type=int, default=5, help="each runs every peer once")
    parser.add_argument("--n", type=int, default=2000, help="messages in a round")
    parser.add_argument("--seals", type=int, default=SEALS)
    parser.add_argument("--lag-n", type=int, default=10_000)
    given = parser.parse_args(arguments)
    if "seal" in given.what:
        asyncio.run(_seal(given.rounds, given.seals))
    if "send" in given.what:
        asyncio.run(_send(given.rounds, given.n))
    if "lag" in given.what:
        asyncio.run(_lag(given.lag_n))


async def _seal(rounds: int, seals: int) -> None:
    (row,) = subscriptions([ORIGIN], 1)
    works = _sealers(row)
    took: dict[str, list[float]] = {name: [] for name in works}
    node: list[float] = []
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        for name, cpu_us in _cpu_us(works, seals).items():
            took[name].append(cpu_us)
        if has_npm():
            used, _ = await in_node("seal", _job(row, seals), {})
            node.append(used.cpu_s / seals * 1e6)
    progress("")
    primitives = [sum(took[name][at] for name in _PRIMITIVES) for at in range(rounds)]
    ours = median(took["ours"])
    shown = {name: median(took[name]) for name in works} | {"sum of the primitives": median(primitives)}
    if node:
        shown["npm web-push, with its token"] = median(node)
    say(f"P3: sealing {len(PLAINTEXT)} bytes")
    table(
        ("", "CPU µs", "of ours"),
        *((name, f"{value:.1f}", f"{value / ours:.2f}") for name, value in shown.items()),
    )
    ratio = median(mine / floor for mine, floor in zip(took["ours"], primitives, strict=True))
    say(f"Ours is {ratio:.2f} x the sum of its primitives; medians of {rounds} rounds of {seals}")


_PRIMITIVES = ("key pair and ECDH", "5 HMACs", "AES-GCM")


def _sealers(row: PushSubscription) -> dict[str, Callable[[], object]]:
    keys = parse_keys(row.p256dh, row.auth)
    subscription = info(row)
    curve, ecdh = SECP256R1(), ECDH()
    private_key, _ = new_key()
    tokens = Tokens(load_key(private_key), SUBJECT, lambda: datetime.now(UTC))
    vapid = Vapid.from_raw(private_key.encode())
    claims = {"aud": ORIGIN, "exp": int(time.time()) + 3600, "sub": SUBJECT}
    secret, nonce = os.urandom(32), os.urandom(12)

    def hmacs() -> None:
        for _ in range(5):
            hmac.digest(secret, secret, "sha256")

    return {
        "ours": lambda: seal(PLAINTEXT, keys),
        "ours, with its token": lambda: (seal(PLAINTEXT, keys), tokens.header_for(ORIGIN)),
        "pywebpush": lambda: WebPusher(subscription).encode(PLAINTEXT),
        # a signature for every message, as webpush() makes it
        "pywebpush, with its token": lambda: (WebPusher(subscription).encode(PLAINTEXT), vapid.sign(dict(claims))),
        # together, because the first exchange of a key pair costs more than the next, and every message has a new one
        "key pair and ECDH": lambda: generate_private_key(curve).exchange(ecdh, keys.public_key),
        "5 HMACs": hmacs,
        "AES-GCM": lambda: AESGCM(secret[:16]).encrypt(nonce, PLAINTEXT, None),
    }


def _job(row: PushSubscription, seals: int) -> dict[str, object]:
    private_key, public_key = new_key()
    vapid = {"subject": SUBJECT, "privateKey": private_key, "publicKey": public_key}
    return {"subscriptions": [info(row)], "count": seals, "payload": PAYLOAD, **vapid}


def _cpu_us(works: Mapping[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Return what each costs; they take turns, so that a busy machine is busy for all."""
    took = dict.fromkeys(works, 0.0)
    for _ in range(max(1, repeat // BATCH)):
        for name, work in works.items():
            began = time.process_time()
            for _ in range(BATCH):
                work()
            took[name] += time.process_time() - began
    return {name: cpu_s / (max(1, repeat // BATCH) * BATCH) * 1e6 for name, cpu_s in took.items()}


async def _send(rounds: int, count: int) -> None:
    private_key, _ = new_key()
    runs: dict[str, list[tuple[Used, int]]] = {name: [] for name in peers()}
    async with push_services(ORIGINS) as place:
        rows = subscriptions(place.origins, count)
        for number in range(rounds):
            for name, peer in peers().items():
                progress(f"round {number + 1} of {rounds}: {name}")
                part = rows[: max(1, count // SLOW_SHARE)] if "one by one" in name else rows
                used, done = await peer(place, part, private_key)
                assert done == len(part), f"{name}: {done} of {len(part)} were taken"
                runs[name].append((used, done))
    progress("")
    say(f"P4: {count:,} messages over TLS to {ORIGINS} origins")
    ours = runs["ours"]
    table(
        ("", "a second", "a CPU second", "ours is, times", "by CPU"),
        *(
            (
                name,
                f"{median(done / used.seconds for used, done in found):,.0f}",
                f"{median(done / used.cpu_s for used, done in found):,.0f}",
                f"{_times(ours, found, 'seconds'):.2f}",
                f"{_times(ours, found, 'cpu_s'):.2f}",
            )
            for name, found in runs.items()
        ),
    )
    say(f"CPU of the sending process alone; medians of {rounds} interleaved rounds, TLS handshakes included")


def _times(ours: Sequence[tuple[Used, int]], theirs: Sequence[tuple[Used, int]], what: str) -> float:
    """Return the median over the rounds of how many times as long theirs takes for a message."""
    pairs = zip(ours, theirs, strict=True)
    return median(float(getattr(their[0], what) / their[1] / (getattr(our[0], what) / our[1])) for our, their in pairs)


async def _lag(count: int) -> None:
    html = page()
    async with push_services(ORIGINS) as place:
        rows = subscriptions(place.origins, count)
        async with our_channel(place, rows, new_key()[0]) as channel:

            async def work() -> int:
                parsing = asyncio.Event()

                async def parse() -> None:
                    while not parsing.is_set():
                        await asyncio.to_thread(read_page, html, URL, NOW)  # as the source does
                        await asyncio.sleep(0.1)

                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(parse())
                    sent = await deliver_all(channel, rows)
                    parsing.set()
                return sent

            gc.collect()
            gc.freeze()  # as `run` does before it starts
            stretch = await stretch_of(work)
    say(
        f"P5 without live connections: {count:,} pushes, and {len(html):,} characters of a page read ten times a second"
    )
    table(("", "messages", *STRETCH_COLUMNS), row_of("pushes", stretch))


if __name__ == "__main__":
    quiet_logs()
    main()
