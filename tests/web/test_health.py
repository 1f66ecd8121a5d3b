import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta, timezone

import pytest
from aiohttp import ClientSession

from placement_alerts.pipeline.vitals import Part, PartState
from placement_alerts.web.health import Health, HealthRoutes, Heartbeat
from placement_alerts.web.server import plain_application, serve
from tests.web.conftest import Clock, ShownHealth

IST = timezone(timedelta(hours=5, minutes=30))


@pytest.fixture
async def client(health: ShownHealth, clock: Clock) -> AsyncIterator[ClientSession]:
    routes = HealthRoutes(health, Heartbeat(clock), "1.2.3", clock).routes()
    async with (
        serve(plain_application(routes), "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


async def test_overview_tells_the_version_and_the_server_its_name(client: ClientSession) -> None:
    async with client.get("/health") as response:
        assert response.status == 200
        assert (await response.json())["version"] == "1.2.3"
        assert response.headers["Server"] == "placement-alerts"


async def test_live_asks_nobody(client: ClientSession, health: ShownHealth) -> None:
    async with client.get("/health/live") as response:
        assert response.status == 200

    assert health.asked == 0


async def test_stuck_loop_is_not_alive(client: ClientSession, clock: Clock) -> None:
    clock.now += 5.1

    async with client.get("/health/live") as response:
        assert response.status == 503


async def test_ready_names_its_reasons(client: ClientSession, health: ShownHealth) -> None:
    health.reasons = ["the store does not answer"]

    async with client.get("/health/ready") as response:
        assert response.status == 503
        assert await response.json() == {"status": "not ready", "reasons": ["the store does not answer"]}


async def test_answer_is_kept_for_a_second(client: ClientSession, health: ShownHealth, clock: Clock) -> None:
    async with client.get("/health/ready") as first:
        assert first.status == 200
    health.reasons = ["stopping"]
    async with client.get("/health/ready") as second:
        assert second.status == 200
    clock.now += 1
    async with client.get("/health/ready") as third:
        assert third.status == 503

    assert health.asked == 2


async def test_overview_has_every_field_of_every_part(client: ClientSession, health: ShownHealth) -> None:
    health.shown = {
        "store": Part(PartState.OK),
        "superset": Part(
            PartState.DEGRADED,
            last_success=datetime(2026, 1, 27, 17, 30, 0, 123999, tzinfo=IST),
            next_run=datetime(2026, 1, 27, 18, 30, tzinfo=IST),
            backlog=3,
            oldest_due_s=1.23456,
            error="refused",
        ),
        "webpush": Part(PartState.OFF),
    }
    nothing = {"last_success": None, "next_run": None, "backlog": None, "oldest_due_s": None, "error": None}

    async with client.get("/health") as response:
        assert response.status == 200
        assert await response.json() == {
            "status": "degraded",
            "version": "1.2.3",
            "parts": {
                "store": {"state": "ok", **nothing},
                "superset": {
                    "state": "degraded",
                    "last_success": "2026-01-27T12:00:00.123Z",
                    "next_run": "2026-01-27T13:00:00.000Z",
                    "backlog": 3,
                    "oldest_due_s": 1.235,
                    "error": "refused",
                },
                "webpush": {"state": "off", **nothing},
            },
        }


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([PartState.OK, PartState.OFF], "healthy"),
        ([PartState.OK, PartState.DEGRADED], "degraded"),
        ([PartState.DEGRADED, PartState.DOWN], "down"),
    ],
)
async def test_worst_part_decides_and_the_answer_is_200(
    client: ClientSession, health: ShownHealth, states: list[PartState], status: str
) -> None:
    health.shown = {f"part{number}": Part(state) for number, state in enumerate(states)}

    async with client.get("/health") as response:
        assert response.status == 200
        assert (await response.json())["status"] == status


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_head_is_answered_like_get_without_a_body(client: ClientSession, path: str) -> None:
    async with client.head(path) as response:
        assert response.status == 200
        assert await response.read() == b""


class SilentHealth:
    async def ready(self) -> list[str]:
        await asyncio.Event().wait()
        return []

    async def parts(self) -> Mapping[str, Part]:
        await asyncio.Event().wait()
        return {}


async def test_application_that_hangs_is_told_in_time(clock: Clock) -> None:
    silent: Health = SilentHealth()
    routes = HealthRoutes(silent, Heartbeat(clock), "1", clock).routes()
    async with (
        serve(plain_application(routes), "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}") as client,
        asyncio.timeout(5),
        client.get("/health/ready") as ready,
        client.get("/health") as overview,
    ):
        assert ready.status == 503
        assert (await overview.json())["status"] == "down"


async def test_heartbeat_beats_while_the_loop_turns(clock: Clock) -> None:
    heartbeat = Heartbeat(clock)
    clock.now += 60
    beating = asyncio.create_task(heartbeat.run())
    await asyncio.sleep(0)

    assert heartbeat.age_s() == 0

    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
