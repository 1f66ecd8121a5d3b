"""How the command line shows things: tables on a terminal, plain lines in a pipe, progress only for a person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from placement_alerts.core.delivery import Delivery
from placement_alerts.core.review import ANSWERS, Review
from placement_alerts.core.timetable import show_moment
from placement_alerts.core.token import ApiToken

_COLOURS = {"works": "green", "fails": "red", "off": "dim", "sent": "green", "seen": "green", "dead": "red"}
_COLOURS |= {"refused": "yellow", "retrying": "yellow", "suppressed": "dim", "superseded": "dim"}


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield what shows a line of progress on a terminal while the block runs; nothing in a pipe or if `quiet`."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status(title) as status:
        yield lambda line: status.update(f"{title}: {line}")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Show rows under their columns; in a pipe plain lines.

    title: of a table of figures: it begins each plain line, and without rows a terminal does not show it; "": of none.
    """
    console = Console()
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join((title, *row) if title else row))
        return
    if title and not rows:
        return
    shown = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        shown.add_column(column, justify="right" if title and index else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    console.print(shown)


def updates(reports: Mapping[str, Mapping[str, Any]]) -> None:
    """Show what each source brought."""
    columns = ("notices", "archived", "revised", "withdrawn", "jobs", "offers", "held", "unchanged", "rejected")
    rows = [[name, *(str(report[column]) for column in columns)] for name, report in reports.items()]
    table(("source", "new", *columns[1:]), rows)
    for name, report in reports.items():
        for failure in report["failures"]:
            typer.echo(f"{name}: {failure}", err=True)


def sent(result: Mapping[str, Any]) -> None:
    """Show what `send` did."""
    typer.echo(f"{result['sent']} sent, {result['failed']} failed on {', '.join(result['channels'])}")


def findings(found: Sequence[Mapping[str, str]]) -> None:
    """Show what `check` found."""
    table(("peer", "state", "detail", "what to do"), [list(line.values()) for line in found])


def settings(lines: Sequence[Mapping[str, str]]) -> None:
    """Show every setting."""
    table(("key", "value", "origin"), [list(line.values()) for line in lines])


def explanation(explained: Mapping[str, Any]) -> None:
    """Show how a message is understood."""
    typer.secho(explained["file"], bold=True)
    for name, value in explained.items():
        if name in ("file", "reasons") or value in (None, []):
            continue
        typer.echo(f"  {name:<11} {_readable(name, value)}")
    for reason in explained["reasons"]:
        typer.echo(f"    · {reason}")


def counts(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Show counts by topic."""
    table(("what", "count"), [[name, str(count)] for name, count in _flat(found)])


def deliveries(rows: Sequence[Delivery]) -> None:
    """Show deliveries, one a line."""
    table(
        ("id", "state", "channel", "personal", "planned", "tries", "reason or error"),
        [
            [
                row.id,
                row.state,
                row.channel or "-",
                "yes" if row.personal else "-",
                show_moment(row.planned_at),
                str(row.attempts),
                row.error_class or row.reason,
            ]
            for row in rows
        ],
    )
    if not rows:
        typer.echo("no delivery fits", err=True)


def retried(result: Mapping[str, Any]) -> None:
    """Show what `deliveries retry` did."""
    typer.echo(f"{result['retried']} deliveries are due again")
    for identifier, state in result["not_retried"].items():
        typer.echo(f"{identifier} is {state}: only refused, dead and expired deliveries can be retried", err=True)


def reviews(found: Sequence[Review]) -> None:
    """Show open reviews, one a line."""
    table(
        ("id", "asked", "what", "title", "reasons", "answers"),
        [
            [
                one.id,
                show_moment(one.asked_at),
                one.kind,
                one.title,
                "; ".join(one.reasons),
                "|".join(ANSWERS[one.kind]),
            ]
            for one in found
        ],
    )
    if not found:
        typer.echo("nothing waits for an answer", err=True)


def delivery(row: Delivery) -> None:
    """Show one delivery, every field that is set."""
    for name, value in asdict(row).items():
        if value not in (None, (), "") and name != "target":
            typer.echo(f"{name:<20} {show_moment(value) if isinstance(value, datetime) else value}")


def delivery_json(row: Delivery) -> dict[str, Any]:
    """Return a delivery for --json; the target, which is a person's chat, is left out."""
    found = asdict(row)
    del found["target"]
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()}


def _readable(name: str, value: Any) -> str:
    if name == "roles":
        return "; ".join(", ".join(f"{v}" for v in role.values() if v is not None) for role in value)
    if name == "students":
        return f"{len(value)}: " + ", ".join(f"{one['name']} ({one['enrollment']})" for one in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _flat(found: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat = []
    for name, value in found.items():
        label = f"{prefix} {name}".strip()
        flat += _flat(value, label) if isinstance(value, Mapping) else [(label, value)]
    return flat


def tokens(found: Sequence[ApiToken]) -> None:
    """Show API tokens."""
    rows = [
        [one.id, one.label, " ".join(one.scopes), _ends(one), show_moment(one.used_at) if one.used_at else "never"]
        for one in found
    ]
    table(("id", "label", "scopes", "ends", "last used"), rows)


def _ends(token: ApiToken) -> str:
    return "revoked" if token.revoked_at else show_moment(token.expires_at)
