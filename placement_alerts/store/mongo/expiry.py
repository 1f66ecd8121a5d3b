"""Forgets what is over in bounded slices: MongoDB deletes all that a filter finds, or one."""

from collections.abc import Mapping
from typing import Any


async def forget(collection: Any, over: Mapping[str, Any], at_once: int) -> int:
    """Delete up to that many documents that `over` finds, unless they changed meanwhile; return how many."""
    found = await collection.find(over, {"_id": 1}).limit(at_once).to_list(None)
    if not found:
        return 0
    done = await collection.delete_many({"_id": {"$in": [row["_id"] for row in found]}, **over})
    return int(done.deleted_count)
