"""The container's health check: `python -m placement_alerts.healthcheck` exits 0 if the process is alive, else 1.

Standard library only: it runs every 30 s and must start fast. It believes what `config` would have checked.
"""

import json
import os
import sys
import tomllib
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

PATH = "/health/live"
DEADLINE_S = 3.0


def where(environ: Mapping[str, str], folder: Path) -> tuple[str, int]:
    """Return host and port of the web server, found as config finds them: file, .env, alias, own name."""
    named = environ.get("PLACEMENT_ALERTS_CONFIG")
    web = _table(Path(named) if named else folder / "config.toml")
    variables = {**_dotenv(folder / ".env"), **{name: text for name, text in environ.items() if text}}
    web |= _json_table(variables.get("PLACEMENT_ALERTS__WEB", ""))
    host = variables.get("PLACEMENT_ALERTS__WEB__HOST") or variables.get("WEBHOOK_HOST") or web.get("host", "127.0.0.1")
    port = variables.get("PLACEMENT_ALERTS__WEB__PORT") or variables.get("WEBHOOK_PORT") or web.get("port", 8000)
    # a server on every address is asked on this machine's own
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(str(host), str(host)), int(port)  # noqa: S104  # only compared


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text()).get("web", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def _json_table(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text or "{}")
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}


def _dotenv(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except (OSError, ValueError):
        return {}
    pairs = (line.removeprefix("export ").partition("=") for line in map(str.strip, lines) if not line.startswith("#"))
    return {name.strip(): text.strip().strip("\"'") for name, _, text in pairs if text.strip()}


def is_alive(host: str, port: int) -> bool:
    """Ask the process; False if it answers anything but 200, or nothing in time."""
    connection = HTTPConnection(host, port, timeout=DEADLINE_S)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Return the exit code."""
    try:
        host, port = where(os.environ, Path())
    except ValueError:
        sys.stderr.write("web.port: should be a number\n")
        return 1
    if is_alive(host, port):
        return 0
    sys.stderr.write(f"no answer from http://{host}:{port}{PATH}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
