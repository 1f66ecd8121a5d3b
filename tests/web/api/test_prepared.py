"""What is known of notices for a second: one reader looks again, the others go on."""

import asyncio

from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.web.api.prepared import PreparedNotices
from tests.builders import a_notice
from tests.web.api.conftest import Moments

ID = NoticeId("n1")


class SlowStore:
    """Says which revision is current once it may. asked: how often."""

    def __init__(self) -> None:
        self.revision = 1
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def get(self, notice_id: NoticeId) -> Notice | None:
        self.asked += 1
        found = a_notice(notice_id, revision=self.revision)
        await self.may_answer.wait()
        return found


def _prepared(store: SlowStore, moments: Moments) -> PreparedNotices:
    return PreparedNotices(store, lambda: moments.monotonic)


async def _revision(prepared: PreparedNotices) -> int:
    found = await prepared.current(ID)
    assert found is not None
    return found.revision


async def test_of_many_readers_one_looks_again_and_nobody_else_waits() -> None:
    store, moments = SlowStore(), Moments()
    prepared = _prepared(store, moments)
    await _revision(prepared)
    moments.pass_by(milliseconds=800)
    store.may_answer.clear()

    async with asyncio.TaskGroup() as readers, asyncio.timeout(5):
        looking = readers.create_task(_revision(prepared))
        await asyncio.sleep(0)
        others = [await _revision(prepared) for _ in range(20)]
        store.may_answer.set()

    assert others == [1] * 20
    assert (looking.result(), store.asked) == (1, 2)


async def test_readers_who_come_together_ask_the_store_once() -> None:
    store = SlowStore()
    prepared = _prepared(store, Moments())
    store.may_answer.clear()

    async with asyncio.TaskGroup() as readers, asyncio.timeout(5):
        reading = [readers.create_task(_revision(prepared)) for _ in range(20)]
        await asyncio.sleep(0)
        store.may_answer.set()

    assert [one.result() for one in reading] == [1] * 20
    assert store.asked == 1


async def test_who_waits_for_a_reader_that_goes_away_looks_himself() -> None:
    store = SlowStore()
    prepared = _prepared(store, Moments())
    store.may_answer.clear()

    async with asyncio.TaskGroup() as readers, asyncio.timeout(5):
        first = readers.create_task(_revision(prepared))
        second = readers.create_task(_revision(prepared))
        await asyncio.sleep(0)
        first.cancel()
        store.may_answer.set()

    assert second.result() == 1


async def test_no_revision_is_read_for_longer_than_a_second() -> None:
    store, moments = SlowStore(), Moments()
    prepared = _prepared(store, moments)
    await _revision(prepared)
    store.revision = 2
    moments.pass_by(seconds=1)

    assert await _revision(prepared) == 2


async def test_what_was_read_before_a_revision_was_stored_is_not_kept() -> None:
    store = SlowStore()
    prepared = _prepared(store, Moments())
    store.may_answer.clear()
    async with asyncio.TaskGroup() as readers, asyncio.timeout(5):
        readers.create_task(_revision(prepared))
        await asyncio.sleep(0)
        store.revision = 2
        prepared.forget(ID)
        store.may_answer.set()

    assert await _revision(prepared) == 2
