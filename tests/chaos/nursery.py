"""A process that has imported the whole program once and forks a copy for each start: starts in a tenth of the time.

Reads orders as JSON lines and answers each: {"start": {...}} with a pid, {"look": pid} with an exit code or null.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

# what a start would import by and by; none of them starts a thread, which a fork would not copy
PRELOADED = (
    "placement_alerts.cli",
    "placement_alerts.channels.telegram",
    "placement_alerts.sources.superset",
    "placement_alerts.bot.dispatching",
    "placement_alerts.bot.polling",
    "placement_alerts.store.sqlite.store",
    "placement_alerts.store.mongo.store",
    "placement_alerts.web.server",
    "aiogram.client.session.aiohttp",
)


def main() -> None:
    """Serve orders until stdin ends."""
    for name in PRELOADED:
        import_module(name)
    _answer("ready")
    for line in sys.stdin:
        order = json.loads(line)
        _answer(_start(**order["start"]) if "start" in order else _look(order["look"]))


def _answer(content: object) -> None:
    sys.stdout.write(f"{json.dumps(content)}\n")
    sys.stdout.flush()


def _start(arguments: list[str], environ: dict[str, str], folder: str, log: str) -> int:
    pid = os.fork()
    if pid == 0:
        _become(arguments, environ, folder, log)
    return pid


def _look(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _become(arguments: list[str], environ: dict[str, str], folder: str, log: str) -> None:
    """Be `placement-alerts ARGUMENTS` and end as it ends."""
    from placement_alerts.cli import main as program

    code: Any = 1
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(Path(folder))
        sys.argv = ["placement-alerts", *arguments]
        program()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # as the interpreter would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
