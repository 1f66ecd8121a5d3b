"""`placement-alerts stats`: the placement figures of a year, beside counts of students, notices and deliveries."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from placement_alerts import cli_show, oneshot_statistics
from placement_alerts.cli_options import AsJson, ConfigFile, check_known, finish, settings, show_result
from placement_alerts.core.official import BatchRecord, CardKind
from placement_alerts.core.statistics import Statistics
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.errors import ConfigError
from placement_alerts.oneshot_statistics import Placements

TOP = 15  # companies that a terminal shows; --json has all


def stats(
    year: Annotated[str | None, typer.Option(metavar="YEAR", help='Placement year, e.g. "202526".')] = None,
    company: Annotated[list[str] | None, typer.Option(help="Only this company; may be repeated.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Only this role; may be repeated.")] = None,
    location: Annotated[list[str] | None, typer.Option(help="Only this place; may be repeated.")] = None,
    branch: Annotated[list[str] | None, typer.Option(help="Only this branch; may be repeated.")] = None,
    lowest: Annotated[float | None, typer.Option("--min", min=0, max=1000, help="LPA, included.")] = None,
    highest: Annotated[float | None, typer.Option("--max", min=0, max=1000, help="LPA, included.")] = None,
    search: Annotated[str, typer.Option(help="Part of a name, number, role or company.")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The placed students, one line each, names included.")] = False,
) -> None:
    """Show who was placed, by branch, company and package; and count students, notices, jobs and deliveries."""
    chosen = settings(config).config
    check_known("--year", year, chosen.years.offered)
    wanted = Filter(
        companies=frozenset(company or ()),
        roles=frozenset(role or ()),
        locations=frozenset(location or ()),
        branches=frozenset(branch or ()),
        lowest=lowest,
        highest=highest,
        search=search.strip(),
    )
    asked = bool(year) or not wanted.is_empty()
    year = year or chosen.years.active
    if as_csv:
        # as bytes: a terminal's own line ends and encoding would change what RFC 4180 and UTF-8 promise
        sys.stdout.buffer.write(finish(oneshot_statistics.read_csv(chosen, year, wanted)).encode())
        return
    placements = finish(oneshot_statistics.read_placements(chosen, year, wanted))
    if placements.found is None and asked:
        raise ConfigError([placements.problem])
    counts = finish(oneshot_statistics.counts(chosen))
    show_result(as_json, counts | _json(placements), lambda _: _show(counts, placements))


def _json(placements: Placements) -> dict[str, Any]:
    """Return what `stats --json` says of placements."""
    return {
        "placements": placements.found.to_json() if placements.found else None,
        "official": [record.model_dump(mode="json") for record in placements.official],
    }


def _show(counts: Mapping[str, Mapping[str, Any]], placements: Placements) -> None:
    if placements.found is None:
        typer.echo(f"no placement figures: {placements.problem}", err=True)
    else:
        _show_statistics(placements.found)
    _show_official(placements)
    cli_show.counts(counts)


def _show_statistics(found: Statistics) -> None:
    packages = found.packages
    placed = f"{found.unique_students_placed} of {found.total_eligible_students} ({found.placement_percentage:.1f}%)"
    totals = [
        ("students placed", placed),
        ("offers", str(found.total_offers)),
        ("companies", str(found.unique_companies)),
        ("average / median / highest LPA", f"{packages.average:.2f} / {packages.median:.2f} / {packages.highest:.2f}"),
        ("placed, package not known", str(found.unique_students_placed - packages.count)),
    ]
    title = f"Placements {found.year}" + (" (filtered)" if found.filtered else "")
    cli_show.table(("figure", "value"), totals, title=title)
    branches = ("branch", "placed", "of", "%", "offers", "average", "median", "highest")
    cli_show.table(branches, _branches(found), title="By branch")
    top = [(one.company, str(one.students), f"{one.average:.2f}") for one in found.companies[:TOP]]
    cli_show.table(("company", "students", "average"), top, title=f"Top companies of {len(found.companies)}")
    cli_show.table(("LPA", "students", "offers", "companies"), _bands(found), title="By package")
    left = [(one.branch, str(one.students), str(one.rows)) for one in found.not_counted]
    cli_show.table(("branch", "students", "offers"), left, title="Not counted")


def _branches(found: Statistics) -> list[tuple[str, ...]]:
    return [
        (
            one.branch,
            str(one.students),
            str(one.strength),
            f"{one.percentage:.1f}",
            str(one.offers),
            *(f"{value:.2f}" for value in (one.packages.average, one.packages.median, one.packages.highest)),
        )
        for one in found.branches
    ]


def _bands(found: Statistics) -> list[tuple[str, ...]]:
    return [
        (
            f"{band.low or 0:.2f} and more" if band.high is None else f"{band.low or 0:.2f} to {band.high - 0.01:.2f}",
            str(band.students),
            str(band.offers),
            str(band.companies),
        )
        for band in found.bands
    ]


def _show_official(placements: Placements) -> None:
    """Show the official page's batches, ours first where there are figures."""
    rows = [_official(record) for record in placements.official]
    if rows and (found := placements.found) and not found.filtered:  # a part is not the whole
        packages = (found.packages.average, found.packages.median, found.packages.highest)
        ours = (f"{found.year}, counted here", str(found.unique_companies), *(f"{value:.2f}" for value in packages))
        rows.insert(0, ours)
    columns = ("batch", "companies", "average", "median", "highest")
    cli_show.table(columns, rows, title="Beside the official page")


def _official(record: BatchRecord) -> tuple[str, ...]:
    amounts: dict[CardKind, str] = {}
    companies = "-"
    for card in record.batch.highlights:
        if card.kind is CardKind.COMPANIES:
            companies = card.title
        elif card.amount is not None and card.rank in (None, 1):
            amounts.setdefault(card.kind, f"{card.amount:.2f}")
    shown = (amounts.get(kind, "-") for kind in (CardKind.AVERAGE, CardKind.MEDIAN, CardKind.HIGHEST))
    return (record.batch.name, companies, *shown)
