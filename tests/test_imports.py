"""The import rules of DESIGN.md, section 4, as data; a broken rule is named with its file."""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "placement_alerts"

ROOTS = ("app*.py", "cli*.py", "demo*.py", "oneshot*.py")  # the composition roots may import everything
_BASE = {"errors", "core", "http_client", "http_client_addresses"}
OURS = {  # part of the package: what it may import of ours
    "__init__": set[str](),
    "__main__": {"cli"},
    "errors": set[str](),
    "healthcheck": set[str](),
    # a source's settings stand beside it, and config has them as a section: without the source and its HTTP client
    "config": {"errors", "config", *(f"sources.{name}.settings" for name in ("superset", "mailbox", "official"))},
    "settings": {"config.values"},
    "core": {"errors", "core"},
    "http_client": {"errors", "http_client_addresses"},
    "http_client_addresses": {"errors"},
    "assistant": {"errors", "core", "http_client"},
    "logs": {"errors"},
    "sources": {*_BASE, "sources"},
    "channels": {*_BASE, "channels"},
    "store": {*_BASE, "store"},
    "pipeline": {*_BASE, "sources.base", "channels.base", "store", "pipeline"},
    "bot": {*_BASE, "sources", "channels", "store", "pipeline", "bot"},
    "web": {*_BASE, "sources", "channels", "store", "pipeline", "web"},
    "sandbox": {"core", "errors", "sandbox"},
}
THEIRS = {  # third party: the files that may import it
    "aiogram": ["channels/telegram/*", "bot/*", *ROOTS],
    "aiohttp": ["http_client*.py", *ROOTS],
    "aiohttp.web": ["web/*", "sandbox/*", *ROOTS],
    "aiohttp.hdrs": ["web/*"],  # names of headers
    "aiohttp.http_exceptions": ["web/deadlines.py"],  # what the server's own parser raises and hands on
    "aiohttp.streams": ["web/deadlines.py"],
    "aioimaplib": ["sources/mailbox/connection.py"],
    "openpyxl": ["sources/mailbox/*"],
    "pypdf": ["sources/mailbox/*"],
    "selectolax": ["sources/official/*"],
    "jinja2": ["web/*"],
    "icalendar": ["web/*"],
    "segno": ["web/*"],
    "swagger_ui_bundle": ["web/*"],
    "pywebpush": ["channels/*"],
    "py_vapid": ["channels/*"],
    "motor": ["store/mongo/*"],
    "pymongo": ["store/mongo/*"],
    "bson": ["store/mongo/*"],
    "aiosqlite": ["store/sqlite/*"],
    "sqlite3": ["store/sqlite/*"],
    "apscheduler": ["pipeline/wakeups.py"],
    "typer": [*ROOTS],
}
IN_CORE = {"pydantic", "nh3", "rapidfuzz", "dateparser"}
WITH_IO = {
    *("asyncio", "http", "logging", "os", "pathlib", "random"),
    *("secrets", "socket", "subprocess", "threading", "time"),
}


def imports(source: str) -> Iterator[str]:
    """Yield what is imported, dotted; of `from a import b` both "a" and "a.b"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(allowed + ".")


def is_pure(name: str) -> bool:
    top = name.partition(".")[0]
    return top in IN_CORE or (top in sys.stdlib_module_names and not any(is_within(name, one) for one in WITH_IO))


def broken_rules(file: str, source: str) -> list[str]:
    """Return the imports that a file (its path inside the package) must not have."""
    part = file.partition("/")[0].removesuffix(".py")
    part = "settings" if part == "sources" and file.endswith("/settings.py") else part
    allowed = OURS.get(part)  # the roots: everything
    broken = []
    for name in imports(source):
        ours = name.removeprefix("placement_alerts.")
        if is_within(name, "placement_alerts"):
            if allowed is not None and ours != "__version__" and not any(is_within(ours, one) for one in allowed):
                broken.append(name)
            continue
        rules = [third for third in THEIRS if is_within(name, third)]
        misplaced = rules and not any(fnmatch(file, pattern) for pattern in THEIRS[max(rules, key=len)])
        if misplaced or (part == "core" and not is_pure(name)):
            broken.append(name)
    return broken


FILES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES)
def test_imports_keep_to_the_table(file: str) -> None:
    assert broken_rules(file, (PACKAGE / file).read_text()) == []


def test_every_part_of_the_package_has_a_rule() -> None:
    parts = {file.partition("/")[0].removesuffix(".py") for file in FILES}

    parts = {part for part in parts if part not in OURS}
    parts = {part for part in parts if not any(fnmatch(part + ".py", root) for root in ROOTS)}

    assert not parts


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("core/x.py", "from placement_alerts.store.base import Store"),
        ("core/x.py", "import asyncio"),
        ("core/x.py", "import structlog"),
        ("channels/x.py", "def late():\n    from placement_alerts.store import open_store"),
        ("sources/x.py", "import placement_alerts.pipeline.intake"),
        ("pipeline/x.py", "from placement_alerts.channels.telegram.channel import TelegramChannel"),
        ("pipeline/x.py", "from apscheduler.triggers.cron import CronTrigger"),
        ("bot/x.py", "from placement_alerts.web import server"),
        ("web/x.py", "import aiogram"),
        ("store/sqlite/x.py", "from pymongo import errors"),
        ("sources/x.py", "from aiohttp import web"),
        ("pipeline/x.py", "from aiohttp import ClientSession"),
        ("store/x.py", "from placement_alerts.config.loading import load"),
        ("sandbox/x.py", "from placement_alerts.channels import telegram"),
        ("config/models.py", "from placement_alerts.sources.superset.source import SupersetSource"),
        ("sources/x/settings.py", "from placement_alerts.http_client import Limits"),
        ("healthcheck.py", "from placement_alerts import config"),
    ],
)
def test_broken_rule_is_found(file: str, source: str) -> None:
    assert len(broken_rules(file, source)) == 1
