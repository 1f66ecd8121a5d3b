"""An update that the existing bot's callers ask for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from placement_alerts.pipeline import errands
from placement_alerts.pipeline.membership import this_process
from placement_alerts.store.base import RequestState, Store
from tests.web.existing_bot import a_bot, asked
from tests.web.house import House


@pytest.fixture
async def bot(store: Store) -> AsyncIterator[House]:
    async with a_bot(store) as house:
        yield house


async def test_update_is_done_by_whoever_sends_and_answers_with_the_result(store: Store, bot: House) -> None:
    result = {"total": 2, "sent": 1, "failed": 1, "channels": ["telegram"]}
    await start_sending(store)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_errand(store, result))
        found = await asked(bot, "POST", "/webhook/update")

    assert found == (200, {"success": True, "result": result})


async def test_second_update_joins_the_one_under_way(store: Store, bot: House) -> None:
    result = {"total": 0, "sent": 0, "failed": 0, "channels": ["telegram"]}
    await start_sending(store)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(asked(bot, "POST", "/webhook/update")) for _ in range(3)]
        tasks.create_task(_errand(store, result))

    assert {one.result()[0] for one in asking} == {200}
    assert await store.requests.take() is None  # one request served all three


async def test_update_without_a_sending_process_is_501(bot: House) -> None:
    assert (await asked(bot, "POST", "/webhook/update"))[0] == 501


async def start_sending(store: Store) -> None:
    """Let this process be the one that does errands."""
    process = this_process()
    await store.processes.beat(process)
    await store.processes.take(errands.DUTY, process.owner)


async def _errand(store: Store, result: dict[str, Any]) -> None:
    """Do the next request, as pipeline/errands.py would."""
    async with asyncio.timeout(5):
        while (request := await store.requests.take()) is None:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    await store.requests.report(replace(request, state=RequestState.DONE, result=result))
