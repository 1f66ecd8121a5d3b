"""What the command about statistics does: it reads the placement figures and counts what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from placement_alerts.app_statistics import figures_of
from placement_alerts.config.models import Config
from placement_alerts.core.official import BatchRecord
from placement_alerts.core.statistics import Statistics
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.errors import ConfigError
from placement_alerts.oneshot import store_of


@dataclass(frozen=True, slots=True)
class Placements:
    """What is known of a year. found: None if nobody configured its branches; `problem` says so then."""

    found: Statistics | None
    official: Sequence[BatchRecord]
    problem: str = ""


async def read_placements(config: Config, year: str, wanted: Filter) -> Placements:
    """Return what is known of a placement year."""
    async with store_of(config) as store:
        figures = figures_of(config.statistics, store)
        official = await figures.official()
        try:
            return Placements(await figures.of(year, wanted), official)
        except ConfigError as error:
            return Placements(None, official, error.problems[0])


async def read_csv(config: Config, year: str, wanted: Filter) -> str:
    """Return the placed students as CSV. Raises ConfigError for a year without branches."""
    async with store_of(config) as store:
        return await figures_of(config.statistics, store).rows_csv(year, wanted)


async def counts(config: Config) -> dict[str, Any]:
    """Return counts of students, notices, jobs and deliveries."""
    async with store_of(config) as store:
        deliveries: dict[str, dict[str, int]] = {}
        for (channel, state), count in sorted((await store.deliveries.counts()).items()):
            deliveries.setdefault(channel or "none", {})[state.value] = count
        notices = await store.notices.counts()
        return {
            "students": await store.students.counts(),
            "notices": {"total": sum(notices.values())} | notices,
            "jobs": {"total": await store.jobs.count()},
            "deliveries": deliveries,
        }
