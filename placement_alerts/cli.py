"""The command line: parses, then calls app or store. Every command here is a promise (DESIGN.md, section 6)."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from placement_alerts import (
    __version__,
    cli_deliveries,
    cli_official,
    cli_reviews,
    cli_show,
    cli_statistics,
    cli_tokens,
    oneshot,
)
from placement_alerts.app import Role, run
from placement_alerts.cli_options import (
    AsJson,
    ConfigFile,
    Verbose,
    check_known,
    finish,
    settings,
    settings_of_a_process,
    show_result,
)
from placement_alerts.config.loading import effective
from placement_alerts.errors import ConfigError, PlacementAlertsError, UnreadableFile

app = typer.Typer(
    help="Brings every placement notice of a college to each student whom it concerns, once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Settings.", no_args_is_help=True)
app.add_typer(config_app, name="config")
app.command("stats")(cli_statistics.stats)
app.add_typer(cli_deliveries.app, name="deliveries")
app.add_typer(cli_reviews.app, name="reviews")
app.add_typer(cli_official.app, name="official")
app.add_typer(cli_tokens.app, name="token")
app.command("vapid")(cli_tokens.vapid)


def main() -> None:
    """Run the command line; every failure of ours is one line on stderr that says what and what to do."""
    try:
        app(standalone_mode=True)
    except ConfigError as error:
        for problem in error.problems:
            print(f"placement-alerts: {problem}", file=sys.stderr)  # noqa: T201 - the terminal is our reader
        sys.exit(1)
    except PlacementAlertsError as error:
        print(f"placement-alerts: {error}", file=sys.stderr)  # noqa: T201 - the terminal is our reader
        sys.exit(1)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Read portal, mailbox and official page, tell the students, keep the receipts."""
    if version:
        typer.echo(f"placement-alerts {__version__}")
        raise typer.Exit


@app.command("run")
def run_command(
    role: Annotated[list[Role] | None, typer.Option(help="Only these roles; may be given several times.")] = None,
    config: ConfigFile = None,
    verbose: Verbose = False,
) -> None:
    """Run until stopped: watch the sources, answer students, deliver. SIGTERM and Ctrl-C stop it in order."""
    loaded = settings_of_a_process(config, verbose=verbose)
    finish(run(loaded.config, frozenset(role or Role), asyncio.Event()))


@app.command()
def bot(config: ConfigFile = None, verbose: Verbose = False) -> None:
    """Run the bot and the fan-out (a name of the existing bot)."""
    run_command([Role.BOT, Role.FANOUT], config, verbose)


@app.command()
def webhook(config: ConfigFile = None, verbose: Verbose = False) -> None:
    """Run the web server and the fan-out (a name of the existing bot)."""
    run_command([Role.WEB, Role.FANOUT], config, verbose)


@app.command()
def scheduler(config: ConfigFile = None, verbose: Verbose = False) -> None:
    """Run the scheduler and the fan-out (a name of the existing bot)."""
    run_command([Role.SCHEDULER, Role.FANOUT], config, verbose)


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Of the chat page; 0: any free one.")] = 8080,
    seconds: Annotated[float | None, typer.Option(min=1, help="Stop by itself after so long.")] = None,
    verbose: Verbose = False,
) -> None:
    """Show everything at work: simulated portal, mailbox, official page and Telegram, the real program between them."""
    from placement_alerts.demo import run_demo

    finish(run_demo(port, seconds, verbose=verbose))


@app.command()
def update(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Fetch from the sources once. If a process runs on this store, it does it and this command shows what it does."""
    loaded = settings(config, verbose=verbose)
    check_known("--source", source, [component.name for component in oneshot.sources(loaded.config)])
    with cli_show.progress(f"Reading {source or 'all sources'}", quiet=as_json) as show:
        reports = finish(oneshot.update(loaded.config, source, show))
    show_result(as_json, reports, cli_show.updates)
    if any(report["failed"] for report in reports.values()):
        raise typer.Exit(1)


@app.command("update-supersets", hidden=True)
def update_supersets(config: ConfigFile = None, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """Fetch from the portal once (a name of the existing bot)."""
    update("superset", config, as_json, verbose)


@app.command()
def send(
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Carry what is due, then exit. If a process runs on this store, it does it and this command waits for the end."""
    loaded = settings(config, verbose=verbose)
    check_known("--channel", channel, oneshot.CHANNELS)
    with cli_show.progress("Sending", quiet=as_json) as show:
        result = finish(oneshot.send(loaded.config, channel, show))
    show_result(as_json, result, cli_show.sent)


@app.command()
def check(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only the settings and the store.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try every configured peer and say what works, what does not, and what to do."""
    loaded = settings(config)
    findings = finish(oneshot.check(loaded.config, offline=offline))
    show_result(as_json, [asdict(finding) for finding in findings], cli_show.findings)
    if any(finding.state == "fails" for finding in findings):
        raise typer.Exit(1)


@config_app.command("show")
def config_show(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Print every setting as it holds and where it comes from; secrets as ***."""
    lines = [asdict(line) for line in effective(settings(config))]
    show_result(as_json, lines, cli_show.settings)


@app.command()
def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails (.eml) and portal notices (.json).")],
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and file.")] = False,
) -> None:
    """Show how a mail or portal notice would be understood, and why, and what would be held for review.

    Needs no network and no settings; sources.mailbox.trusted_senders, if set, also says whether a sender is trusted.
    """
    mailbox = settings(config).config.sources.mailbox
    failed = False
    for file in files:
        try:
            found = finish(oneshot.explain(file, mailbox))
        except (OSError, UnicodeDecodeError, UnreadableFile) as error:
            failed = True
            typer.echo(f"{file}: {getattr(error, 'strerror', None) or error}", err=True)
            continue
        typer.echo(json.dumps(found, ensure_ascii=False)) if as_json else cli_show.explanation(found)
    if failed:
        raise typer.Exit(1)
