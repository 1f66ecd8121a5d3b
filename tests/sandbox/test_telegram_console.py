"""What a test or a person does to the simulated Telegram: faults, the console and the page of chats."""

import asyncio
import json

import aiohttp
import pytest

from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_chats import World
from placement_alerts.sandbox.telegram_console import page_state
from placement_alerts.sandbox.telegram_faults import FaultKind, Storm
from tests.sandbox.conftest import STUDENT, Caller


async def test_lost_answer_is_accepted_all_the_same(telegram: SimulatedTelegram, call: Caller) -> None:
    telegram.fail("sendMessage", FaultKind.LOST)

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=STUDENT, text="x")

    assert len(telegram.sends[STUDENT]) == 1
    assert telegram.calls[-1].code == 0


async def test_reset_call_is_not_accepted(telegram: SimulatedTelegram, call: Caller) -> None:
    telegram.fail("sendMessage", FaultKind.RESET)

    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=STUDENT, text="x")

    assert not telegram.sends


async def test_storm_is_the_same_for_the_same_seed(telegram: SimulatedTelegram, call: Caller) -> None:
    def codes() -> list[int]:
        telegram.storm(Storm(seed=3, floods=0.2, server_errors=0.3))
        faults = [telegram.faults.next("sendMessage", STUDENT) for _ in range(200)]
        return [fault.code if fault else 200 for fault in faults]

    assert codes() == codes()
    assert set(codes()) == {200, 429, 502}


async def test_another_process_reads_the_log_and_orders_faults(telegram: SimulatedTelegram, call: Caller) -> None:
    await call.console("faults", method="sendMessage", code=403, description="Forbidden: bot was blocked by the user")
    await call("sendMessage", chat_id=STUDENT, text="refused")
    await call("sendMessage", chat_id=STUDENT, text="accepted")

    summary = await call.console("summary")
    sends = await call.console("sends")

    assert summary["accepted"] == 1
    assert summary["calls"] == {"sendMessage": {"403": 1, "200": 1}}
    assert [text for _, text, _ in sends[str(STUDENT)]] == ["accepted"]


async def test_persons_are_played_over_http(telegram: SimulatedTelegram, call: Caller) -> None:
    (person,) = await call.console("chats", count=1)

    await call.console(f"chats/{person}/start", payload="x")
    await call.console(f"chats/{person}/say", text="hi")
    await call.console(f"chats/{person}/block", now=True)
    refused = await call("sendMessage", chat_id=person, text="x")
    await call.console(f"chats/{person}/unblock", now=True)

    assert refused["description"] == "Forbidden: bot was blocked by the user"
    assert (await call("sendMessage", chat_id=person, text="x"))["ok"]


async def test_page_loads_nothing_from_elsewhere(telegram: SimulatedTelegram, call: Caller) -> None:
    bodies = []
    for path in ("", "sandbox/chat_page.css", "sandbox/chat_page.js"):
        async with call.session.get(f"{telegram.base_url}/{path}") as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            bodies.append(await response.text())

    assert not [body for body in bodies if "//cdn" in body or "@import" in body or 'src="http' in body]


async def test_stream_begins_with_the_state_and_then_brings_changes(telegram: SimulatedTelegram, call: Caller) -> None:
    await call("sendMessage", chat_id=STUDENT, text="before")
    async with asyncio.timeout(5), call.session.get(f"{telegram.base_url}/sandbox/stream?chat={STUDENT}") as stream:
        first = json.loads((await stream.content.readline()).removeprefix(b"data: "))
        await stream.content.readline()
        await call("sendMessage", chat_id=STUDENT, text="after")
        second = json.loads((await stream.content.readline()).removeprefix(b"data: "))

    assert [message["text"] for message in first["messages"]] == ["before"]
    assert [message["text"] for message in second["messages"]] == ["after"]


def test_state_of_the_page_tells_only_what_changed() -> None:
    world = World()
    seen, other = world.add_chat(1, "Aarav", started=True), world.add_chat(2, "Diya", started=True)
    world.write(seen, "one", from_bot=True)
    tick = world.tick
    world.write(other, "two", from_bot=True)

    state = page_state(world, 1, tick)

    assert [chat["name"] for chat in state["chats"]] == ["Diya"]
    assert state["messages"] == []


async def test_receipts_of_the_side_panel(call: Caller) -> None:
    async def rows() -> list[dict[str, str]]:
        return [{"state": "sent"}]

    async with SimulatedTelegram(receipts=rows) as telegram:
        assert await Caller(call.session, telegram).console("receipts") == [{"state": "sent"}]


async def test_deep_link_leads_to_the_chat_with_its_code(telegram: SimulatedTelegram) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{telegram.base_url}/open/anybot?start=a_B-9", allow_redirects=False) as response,
    ):
        assert (response.status, response.headers["Location"]) == (302, "/?start=a_B-9")


async def test_deep_link_with_anything_else_is_refused(telegram: SimulatedTelegram) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{telegram.base_url}/open/anybot?start=//evil", allow_redirects=False) as response,
    ):
        assert response.status == 400
