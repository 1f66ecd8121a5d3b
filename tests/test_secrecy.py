"""The whole program at its most talkative, with a mark in everything that is personal or secret (pitfalls 49, 50)."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from placement_alerts.sandbox.portal import PortalLogin
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sandbox.telegram_faults import FaultKind
from tests.peers import Peers, running_peers

MARK = "Qzxmark"
LOGIN = PortalLogin(f"{MARK}@students.example", f"{MARK}-password", name=f"{MARK} Nair")
WRONG = {"email": f"{MARK}.wrong@students.example", "password": f"{MARK}-wrong"}
CHAT = 7
PROGRAM = [sys.executable, "-m", "placement_alerts"]


@pytest.fixture
def peers() -> Iterator[Peers]:
    with running_peers([LOGIN]) as peers:
        yield peers


def wait_for(happened: Callable[[], bool]) -> None:
    """Return once it happened; give up after 20 s."""
    until = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def port_of(log: Path) -> int | None:
    """Return the port that the log names, once it does."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return next((int(line["port"]) for line in lines if line.get("event") == "process.started"), None)


async def live(peers: Peers) -> None:
    """A student with a marked name starts, writes, and is named in a shortlist; sends fail in several ways."""
    chat = peers.telegram.add_person(CHAT, started=False, name=MARK)
    chat.last_name, chat.username = f"{MARK}-last", f"{MARK}_user"
    peers.telegram.world.start(CHAT, f"{MARK}-payload")
    for text in (f"I am {MARK}", f"/{MARK}", "/status"):
        peers.telegram.world.say(CHAT, text)
    peers.telegram.add_person(CHAT + 1, name=MARK)
    peers.telegram.world.start(CHAT + 1)


async def publish(peers: Peers) -> None:
    """The office names students; some answers of Telegram are lost, and one student blocks the bot."""
    students = f"<p>Shortlisted students:</p><p>{MARK} Sharma 22103001 {MARK}@mail.example</p>"
    peers.portal.publish_notice(
        {
            "identifier": "nt-marked",
            "title": "Shortlist - Acme Labs",
            "content": students,
            "publishedAt": to_ms(datetime.now(UTC)),
            "lastModifiedByUserName": f"{MARK} Coordinator",
        }
    )
    peers.telegram.fail("sendMessage", FaultKind.ERROR, code=500)
    peers.telegram.world.block(CHAT + 1)


async def shows_the_shortlist(peers: Peers) -> bool:
    return any("Acme Labs" in message.text for message in peers.telegram.world.chats[CHAT].messages.values())


async def answered(peers: Peers) -> int:
    return sum(message.from_bot for message in peers.telegram.world.chats[CHAT].messages.values())


def test_nothing_personal_and_no_secret_reaches_a_log_health_or_a_command(peers: Peers, tmp_path: Path) -> None:
    talkative = {"PLACEMENT_ALERTS__LOGGING__LEVEL": "debug", "PLACEMENT_ALERTS__LOGGING__FORMAT": "json"}
    environment = {**os.environ, **peers.environment(tmp_path), **talkative}
    accounts = [*json.loads(environment["PLACEMENT_ALERTS__SOURCES__SUPERSET__ACCOUNTS"]), WRONG]
    environment["PLACEMENT_ALERTS__SOURCES__SUPERSET__ACCOUNTS"] = json.dumps(accounts)
    log = tmp_path / "log"
    peers.do(live(peers))
    with log.open("w") as output:
        running = subprocess.Popen([*PROGRAM, "run"], env=environment, stdout=output, stderr=output)
        try:
            wait_for(lambda: port_of(log) is not None and peers.do(answered(peers)) >= 4)
            peers.do(publish(peers))
            updated = subprocess.run(
                [*PROGRAM, "update", "--json"], env=environment, capture_output=True, text=True, timeout=60, check=True
            )
            wait_for(lambda: peers.do(shows_the_shortlist(peers)))
            health = urllib.request.urlopen(f"http://127.0.0.1:{port_of(log)}/health", timeout=10).read().decode()
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=15)

    said = "\n".join([log.read_text(), updated.stdout, updated.stderr, health]).casefold()
    assert "delivery.sent" in said
    assert "partial" in health
    assert MARK.casefold() not in said
    assert peers.telegram.token not in said
