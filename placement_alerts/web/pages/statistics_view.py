"""What the statistics page shows: figures, charts, tables, the official page beside them. Pure; names no student."""

from collections.abc import Sequence
from typing import Any

from placement_alerts.core.official import BatchRecord
from placement_alerts.core.statistics import Statistics
from placement_alerts.web.pages import charts
from placement_alerts.web.pages.official_view import batch_of, batch_views, comparisons
from placement_alerts.web.pages.query import Wish

TABLE_MAX = 150  # companies in the table, so that the page stays small
CHOICES_MAX = 300  # names that a field of the form proposes; any other can be typed


def statistics_values(found: Statistics, official: Sequence[BatchRecord], wish: Wish) -> dict[str, Any]:
    """Return the values of the template `statistics.html`."""
    views = batch_views(official)
    same = batch_of(views, found.year)
    averages = [(view.name, view.average) for view in views if view.average]
    return {
        "wish": wish,
        "found": found,
        "branch_chart": charts.branch_chart(found),
        "band_chart": charts.band_chart(found),
        "company_chart": charts.company_chart(found),
        "companies": found.companies[:TABLE_MAX],
        "more_companies": max(0, len(found.companies) - TABLE_MAX),
        "proposed": {
            "company": found.choices.companies[:CHOICES_MAX],
            "role": found.choices.roles[:CHOICES_MAX],
            "location": found.choices.locations[:CHOICES_MAX],
        },
        "batches": views,
        "same_batch": same,
        "comparisons": comparisons(found, same) if same and not found.filtered else [],  # a part is not the whole
        "batch_chart": charts.batch_chart(found, averages) if averages else None,
    }
