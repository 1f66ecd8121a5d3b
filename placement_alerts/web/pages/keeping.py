"""Finished pages kept for a few seconds, so that many readers cost the store little, however they come."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from placement_alerts.web.pages.answers import Body

KEPT_S = 10.0
KEPT_PAGES = 64
AT_ONCE = 2  # pages that are made at the same time; a bulkhead for the rest of the process
DEADLINE_S = 8.0  # for a page, waiting for its turn included


class KeptPages:
    """Pages by their address, and whatever else they depend on."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pages: OrderedDict[Hashable, tuple[float, Body]] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Body]]) -> Body:
        """Return the page, made anew when it is old. Raises TimeoutError, and what `make` raises."""
        if (page := self._fresh(key)) is not None:
            return page
        async with asyncio.timeout(DEADLINE_S), self._turns:
            if (page := self._fresh(key)) is not None:  # made while we waited
                return page
            page = await make()
        self._pages[key] = (self._monotonic(), page)
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        return page

    def _fresh(self, key: Hashable) -> Body | None:
        made_at, page = self._pages.get(key, (float("-inf"), None))
        if page is not None and self._monotonic() - made_at < KEPT_S:
            return page
        self._pages.pop(key, None)
        return None
