"""`placement-alerts stats`: the placement figures of a year, beside counts of students, notices and deliveries."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from placement_alerts import cli_show, oneshot
from placement_alerts.app_statistics import figures_of
from placement_alerts.cli_options import AsJson, ConfigFile, check_known, finish, settings, show_result
from placement_alerts.config.models import Config
from placement_alerts.core.official import BatchRecord, CardKind
from placement_alerts.core.statistics import Statistics
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.errors import ConfigError

TOP = 15  # companies that a terminal shows; --json has all


@dataclass(frozen=True, slots=True)
class Placements:
    """What is known of a year. found: None if nobody configured its branches; `problem` says so then."""

    found: Statistics | None
    official: Sequence[BatchRecord]
    problem: str = ""


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
        sys.stdout.buffer.write(finish(read_csv(chosen, year, wanted)).encode())
        return
    placements = finish(read(chosen, year, wanted))
    if placements.found is None and asked:
        raise ConfigError([placements.problem])
    counts = finish(oneshot.stats(chosen))
    show_result(as_json, counts | to_json(placements), lambda _: _show(counts, placements))


async def read(config: Config, year: str, wanted: Filter) -> Placements:
    """Return what is known of a placement year."""
    async with oneshot.store_of(config) as store:
        figures = figures_of(config.statistics, store)
        official = await figures.official()
        try:
            return Placements(await figures.of(year, wanted), official)
        except ConfigError as error:
            return Placements(None, official, error.problems[0])


async def read_csv(config: Config, year: str, wanted: Filter) -> str:
    """Return the placed students as CSV. Raises ConfigError for a year without branches."""
    async with oneshot.store_of(config) as store:
        return await figures_of(config.statistics, store).rows_csv(year, wanted)


def to_json(placements: Placements) -> dict[str, Any]:
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
    _table(f"Placements {found.year}" + (" (filtered)" if found.filtered else ""), ("figure", "value"), totals)
    _table("By branch", ("branch", "placed", "of", "%", "offers", "average", "median", "highest"), _branches(found))
    _table(
        f"Top companies of {len(found.companies)}",
        ("company", "students", "average"),
        [(one.company, str(one.students), f"{one.average:.2f}") for one in found.companies[:TOP]],
    )
    _table("By package", ("LPA", "students", "offers", "companies"), _bands(found))
    _table(
        "Not counted",
        ("branch", "students", "offers"),
        [(one.branch, str(one.students), str(one.rows)) for one in found.not_counted],
    )


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
    _table("Beside the official page", ("batch", "companies", "average", "median", "highest"), rows)


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


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table on a terminal; in a pipe plain lines that begin with its title."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join((title, *row)))
        return
    if not rows:
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
