"""The statistics' settings as the values that the rest works with. Part of the composition root, like `app`."""

from placement_alerts.config.statistics import StatisticsConfig, StatisticsYear
from placement_alerts.core.branches import BranchRange, BranchRule, BranchTable
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store.base import Store


def figures_of(settings: StatisticsConfig, store: Store) -> Figures:
    """Return the placement figures of what the store holds."""
    return Figures(store, tables_of(settings), settings.bands)


def tables_of(settings: StatisticsConfig) -> dict[str, BranchTable]:
    """Return the branches of each configured placement year."""
    return {one.year: _table(one) for one in settings.years}


def _table(settings: StatisticsYear) -> BranchTable:
    return BranchTable(
        settings.year,
        tuple(BranchRule(rule.branch, rule.when) for rule in settings.rules),
        tuple(BranchRange(one.branch, int(one.first), int(one.before), one.strength) for one in settings.ranges),
        frozenset(settings.not_counted),
    )
