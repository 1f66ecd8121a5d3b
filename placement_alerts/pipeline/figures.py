"""Where the placement figures come from, for the bot, the pages, the API and the command line alike."""

import asyncio
from collections.abc import Mapping, Sequence

from placement_alerts.core.branches import BranchTable, table_for
from placement_alerts.core.offer import Offer
from placement_alerts.core.offer_rows import rows_of
from placement_alerts.core.official import BatchRecord
from placement_alerts.core.statistics import Statistics, statistics_of
from placement_alerts.core.statistics_csv import to_csv
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.store.base import Store

IN_LOOP = 100  # offers and students that are counted in about 1.5 ms; more are counted beside the event loop


class Figures:
    """Statistics of what is stored. tables: branches of each configured year; bands: see `statistics_of`."""

    def __init__(self, store: Store, tables: Mapping[str, BranchTable], bands: Sequence[float]) -> None:
        self._store = store
        self._tables = tables
        self._bands = tuple(bands)

    async def of(self, year: str, wanted: Filter | None = None) -> Statistics:
        """Return the figures of a placement year. Raises ConfigError for one without configuration."""
        table = table_for(self._tables, year)
        offers = await self._store.offers.of_year(year)
        if _size(offers) <= IN_LOOP:
            return statistics_of(offers, table, self._bands, wanted)
        return await asyncio.to_thread(statistics_of, offers, table, self._bands, wanted)

    async def rows_csv(self, year: str, wanted: Filter | None = None) -> str:
        """Return the counted rows as CSV: names and numbers, for admins only. Raises ConfigError as `of` does."""
        table = table_for(self._tables, year)
        offers = await self._store.offers.of_year(year)
        return await asyncio.to_thread(_csv, offers, table, wanted or Filter())

    async def official(self) -> list[BatchRecord]:
        """Return the figures of the official page, newest batch first."""
        return await self._store.official.batches()


def _csv(offers: Sequence[Offer], table: BranchTable, wanted: Filter) -> str:
    passes = wanted.test()
    return to_csv(row for row in rows_of(offers, table) if row.counted and passes(row))


def _size(offers: Sequence[Offer]) -> int:
    return len(offers) + sum(len(offer.students) for offer in offers)
