"""Measures a store: planning, claims with receipts, and the claim as the table grows.

python -m tests.bench.store [--url URL] [--rows N]. Without a URL: a SQLite file in a temporary folder. A database that
is named should be an empty one of its own: the rows stay in it.
"""

import argparse
import asyncio
import secrets
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt, delivery_id
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store import open_store
from placement_alerts.store.base import Claim, DeliveryRepository, OwnerId, Store

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
STUDENTS = 2_000
PLAN = 10_000  # deliveries in one plan
SECONDS = 3.0  # how long each exchange is measured
CLAIMS = 50


def main() -> None:
    """Measure what the command line names and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="the store to measure, e.g. mongodb://localhost/bench")
    parser.add_argument("--rows", type=int, default=1_000_000, help="deliveries in the largest table")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        if not options.url:
            print("no MongoDB URL given (--url): MongoDB is not measured")  # noqa: T201
        asyncio.run(_measure(options.url or f"sqlite:///{Path(folder) / 'bench.db'}", options.rows))


async def _measure(url: str, wanted_rows: int) -> None:
    store = await open_store(url)
    try:
        _show(await store.describe(), "")
        rows = await _measure_plan(store, 0)
        await _measure_claim(store.deliveries, rows)
        for size in (8, 64):
            await _measure_exchange(store.deliveries, size)
            rows += await _measure_plan(store, rows)
        while rows < wanted_rows:
            rows += await store.deliveries.plan(list(_deliveries(rows, PLAN)))
            _progress(rows, wanted_rows)
        await _measure_claim(store.deliveries, rows)
    finally:
        await store.close()


async def _measure_plan(store: Store, start: int) -> int:
    rows = list(_deliveries(start, PLAN))
    started = time.perf_counter()
    planned = await store.deliveries.plan(rows)
    _show(f"plan {planned:,} rows in one commit", f"{time.perf_counter() - started:.2f} s")
    return planned


async def _measure_exchange(deliveries: DeliveryRepository, size: int) -> None:
    """Measure how fast one caller carries: every exchange records what the one before claimed."""
    receipts: list[Receipt] = []
    took: list[float] = []
    carried = 0
    started = time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        before = time.perf_counter()
        claimed = await deliveries.exchange(receipts, _claim(size))
        took.append(time.perf_counter() - before)
        if not claimed:
            break
        carried += len(claimed)
        receipts = [_receipt(delivery) for delivery in claimed]
    rate = carried / (time.perf_counter() - started)
    await deliveries.exchange(receipts, None)
    _show(f"claim + durable receipt, {size} in an exchange", f"{rate:,.0f} deliveries/s, {_spread(took)}")


async def _measure_claim(deliveries: DeliveryRepository, rows: int) -> None:
    took = []
    for _ in range(CLAIMS):
        before = time.perf_counter()
        claimed = await deliveries.exchange([], _claim(8))
        took.append(time.perf_counter() - before)
        await deliveries.exchange([_receipt(delivery) for delivery in claimed], None)
    _show(f"claim of 8 at {rows:,} rows", _spread(took))
    before = time.perf_counter()
    await deliveries.counts()
    _show(f"counts at {rows:,} rows", f"{(time.perf_counter() - before) * 1000:.2f} ms")


def _spread(took_s: Sequence[float]) -> str:
    return f"{statistics.median(took_s) * 1000:.2f} ms median, {max(took_s) * 1000:.2f} ms worst"


def _deliveries(start: int, count: int) -> Iterator[Delivery]:
    """Yield the deliveries of one notice after another to every student."""
    for number in range(start, start + count):
        notice, student = divmod(number, STUDENTS)
        notice_id, address_id = NoticeId(f"{notice:024x}"), AddressId(f"{student * 7919 % STUDENTS:024x}")
        yield Delivery(
            id=delivery_id(notice_id, 1, address_id),
            notice_id=notice_id,
            revision=1,
            year="202526",
            student_id=StudentId(f"{student:024x}"),
            address_id=address_id,
            channel="telegram",
            target=str(100_000_000 + student),
            priority=Priority.NORMAL,
            state=DeliveryState.DUE,
            due_at=NOW,
            planned_at=NOW,
            reason="of the notice's year",
        )


def _claim(limit: int) -> Claim:
    return Claim("telegram", OwnerId("bench"), secrets.token_hex(8), limit, NOW)


def _receipt(delivery: Delivery) -> Receipt:
    return Receipt(
        delivery_id=delivery.id,
        lease=delivery.lease or "",
        state=DeliveryState.SENT,
        due_at=delivery.due_at,
        attempts=delivery.attempts,
        possibly_delivered=0,
        message_ids=("4711",),
        announced_id=None,
        error_class=None,
        error=None,
        sent_at=NOW,
    )


def _show(what: str, value: str) -> None:
    print(f"{what:<48} {value}")  # noqa: T201


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {of:,} rows", end="\n" if done >= of else "", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
