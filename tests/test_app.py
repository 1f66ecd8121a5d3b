"""The composition root: what only the whole process shows."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from placement_alerts.app_sources import open_sources
from placement_alerts.config.models import Config
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint
from placement_alerts.sources.superset.source import SupersetSource
from tests.peers import Peers, running_peers

PROGRAM = [sys.executable, "-m", "placement_alerts"]


@pytest.fixture
def peers() -> Iterator[Peers]:
    with running_peers() as peers:
        yield peers


@pytest.fixture
def environment(peers: Peers, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, **peers.environment(tmp_path)}


def wait_for(happened: Callable[[], bool], longest_s: float = 20.0) -> float:
    """Return after how many seconds it happened."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < longest_s
        time.sleep(0.02)
    return time.monotonic() - began


async def ask(peers: Peers, text: str) -> int:
    """Let a student write; return how many answers there were before."""
    peers.telegram.world.say(7, text)
    return len(peers.telegram.sends.get(7, ()))


async def answers(peers: Peers) -> int:
    return len(peers.telegram.sends.get(7, ()))


async def hang(peers: Peers) -> None:
    peers.telegram.add_person(7)
    peers.portal.fail(Endpoint.LOGIN, http_faults.silence(), times=1000)


async def asked_to_log_in(peers: Peers) -> int:
    return peers.portal.counted(Endpoint.LOGIN)


async def test_an_account_without_a_year_reads_for_the_active_one() -> None:
    accounts = [{"email": "a@x.example", "password": "p"}, {"email": "b@x.example", "password": "p", "year": "202526"}]
    config = Config.model_validate(
        {"years": {"active": "202627", "default": "202627"}, "sources": {"superset": {"accounts": accounts}}}
    )

    async with HttpClient(allow_private=True) as http:
        source = open_sources(config, http).listings["superset"]

    assert isinstance(source, SupersetSource)
    assert [account.year for account in source._settings.accounts] == ["202627", "202526"]


def test_a_hung_portal_leaves_students_answered_at_once_and_the_stop_quick(
    peers: Peers, environment: dict[str, str]
) -> None:
    peers.do(hang(peers))
    running = subprocess.Popen([*PROGRAM, "run"], env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: peers.do(asked_to_log_in(peers)) > 0)
        peers.do(ask(peers, "/start"))
        wait_for(lambda: peers.do(answers(peers)) > 0)
        before = peers.do(ask(peers, "/status"))
        took_s = wait_for(lambda: peers.do(answers(peers)) > before)
    finally:
        running.send_signal(signal.SIGTERM)
        stopped_s = wait_for(lambda: running.poll() is not None)

    assert took_s < 1.0
    assert stopped_s < 5.0
    assert running.returncode == 0
