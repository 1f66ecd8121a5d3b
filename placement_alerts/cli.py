"""The command line: parses, then calls app or store. Every command here is a promise (DESIGN.md, section 6)."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from placement_alerts import __version__, cli_show, oneshot
from placement_alerts.app import Role, run
from placement_alerts.config.loading import Loaded, effective, load, secrets_of
from placement_alerts.core.delivery import RETRYABLE, DeliveryState
from placement_alerts.errors import ConfigError, PlacementAlertsError, UnreadableNotice
from placement_alerts.logs import set_up_logs

T = TypeVar("T")

app = typer.Typer(
    help="Brings every placement notice of a college to each student whom it concerns, once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Settings.", no_args_is_help=True)
deliveries_app = typer.Typer(help="Receipts: who got what, who did not, and why.", no_args_is_help=True)
app.add_typer(config_app, name="config")
app.add_typer(deliveries_app, name="deliveries")

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file; else config.toml in this folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON on stdout; logs go to stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, not only what fails.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]


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
    """Read the portal, tell the students, keep the receipts."""
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
    loaded = _settings_of_a_process(config, verbose=verbose)
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
    """Show everything at work: a simulated portal and Telegram, the real program between them. No credentials."""
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
    loaded = _settings(config, verbose=verbose)
    _known("--source", source, [component.name for component in oneshot.sources(loaded.config)])
    with cli_show.progress(f"Reading {source or 'all sources'}", quiet=as_json) as show:
        reports = finish(oneshot.update(loaded.config, source, show))
    _print(as_json, reports, cli_show.updates)
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
    loaded = _settings(config, verbose=verbose)
    _known("--channel", channel, oneshot.CHANNELS)
    with cli_show.progress("Sending", quiet=as_json) as show:
        result = finish(oneshot.send(loaded.config, channel, show))
    _print(as_json, result, cli_show.sent)


@app.command()
def check(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option("--offline", help="Only the settings and the store.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try every configured peer and say what works, what does not, and what to do."""
    loaded = _settings(config)
    findings = finish(oneshot.check(loaded.config, offline=offline))
    _print(as_json, [asdict(finding) for finding in findings], cli_show.findings)
    if any(finding.state == "fails" for finding in findings):
        raise typer.Exit(1)


@config_app.command("show")
def config_show(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Print every setting as it holds and where it comes from; secrets as ***."""
    lines = [asdict(line) for line in effective(_settings(config))]
    _print(as_json, lines, cli_show.settings)


@app.command()
def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Portal notices (.json).")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and file.")] = False,
) -> None:
    """Show how a portal notice would be understood, and why. Needs no settings and no network."""
    failed = False
    for file in files:
        try:
            found = oneshot.explain(file)
        except (OSError, UnicodeDecodeError, UnreadableNotice) as error:
            failed = True
            typer.echo(f"{file}: {getattr(error, 'strerror', None) or error}", err=True)
            continue
        typer.echo(json.dumps(found, ensure_ascii=False)) if as_json else cli_show.explanation(found)
    if failed:
        raise typer.Exit(1)


@app.command()
def stats(
    config: ConfigFile = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Two columns: what, count.")] = False,
) -> None:
    """Count students, notices, jobs and deliveries."""
    counts = finish(oneshot.stats(_settings(config).config))
    _print(as_json, counts, cli_show.counts_csv if as_csv else cli_show.counts)


@deliveries_app.command("list")
def deliveries_list(
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only on this channel.")] = None,
    notice: Annotated[str | None, typer.Option(metavar="ID", help="Only of this notice.")] = None,
    student: Annotated[str | None, typer.Option(metavar="ID", help="Only of this student.")] = None,
    error_class: Annotated[str | None, typer.Option("--class", help="Only with this error class.")] = None,
    limit: Limit = 50,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries, latest planned first."""
    wanted = oneshot.wanted(state, channel, notice, student, error_class)
    rows = finish(oneshot.list_deliveries(_settings(config).config, wanted, limit))
    _print(as_json, [cli_show.delivery_json(row) for row in rows], lambda _: cli_show.deliveries(rows))


@deliveries_app.command("show")
def deliveries_show(
    delivery: Annotated[str, typer.Argument(metavar="ID")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Show the whole way of one delivery, with reasons."""
    row = finish(oneshot.get_delivery(_settings(config).config, delivery))
    _print(as_json, cli_show.delivery_json(row), lambda _: cli_show.delivery(row))


@deliveries_app.command("retry")
def deliveries_retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="See `deliveries list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every ended delivery that fits the filters.")] = False,
    state: Annotated[DeliveryState | None, typer.Option(help="With --all: only in this state.")] = None,
    channel: Annotated[str | None, typer.Option(help="With --all: only on this channel.")] = None,
    error_class: Annotated[str | None, typer.Option("--class", help="With --all: only with this error class.")] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Make refused, dead or expired deliveries due again; the running process carries them within a second."""
    if bool(ids) == everything:
        raise typer.BadParameter("name deliveries by their ids, or say --all")
    if state not in (None, *RETRYABLE):
        raise typer.BadParameter(f"--state {state}: only {', '.join(sorted(RETRYABLE))} deliveries can be retried")
    loaded = _settings(config)
    if ids:
        result = finish(oneshot.retry_named(loaded.config, ids))
    else:
        wanted = oneshot.wanted(state, channel, None, None, error_class)
        result = finish(oneshot.retry_all(loaded.config, wanted))
    _print(as_json, result, cli_show.retried)
    if result["not_retried"]:
        raise typer.Exit(1)


def _known(option: str, value: str | None, known: Sequence[str]) -> None:
    """Raise BadParameter, which is wrong usage, unless the value is one of these or not given."""
    if value not in (None, *known):
        raise typer.BadParameter(f"{option} {value}: there is {', '.join(known)}")


def _settings(file: Path | None, *, verbose: bool = False) -> Loaded:
    """Load the settings of a one-shot command: stdout is for its result, so it logs little, and to stderr."""
    loaded = _load(file)
    set_up_logs(
        level="info" if verbose else "error",
        as_json=loaded.config.logging.format == "json",
        secrets=secrets_of(loaded.config),
        stream=sys.stderr,
    )
    return loaded


def _settings_of_a_process(file: Path | None, *, verbose: bool) -> Loaded:
    """Load the settings of a process that runs until it is stopped: it logs to stdout and to the log file."""
    loaded = _load(file)
    logging = loaded.config.logging
    set_up_logs(
        level="debug" if verbose else logging.level,
        as_json=logging.format == "json",
        file=Path(logging.file) if logging.file else None,
        secrets=secrets_of(loaded.config),
        stream=sys.stdout,
    )
    return loaded


def _load(file: Path | None) -> Loaded:
    loaded = load(file)
    for warning in loaded.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return loaded


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; of several failures that came together, raise ours."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        ours, _ = group.split(PlacementAlertsError)
        if ours is None:
            raise
        raise _first(ours) from group


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _print(as_json: bool, result: Any, show: Callable[[Any], None]) -> None:
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        show(result)
