"""Waiting for whichever of several things comes first, with no task left behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def first_of(running: asyncio.Task[Any], *others: Coroutine[Any, Any, Any]) -> bool:
    """Wait until one has ended; a running task goes on, the others do not. Say whether another one has."""
    tasks = [asyncio.create_task(other) for other in others]
    try:
        done, _ = await asyncio.wait({running, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        return bool(done - {running})
    finally:
        for task in tasks:
            await end(task)


async def end(task: "asyncio.Future[Any]") -> None:
    """Cancel a task that still runs, and wait for it; its result or error is taken note of."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
