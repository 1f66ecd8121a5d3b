"""The official page, on both stores."""

import asyncio
from typing import Any

from placement_alerts.core.official import BatchRecord, Distribution, Logo, Validators
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, a_batch, a_snapshot, after


def a_record(name: str = "2026", **values: Any) -> BatchRecord:
    defaults: dict[str, Any] = {"live": True, "updated_at": NOW}
    return BatchRecord(batch=a_batch(name), **(defaults | values))


async def test_stored_snapshot_comes_back_as_it_was(store: Store) -> None:
    batch = a_batch(distribution=(Distribution(category="Top 10 %", average="₹ 20", median=""),), pointers=("94 %",))
    snapshot = a_snapshot(batches=(batch,), logos=(Logo(src="https://x/a.png", name="Acme"),), intro="Since 2001")
    await store.official.save(snapshot)

    assert await store.official.newest() == snapshot
    assert await store.official.snapshots(9) == [snapshot]


async def test_page_that_was_never_read_is_unknown(store: Store) -> None:
    assert await store.official.newest() is None
    assert await store.official.snapshots(9) == []
    assert await store.official.batches() == []
    assert await store.official.validators() is None


async def test_same_content_moves_only_the_times_of_the_newest(store: Store) -> None:
    await store.official.save(a_snapshot("h1"))
    await store.official.save(a_snapshot("h2", taken_at=after(days=1), seen_at=after(days=1)))
    again = a_snapshot("h2", taken_at=after(days=1), seen_at=after(days=2))

    await store.official.save(again)
    await store.official.save(again)

    assert await store.official.snapshots(9) == [again, a_snapshot("h1")]


async def test_content_that_returns_is_a_snapshot_of_its_own(store: Store) -> None:
    for content_hash in ("h1", "h2", "h1"):
        await store.official.save(a_snapshot(content_hash))

    assert [snapshot.content_hash for snapshot in await store.official.snapshots(9)] == ["h1", "h2", "h1"]


async def test_newest_is_what_was_stored_last_even_if_the_clock_went_back(store: Store) -> None:
    await store.official.save(a_snapshot("h1"))
    await store.official.save(a_snapshot("h2", taken_at=after(days=-1), seen_at=after(days=-1)))

    newest = await store.official.newest()

    assert newest is not None
    assert newest.content_hash == "h2"


async def test_snapshots_come_newest_first_up_to_the_limit(store: Store) -> None:
    for number in range(12):
        await store.official.save(a_snapshot(f"h{number}"))

    assert [snapshot.content_hash for snapshot in await store.official.snapshots(3)] == ["h11", "h10", "h9"]
    assert await store.official.snapshots(0) == []


async def test_same_content_saved_by_many_at_once_is_one_snapshot(store: Store, store_url: str) -> None:
    other = await open_store(store_url)

    async with asyncio.TaskGroup() as savers:
        for each in (store, other) * 10:
            savers.create_task(each.official.save(a_snapshot()))
    await other.close()

    assert await store.official.snapshots(9) == [a_snapshot()]


async def test_different_contents_saved_at_once_are_all_kept(store: Store) -> None:
    async with asyncio.TaskGroup() as savers:
        for number in range(20):
            savers.create_task(store.official.save(a_snapshot(f"h{number}")))

    kept = await store.official.snapshots(99)
    assert sorted(snapshot.content_hash for snapshot in kept) == sorted(f"h{number}" for number in range(20))


async def test_batches_named_by_a_year_come_newest_first_and_others_after_them(store: Store) -> None:
    records = [a_record(name) for name in ("2026", "2025", "Unknown Batch 2", "Unknown Batch 1")]
    await store.official.save_batches(records[::-1])

    assert await store.official.batches() == records


async def test_record_replaces_the_one_of_its_batch_and_no_other(store: Store) -> None:
    await store.official.save_batches([a_record("2026"), a_record("2025")])
    frozen = a_record("2025", live=False, updated_at=after(days=1), provenance="annual report")

    await store.official.save_batches([frozen, a_record("2027")])
    await store.official.save_batches([])

    assert await store.official.batches() == [a_record("2027"), a_record("2026"), frozen]


async def test_batches_saved_at_once_are_all_kept(store: Store, store_url: str) -> None:
    other = await open_store(store_url)

    async with asyncio.TaskGroup() as savers:
        for number in range(10):
            for each, first in ((store, 2000), (other, 3000)):
                savers.create_task(each.official.save_batches([a_record(str(first + number))]))
    await other.close()

    names = {record.batch.name for record in await store.official.batches()}
    assert names == {str(first + number) for first in (2000, 3000) for number in range(10)}


async def test_validators_are_those_of_the_last_fetch(store: Store) -> None:
    await store.official.save_validators(Validators(url="https://x/", etag='W/"1"'))
    last = Validators(url="https://x/", last_modified="Mon, 10 Nov 2025 06:30:00 GMT")

    await store.official.save_validators(last)

    assert await store.official.validators() == last
