"""The demo's content: the same for the same seed, invented, and carried out in its order."""

import re
from datetime import UTC, datetime
from typing import Any

from placement_alerts.sandbox.portal import SimulatedPortal
from placement_alerts.sandbox.portal_content import LOGINS, OfficeEvent, fill, play, script

NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
SEED = 7


async def played(seed: int) -> tuple[SimulatedPortal, list[OfficeEvent[Any]], list[float]]:
    portal = SimulatedPortal(LOGINS, now=lambda: NOW)
    told: list[OfficeEvent[Any]] = []
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    fill(portal, seed, NOW)
    await play(portal, script(seed, NOW), told.append, sleep)
    return portal, told, waits


async def test_script_runs_on_what_was_filled_in() -> None:
    portal, told, waits = await played(SEED)

    assert [event.what for event in told] == [event.what for event in script(SEED, NOW)]
    assert sum(waits) == told[-1].after_s
    assert {"nt-201", "nt-202", "nt-204", "nt-205"} <= set(portal.listed_notices())
    assert "nt-203" not in portal.listed_notices()


async def test_first_events_fit_into_ten_seconds_and_one_of_them_is_an_edit() -> None:
    early = [event.what for event in script(SEED, NOW) if event.after_s < 8]

    assert len(early) == 3
    assert "extends the deadline" in early[2]


async def test_same_seed_gives_the_same_portal() -> None:
    first, _, _ = await played(SEED)
    second, _, _ = await played(SEED)
    other, _, _ = await played(SEED + 1)

    assert first.listed_notices() == second.listed_notices()
    assert first.listed_notices() != other.listed_notices()


async def test_every_host_is_a_reserved_one() -> None:
    portal, _, _ = await played(SEED)

    hosts = re.findall(r"https?://([^/\"]+)", str(portal.listed_notices()))
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []
