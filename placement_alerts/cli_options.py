"""What the commands share: their options, the settings they load, and how their work is run and its result shown."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from placement_alerts.config.loading import Loaded, load, secrets_of
from placement_alerts.errors import PlacementAlertsError
from placement_alerts.logs import set_up_logs

T = TypeVar("T")

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings file; else config.toml in this folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One line of JSON on stdout; logs go to stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, not only what fails.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]


def check_known(option: str, value: str | None, known: Sequence[str]) -> None:
    """Raise BadParameter, which is wrong usage, unless the value is one of these or not given."""
    if value not in (None, *known):
        raise typer.BadParameter(f"{option} {value}: there is {', '.join(known)}")


def settings(file: Path | None, *, verbose: bool = False) -> Loaded:
    """Load the settings of a one-shot command: stdout is for its result, so it logs little, and to stderr."""
    loaded = _load(file)
    set_up_logs(
        level="info" if verbose else "error",
        as_json=loaded.config.logging.format == "json",
        secrets=secrets_of(loaded.config),
        stream=sys.stderr,
    )
    return loaded


def settings_of_a_process(file: Path | None, *, verbose: bool) -> Loaded:
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


def show_result(as_json: bool, result: Any, show: Callable[[Any], None]) -> None:
    """Print a result as one line of JSON, or by `show` for a person."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        show(result)
