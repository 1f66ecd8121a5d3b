"""Documents as they are read from their rows."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from placement_alerts.store.sqlite.connection import Row

M = TypeVar("M", bound=BaseModel)


async def parsed(kind: type[M], rows: Sequence[Row]) -> list[M]:
    """Return the documents in the rows' first column, parsed beside the event loop: a year's offers take 100 ms."""
    return await asyncio.to_thread(lambda: [kind.model_validate_json(row[0]) for row in rows])
