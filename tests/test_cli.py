"""Every command that users can reach, once for real against the simulated peers (pitfall 54)."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from placement_alerts.cli import app
from placement_alerts.cli_options import finish
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.errors import StoreUnavailable
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.store import open_store
from tests.builders import NOW, a_delivery
from tests.peers import Peers, running_peers

COMMANDS = [
    (),
    *(
        (name,)
        for name in ("run", "bot", "webhook", "scheduler", "demo", "update", "send", "check", "explain", "stats")
    ),
    ("update-supersets",),
    ("config", "show"),
    *(("deliveries", name) for name in ("list", "show", "retry")),
    *(("reviews", name) for name in ("list", "answer")),
    *(("token", name) for name in ("create", "list", "revoke")),
    ("vapid",),
    ("official",),
    *(("official", name) for name in ("import", "live")),
]
README = Path(__file__).parents[1] / "README.md"
PROGRAM = [sys.executable, "-m", "placement_alerts"]


@pytest.fixture(scope="module")
def peers() -> Iterator[Peers]:
    with running_peers() as peers:
        yield peers


@pytest.fixture
def environment(peers: Peers, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, **peers.environment(tmp_path)}


def call(environment: dict[str, str], *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would; its exit code is part of the promise."""
    done = subprocess.run(
        [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    return done


async def plan(environment: dict[str, str], *deliveries: Delivery) -> None:
    store = await open_store(environment["PLACEMENT_ALERTS__DATABASE__URL"])
    await store.deliveries.plan(deliveries)
    await store.close()


def commands_of(group: typer.Typer, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield every command that is not hidden, as the words that call it."""
    for command in group.registered_commands:
        if not command.hidden:
            yield (*path, command.name or str(getattr(command.callback, "__name__", "")))
    for inner in group.registered_groups:
        if inner.typer_instance is not None and inner.name is not None:
            callback = inner.typer_instance.registered_callback
            if callback is not None and callback.invoke_without_command is True:
                yield (*path, inner.name)
            yield from commands_of(inner.typer_instance, *path, inner.name)


def commands_of_the_readme() -> Iterator[tuple[str, ...]]:
    """Yield every command of the table: `deliveries list|show` names two."""
    table = README.read_text(encoding="utf-8").partition("| command | does |\n")[2].partition("\n\n")[0]
    cells = [row.split(" | ")[0] for row in table.splitlines()[1:]]
    for called in re.findall("`([^`]+)`", " ".join(cells)):
        *group, names = re.sub(r"\[.*?\]|[A-Z]+\S*", "", called).split()
        yield from ((*group, name) for name in names.split("\\|"))


def plain(text: str) -> str:
    """Return a usage error as one line, without the box that is drawn around it."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", text).split())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.stdout


def test_the_table_of_the_readme_names_every_command_that_is_shown() -> None:
    assert set(commands_of_the_readme()) == set(commands_of(app))


def test_an_unknown_option_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["run", "--nonsense"]).exit_code == 2


def test_update_then_send_then_receipts(peers: Peers, environment: dict[str, str]) -> None:
    first = json.loads(call(environment, "update", "--json").stdout)
    sent = json.loads(call(environment, "send", "--json").stdout)
    counts = json.loads(call(environment, "stats", "--json").stdout)
    listed = json.loads(call(environment, "deliveries", "list", "--json").stdout)

    assert first["superset"]["failed"] is False
    assert sent == {"total": 0, "sent": 0, "failed": 0, "channels": ["telegram"]}
    assert counts["notices"]["total"] == first["superset"]["notices"]
    assert listed == []


def test_check_names_what_works_and_what_does_not(environment: dict[str, str]) -> None:
    wrong = environment | {"PLACEMENT_ALERTS__TELEGRAM__TOKEN": "42:AAEwrong-token-of-the-right-form-0000000"}

    good = call(environment, "check").stdout
    bad = call(wrong, "check", code=1).stdout

    assert re.search(r"telegram\s+works", good)
    assert re.search(r"superset\s+works", good)
    assert re.search(r"telegram\s+fails.*BotFather", bad)
    assert "wrong-token" not in bad


def test_check_advises_to_say_where_students_reach_the_pages(environment: dict[str, str]) -> None:
    public = environment | {"PLACEMENT_ALERTS__WEB__PUBLIC_URL": "https://alerts.example.org"}

    without = call(environment, "check", "--offline").stdout
    with_it = call(public, "check", "--offline").stdout

    assert re.search(r"web\s+works.*Host header.*set web\.public_url", without)
    assert "Host header" not in with_it


def test_an_unreachable_portal_is_one_clear_line(environment: dict[str, str]) -> None:
    dead = environment | {"PLACEMENT_ALERTS__SOURCES__SUPERSET__BASE_URL": "http://127.0.0.1:9/x"}

    failed = call(dead, "update", code=1)

    assert "superset:" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_settings_are_shown_without_secrets(environment: dict[str, str]) -> None:
    shown = call(environment, "config", "show").stdout

    assert "telegram.token" in shown
    assert environment["PLACEMENT_ALERTS__TELEGRAM__TOKEN"] not in shown
    assert "computing demo" not in shown


def test_every_bad_setting_is_named_in_one_run(environment: dict[str, str]) -> None:
    bad = environment | {"PLACEMENT_ALERTS__WEB__PORT": "99999", "PLACEMENT_ALERTS__NOISE": "1"}

    failed = call(bad, "stats", code=1)

    assert len(failed.stderr.splitlines()) == 2
    assert "web.port" in failed.stderr
    assert "99999" not in failed.stderr


def test_explain_shows_what_is_understood_and_why(tmp_path: Path) -> None:
    notice = {
        "identifier": "nt-1",
        "title": "Open for applications - Acme Labs - SDE",
        "content": "<p>Deadline: 16 August 2025, 5:00 PM</p>",
        "publishedAt": to_ms(NOW.replace(month=8)),
    }
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(notice))
    bad.write_text("not json")

    done = call(dict(os.environ), "explain", "--json", str(good), str(bad), code=1)

    (line,) = done.stdout.splitlines()
    assert json.loads(line)["deadline"] == "2025-08-16T17:00:00+05:30"
    assert "bad.json" in done.stderr


def test_an_unknown_delivery_is_one_clear_line(environment: dict[str, str]) -> None:
    failed = call(environment, "deliveries", "show", "nobody", code=1)

    assert "no delivery has the id nobody" in failed.stderr


def test_retry_wants_ids_or_all(environment: dict[str, str]) -> None:
    call(environment, "deliveries", "retry", code=2)
    done = call(environment, "deliveries", "retry", "--all", "--json")

    assert json.loads(done.stdout) == {"retried": 0, "not_retried": {}}


def test_receipts_show_what_was_told_to_a_student_as_naming_them(environment: dict[str, str]) -> None:
    told = a_delivery("7", personal=True)
    asyncio.run(plan(environment, told, a_delivery("8")))

    listed = {
        row["id"]: row["personal"] for row in json.loads(call(environment, "deliveries", "list", "--json").stdout)
    }
    lines = call(environment, "deliveries", "list").stdout.splitlines()
    shown = call(environment, "deliveries", "show", told.id).stdout

    assert sorted(listed.values()) == [False, True]
    assert [line.split("\t")[3] for line in lines if line.startswith(told.id)] == ["yes"]
    assert re.search(r"personal +True", shown)


def test_retry_of_an_unknown_delivery_is_one_clear_line(environment: dict[str, str]) -> None:
    failed = call(environment, "deliveries", "retry", "nobody", code=1)

    assert "no delivery has the id nobody" in failed.stderr


def test_retry_names_the_state_of_what_cannot_be_retried(environment: dict[str, str]) -> None:
    dead, sent = a_delivery("7", state=DeliveryState.DEAD), a_delivery("8", state=DeliveryState.SENT)
    asyncio.run(plan(environment, dead, sent))

    done = call(environment, "deliveries", "retry", dead.id, sent.id, code=1)

    assert "1 deliveries are due again" in done.stdout
    assert f"{sent.id} is sent: only refused, dead and expired deliveries can be retried" in done.stderr


def test_retry_of_all_in_a_state_that_cannot_be_retried_is_wrong_usage(environment: dict[str, str]) -> None:
    failed = call(environment, "deliveries", "retry", "--all", "--state", "sent", code=2)

    assert "only dead, expired, refused deliveries can be retried" in plain(failed.stderr)


@pytest.mark.parametrize(
    ("arguments", "there_is"),
    [(("update", "--source", "foo"), "there is superset"), (("send", "--channel", "foo"), "there is telegram")],
)
def test_value_that_no_option_has_is_wrong_usage(
    environment: dict[str, str], arguments: tuple[str, ...], there_is: str
) -> None:
    assert there_is in plain(call(environment, *arguments, code=2).stderr)


def test_source_that_is_off_is_named_with_the_setting_that_turns_it_on(environment: dict[str, str]) -> None:
    off = environment | {"PLACEMENT_ALERTS__SOURCES__SUPERSET__ACCOUNTS": "[]"}

    failed = call(off, "update", "--source", "superset", code=1)

    assert "sources.superset.accounts is not set, so superset is off" in failed.stderr


def test_failures_that_come_together_are_told_as_one() -> None:
    async def work() -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(2):
                tasks.create_task(away())

    async def away() -> None:
        raise StoreUnavailable("the store is away")

    with pytest.raises(StoreUnavailable, match="the store is away"):
        finish(work())


def test_the_demo_stops_at_ctrl_c_without_a_word_of_error() -> None:
    demo = subprocess.Popen(
        [*PROGRAM, "demo", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert demo.stdout is not None
    next(line for line in demo.stdout if "office:" in line)  # in the middle of the office's work

    demo.send_signal(signal.SIGINT)
    _, errors = demo.communicate(timeout=30)

    assert (demo.returncode, errors) == (0, "")


def test_the_running_process_does_what_one_shot_commands_ask_and_stops_in_order(
    peers: Peers, environment: dict[str, str]
) -> None:
    running = subprocess.Popen([*PROGRAM, "run"], env=environment, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        lines = iter(running.stdout.readline, "")
        port = next(found[1] for line in lines if (found := re.search(r"port=(\d+)", line)) and "started" in line)
        health = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10))
        report = json.loads(call(environment, "update", "--json").stdout)
        second = call(environment, "run", code=1)
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(timeout=15)
        running.stdout.close()

    assert health["parts"]["store"]["state"] == "ok"
    assert report["superset"]["failed"] is False
    assert f"running process {running.pid}" in second.stderr
    assert code == 0
