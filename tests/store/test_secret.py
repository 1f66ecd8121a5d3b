"""Random bytes that a store makes once and keeps, on both stores."""

import asyncio
from contextlib import ExitStack

from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.store.children import child, read_line

PROCESSES = 4


async def test_secret_is_32_random_bytes_and_stays_the_same(store: Store, store_url: str) -> None:
    made = await store.secret("enrollment")
    other = await open_store(store_url)
    again = await other.secret("enrollment")
    await other.close()

    assert len(made) == 32
    assert again == made == await store.secret("enrollment")


async def test_each_name_has_a_secret_of_its_own(store: Store) -> None:
    assert await store.secret("enrollment") != await store.secret("cookies")


async def test_many_who_ask_at_once_get_the_same_secret(store: Store, store_url: str) -> None:
    other = await open_store(store_url)

    async with asyncio.TaskGroup() as askers:
        answers = [askers.create_task(each.secret("enrollment")) for each in (store, other) * 20]
    await other.close()

    assert len({answer.result() for answer in answers}) == 1


async def test_processes_that_ask_at_once_get_the_same_secret(store: Store, store_url: str) -> None:
    with ExitStack() as running:
        children = [running.enter_context(child("make_secret", store_url)) for _ in range(PROCESSES)]
        assert [read_line(process) for process in children] == ["ready"] * PROCESSES
        for process in children:
            print("go", file=process.stdin, flush=True)
        made = {process.communicate()[0].strip() for process in children}

    assert made == {(await store.secret("enrollment")).hex()}
