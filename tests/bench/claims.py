"""How a store behaves as its backlog grows (PROOF.md, P11 and R14): claims, receipts, planning, and a restart.

python -m tests.bench.claims [--url mongodb://HOST/NAME] [--backlogs 10000 100000 1000000] [--restart 100000]

Without a URL: SQLite in a temporary folder. A named database should be an empty one: the rows stay in it.
"""

import argparse
import asyncio
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from placement_alerts.app_parts import now
from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt, delivery_id
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.retry import receipt_of
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.pipeline.planning import PAGE
from placement_alerts.sandbox.telegram_chats import FIRST_STUDENT_ID
from placement_alerts.store import open_store
from placement_alerts.store.base import Claim, DeliveryRepository, OwnerId, Store
from tests.bench.rig import notices, percentile, progress, say, settings, simulated_telegram, table, used
from tests.bench.start import IDLE_S, Started, started
from tests.builders import YEAR

STUDENTS = 2_000
SLOTS = 8
BULK = 10_000  # rows of the backlog stored by one commit
ALL_AT_ONCE = ("--no-limit", "--latency-ms", "0", "--students", str(STUDENTS))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="measure this MongoDB in place of SQLite")
    parser.add_argument("--backlogs", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="rows, rising")
    parser.add_argument("--claims", type=int, default=500, help="at each size")
    parser.add_argument("--plan", type=int, default=10_000, help="deliveries in the plan that is timed")
    parser.add_argument("--restart", type=int, default=100_000, help="backlog of the restart; 0: none")
    parser.add_argument("--idle-s", type=float, default=IDLE_S, help="after ready, before memory is read")
    parser.add_argument("--no-bot", action="store_true", help="restart with Telegram off: a start without aiogram")
    given = parser.parse_args(arguments)
    asyncio.run(_measure(given.url, given.backlogs, given.claims, given.plan))
    say(f"Claim: {SLOTS} due rows leased, durable. Exchange: {SLOTS} receipts and the next claim in one commit.")
    if given.url:
        say("Restart: not measured on MongoDB")
        return
    say("MongoDB: not measured: no --url given")
    if given.restart:
        asyncio.run(_measure_restart(given.restart, given.idle_s, bot=not given.no_bot))


async def _measure(url: str | None, backlogs: Sequence[int], claims: int, planned: int) -> None:
    rows: list[tuple[str, ...]] = []
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        store = await open_store(url or f"sqlite:///{Path(folder)}/bench.db")
        try:
            stored = 0
            for backlog in backlogs:
                stored += await _store_backlog(store, stored, backlog)
                await asyncio.to_thread(os.sync)  # what the bulk left for the disk is not the claims' cost
                plan_s = await _plan(store, stored, planned)
                stored += planned
                rows.append((f"{backlog:,}", *await _measure_claims(store.deliveries, claims), f"{plan_s:.2f}"))
        finally:
            await store.close()
    progress("")
    headline = ("rows", "claim p50 ms", "p99", "exchange p50 ms", "p99", "a second", "per CPU second")
    table((*headline, f"plan {planned:,} s"), *rows)


async def _measure_claims(deliveries: DeliveryRepository, claims: int) -> tuple[str, ...]:
    """Claim and give the rows back with receipts; then carry, each exchange recording what the one before claimed."""
    claim_s, exchange_s = [], []
    for _ in range(claims):
        began = time.perf_counter()
        claimed = await deliveries.exchange([], _claim())
        claim_s.append(time.perf_counter() - began)
        await deliveries.exchange([_sent(delivery) for delivery in claimed], None)
    receipts: list[Receipt] = []
    with used() as took:
        for _ in range(claims):
            began = time.perf_counter()
            receipts = [_sent(delivery) for delivery in await deliveries.exchange(receipts, _claim())]
            exchange_s.append(time.perf_counter() - began)
    await deliveries.exchange(receipts, None)
    done = claims * SLOTS
    return (*_spread(claim_s), *_spread(exchange_s), f"{done / took.seconds:,.0f}", f"{done / took.cpu_s:,.0f}")


async def _store_backlog(store: Store, stored: int, backlog: int) -> int:
    """Fill the table up to `backlog` rows; return how many were added."""
    for start in range(stored, backlog, BULK):
        progress(f"{start:,} of {backlog:,} rows")
        await store.deliveries.plan(list(_deliveries(start, min(BULK, backlog - start))))
    return max(0, backlog - stored)


async def _plan(store: Store, start: int, planned: int) -> float:
    """Return how long the planner's pages take to store."""
    rows = list(_deliveries(start, planned))
    with used() as took:
        for page in range(0, planned, PAGE):
            await store.deliveries.plan(rows[page : page + PAGE])
    return took.seconds


async def _measure_restart(backlog: int, idle_s: float, *, bot: bool) -> None:
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        async with simulated_telegram(*ALL_AT_ONCE) as telegram:
            environ = settings(Path(folder), telegram, bot=bot)
            empty = await started(environ, Path(folder), idle_s)
            store = await open_store(environ["PLACEMENT_ALERTS__DATABASE__URL"])
            for notice in notices(backlog // STUDENTS + 1):
                await store.notices.save(notice)
                await store.notices.mark_planned(notice.id, notice.revision)
            await _store_backlog(store, 0, backlog)
            await store.close()
            full = await started(environ, Path(folder), idle_s)
    progress("")
    headline = ("restart", "ready s", "CPU s", "MiB", "peak MiB")
    table(headline, _restart_row("empty store", empty), _restart_row(f"backlog of {backlog:,}", full))
    say(f"Ready: the first 200 of /health/ready. MiB: resident after {idle_s:g} s of sending at the shipped pace.")


def _restart_row(what: str, run: Started) -> tuple[str, ...]:
    return what, f"{run.ready_s:.1f}", f"{run.cpu_s:.1f}", f"{run.rss_mib:.0f}", f"{run.peak_mib:.0f}"


def _deliveries(start: int, count: int) -> Iterator[Delivery]:
    """Yield the deliveries of one notice after another to every student."""
    due_at = now()
    for number in range(start, start + count):
        notice, student = divmod(number, STUDENTS)
        notice_id, address_id = NoticeId(f"{notice:024x}"), AddressId(f"{student * 7919 % STUDENTS:024x}")
        yield Delivery(
            id=delivery_id(notice_id, 1, address_id),
            notice_id=notice_id,
            revision=1,
            year=YEAR,
            student_id=StudentId(f"{student:024x}"),
            address_id=address_id,
            channel="telegram",
            target=str(FIRST_STUDENT_ID + student),
            priority=Priority.NORMAL,
            state=DeliveryState.DUE,
            due_at=due_at,
            planned_at=due_at,
            reason="of the notice's year",
        )


def _claim() -> Claim:
    return Claim("telegram", OwnerId("bench"), secrets.token_hex(8), SLOTS, now())


def _sent(delivery: Delivery) -> Receipt:
    return receipt_of(delivery, DeliveryState.SENT, now())


def _spread(took_s: Sequence[float]) -> tuple[str, str]:
    return f"{percentile(took_s, 0.5) * 1000:.2f}", f"{percentile(took_s, 0.99) * 1000:.2f}"


if __name__ == "__main__":
    main()
