import asyncio

import pytest

from placement_alerts.web.pages.answers import Body, body_of
from placement_alerts.web.pages.keeping import AT_ONCE, KEPT_PAGES, KEPT_S, KeptPages
from tests.web.conftest import Clock


class Press:
    """Makes pages when it is told to."""

    def __init__(self) -> None:
        self.may_go = asyncio.Event()
        self.made = 0
        self.busy = 0
        self.most_busy = 0

    async def make(self) -> Body:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await self.may_go.wait()
        self.busy -= 1
        self.made += 1
        return body_of(str(self.made).encode(), "text/html")


@pytest.fixture
def press() -> Press:
    return Press()


async def test_page_that_many_ask_for_at_once_is_made_once(press: Press, clock: Clock) -> None:
    pages = KeptPages(clock)
    async with asyncio.TaskGroup() as readers:
        read = [readers.create_task(pages.get("/a", press.make)) for _ in range(20)]
        await asyncio.sleep(0)
        press.may_go.set()

    # those who had a turn already when the first was asked for make it as well
    assert press.made <= AT_ONCE
    assert {reader.result().content_type for reader in read} == {"text/html"}


async def test_few_pages_are_made_at_the_same_time(press: Press, clock: Clock) -> None:
    pages = KeptPages(clock)
    async with asyncio.TaskGroup() as readers:
        for index in range(20):
            readers.create_task(pages.get(f"/{index}", press.make))
        await asyncio.sleep(0)
        press.may_go.set()

    assert press.made == 20
    assert press.most_busy == AT_ONCE


async def test_page_is_made_anew_when_it_is_old(press: Press, clock: Clock) -> None:
    press.may_go.set()
    pages = KeptPages(clock)

    first = await pages.get("/a", press.make)
    clock.now += KEPT_S - 0.1
    second = await pages.get("/a", press.make)
    clock.now += 0.2
    third = await pages.get("/a", press.make)
    assert [page.plain for page in (first, second, third)] == [b"1", b"1", b"2"]


async def test_pages_that_are_kept_are_bounded(press: Press, clock: Clock) -> None:
    press.may_go.set()
    pages = KeptPages(clock)

    for index in range(KEPT_PAGES + 1):
        await pages.get(f"/{index}", press.make)
    await pages.get("/1", press.make)
    assert press.made == KEPT_PAGES + 1
    await pages.get("/0", press.make)
    assert press.made == KEPT_PAGES + 2
