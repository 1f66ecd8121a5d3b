"""`placement-alerts deliveries`: receipts, and trying again what ended badly."""

from typing import Annotated

import typer

from placement_alerts import cli_show, oneshot
from placement_alerts.cli_options import AsJson, ConfigFile, Limit, finish, settings, show_result
from placement_alerts.core.delivery import RETRYABLE, DeliveryState

app = typer.Typer(help="Receipts: who got what, who did not, and why.", no_args_is_help=True)


@app.command("list")
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
    rows = finish(oneshot.list_deliveries(settings(config).config, wanted, limit))
    show_result(as_json, [cli_show.delivery_json(row) for row in rows], lambda _: cli_show.deliveries(rows))


@app.command("show")
def deliveries_show(
    delivery: Annotated[str, typer.Argument(metavar="ID")], config: ConfigFile = None, as_json: AsJson = False
) -> None:
    """Show the whole way of one delivery, with reasons."""
    row = finish(oneshot.get_delivery(settings(config).config, delivery))
    show_result(as_json, cli_show.delivery_json(row), lambda _: cli_show.delivery(row))


@app.command("retry")
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
    loaded = settings(config)
    if ids:
        result = finish(oneshot.retry_named(loaded.config, ids))
    else:
        wanted = oneshot.wanted(state, channel, None, None, error_class)
        result = finish(oneshot.retry_all(loaded.config, wanted))
    show_result(as_json, result, cli_show.retried)
    if result["not_retried"]:
        raise typer.Exit(1)
