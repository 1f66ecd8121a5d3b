"""`placement-alerts official`: the official page, fetched, looked at, or filled up with figures of earlier years."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from placement_alerts import cli_show, oneshot, oneshot_official
from placement_alerts.cli_options import AsJson, ConfigFile, Verbose, finish, settings, show_result
from placement_alerts.errors import UnreadableFile

app = typer.Typer(help="The official placement page.")


@app.callback(invoke_without_command=True)
def official(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what was understood; store nothing.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Read the official page once."""
    if context.invoked_subcommand is not None:
        return
    loaded = settings(config, verbose=verbose)
    with cli_show.progress("Reading the official page", quiet=as_json) as show:
        if dry_run:
            found = finish(oneshot_official.dry_run(loaded.config))
        else:
            found = finish(oneshot.update(loaded.config, "official", show))
    if dry_run:
        show_result(as_json, found, _show_outlook)
        failed = not found["understood"]
    else:
        show_result(as_json, found, cli_show.updates)
        failed = any(report["failed"] for report in found.values())
    if failed:
        raise typer.Exit(1)


@app.command("import")
def official_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON: a list of batches.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace frozen batches with other figures.")] = False,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Take in published figures of earlier batches. A second time it changes nothing."""
    try:
        found = finish(oneshot_official.import_batches(settings(config).config, file, overwrite=overwrite))
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{file} is not UTF-8 text") from error
    show_result(as_json, found, _show_imported)


@app.command("live")
def official_live(
    batch: Annotated[str, typer.Argument(help='Name of a frozen batch, e.g. "2024".')],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Let the page's figures replace those of a frozen batch again, from the next reading on."""
    found = finish(oneshot_official.set_live(settings(config).config, batch))
    show_result(as_json, found, lambda _: typer.echo(f"{batch} is live: the next reading of the page writes it"))


def _show_outlook(found: Mapping[str, Any]) -> None:
    if not found["understood"]:
        typer.echo(f"the page is not understood: {found['alarm']}", err=True)
        return
    typer.echo(f"{found['heading']} ({found['layout']} layout, {found['logos']} recruiters)")
    rows = [row for batch in found["batches"] for row in _rows(batch)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in _remarks(found):
        typer.echo(line)


def _rows(batch: Mapping[str, Any]) -> list[list[str]]:
    name = f"{batch['batch_name']}{' (active)' if batch['is_active'] else ''}"
    rows = [[name, card["title"], card["description"], _values(card)] for card in batch["highlights"]]
    rows += [[name, text, "", "pointer"] for text in batch["placement_pointers"]]
    for row in batch["package_distribution"]:
        rows.append([name, row["category"], f"average {row['average']}, median {row['median']}", "distribution"])
    if batch["offers"] is not None:
        rows.append([name, str(batch["offers"]), "offers over top packages and bands", "our sum"])
    return rows


def _values(card: Mapping[str, Any]) -> str:
    values = {name: value for name, value in card.items() if name not in {"title", "description", "kind", "at_least"}}
    said = ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{card['kind']}{': ' if said else ''}{said}{' at least' if card['at_least'] else ''}"


def _remarks(found: Mapping[str, Any]) -> list[str]:
    lines = [f"batch {name} has no figures on the page: its last ones are kept" for name in found["kept"]]
    lines += [f"batch {name} is frozen and stays as it is; see `official live`" for name in found["returned"]]
    lines += [f"batch {name} is no longer on the page: its figures are frozen" for name in found["frozen"]]
    if found["first"]:
        return [*lines, "never read before: everything is new, nothing is announced"]
    shown = ({name: "-" if value is None else value for name, value in one.items()} for one in found["changes"])
    lines += [f"{one['field']}: {one['before']} → {one['after']}" for one in shown]
    if not found["changes"]:
        lines.append("logos or introduction changed" if found["changed"] else "nothing changed")
    return lines


def _show_imported(found: Mapping[str, Any]) -> None:
    for name in found["stored"]:
        typer.echo(f"{name}: stored")
    for name, why in found["left"].items():
        typer.echo(f"{name}: {why}")
