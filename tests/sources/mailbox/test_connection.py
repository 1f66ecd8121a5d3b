"""The connection to a mailbox, and what becomes of it when the server fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sources.mailbox.access import connect
from placement_alerts.sources.mailbox.connection import Connection
from tests.sources.mailbox.builders import TIMEOUT_S, a_raw_mail, settings_for

Use = Callable[[Connection], Awaitable[object]]
USES: dict[str, Use] = {
    "SELECT": lambda connection: connection.open_folder("INBOX"),
    "SEARCH": lambda connection: connection.uids_above(0),
    "FETCH": lambda connection: connection.fetch(1, 0, 1000),
    "STORE": lambda connection: connection.flag_seen(1),
}


@pytest.fixture
async def connection(mailbox: SimulatedMailbox) -> AsyncIterator[Connection]:
    """A connection to a mailbox with one mail; the inbox is open."""
    mailbox.deliver(a_raw_mail(1))
    async with connect(settings_for(mailbox), None) as connection:
        await connection.open_folder("INBOX")
        yield connection


async def test_unknown_folder_is_named(connection: Connection) -> None:
    with pytest.raises(PeerRefused, match=r"refused the folder 'Placements' of sources\.mailbox\.folders$"):
        await connection.open_folder("Placements")


@pytest.mark.parametrize("command", USES)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (mailbox_faults.bye(), ConnectionLost),
        (mailbox_faults.cut(), ConnectionLost),
        (mailbox_faults.cut_inside(), ConnectionLost),
        (mailbox_faults.hang(), PeerUnreachable),
        (mailbox_faults.flood(), (PeerNonsense, PeerUnreachable)),  # too much, or on a busy machine too late
        (mailbox_faults.say(b"A1 OK I answer somebody else\r\n"), PeerNonsense),
        (mailbox_faults.say(b"* 1 FETCH (BODY[] {99999999999}\r\n"), PeerUnreachable),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_failing_command_is_an_error_in_time(
    mailbox: SimulatedMailbox, connection: Connection, command: str, fault: Fault, error: Any
) -> None:
    mailbox.fail(command, fault)

    with pytest.raises(error):
        await USES[command](connection)


async def test_slow_drip_ends_at_the_deadline(mailbox: SimulatedMailbox, connection: Connection) -> None:
    mailbox.fail("FETCH", mailbox_faults.drip())
    began = asyncio.get_running_loop().time()

    with pytest.raises(PeerUnreachable, match="did not answer FETCH"):
        await connection.fetch(1, 0, 1000)

    assert asyncio.get_running_loop().time() - began < 2 * TIMEOUT_S


@pytest.mark.parametrize("command", ["SEARCH", "FETCH"])
async def test_refused_command_is_no_empty_answer(
    mailbox: SimulatedMailbox, connection: Connection, command: str
) -> None:
    mailbox.fail(command, mailbox_faults.refuse("NO [SERVERBUG] Internal error"))

    with pytest.raises(PeerRefused, match=command):
        await USES[command](connection)


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH", "STORE"])
@pytest.mark.parametrize(
    "words", ["[UNAVAILABLE] later", "[ALERT] Account exceeded command or bandwidth limits. (Failure)", "[THROTTLED]"]
)
async def test_refusal_that_time_mends_calls_for_nobody(
    mailbox: SimulatedMailbox, connection: Connection, command: str, words: str
) -> None:
    mailbox.fail(command, mailbox_faults.refuse(f"NO {words}"))

    with pytest.raises(PeerUnreachable, match="for now"):
        await USES[command](connection)


async def test_mail_that_the_server_says_is_expunged_is_gone(mailbox: SimulatedMailbox, connection: Connection) -> None:
    mailbox.expunge(1)
    mailbox.fail("FETCH", mailbox_faults.refuse("NO [EXPUNGEISSUED] Some messages were already expunged"))

    assert await connection.fetch(1, 0, 1000) is None


async def test_failed_connection_fails_at_once_from_then_on(mailbox: SimulatedMailbox, connection: Connection) -> None:
    mailbox.fail("SEARCH", mailbox_faults.cut())
    with pytest.raises(ConnectionLost):
        await connection.uids_above(0)

    with pytest.raises(ConnectionLost):
        await connection.fetch(1, 0, 1000)


async def test_thousands_of_lines_that_nobody_asked_for_are_borne(
    mailbox: SimulatedMailbox, connection: Connection
) -> None:
    mailbox.fail("SEARCH", mailbox_faults.chatter(*(f"{number} FETCH (FLAGS (\\Seen))" for number in range(5000))))

    uids = await connection.uids_above(0)

    assert uids == [1]


async def test_no_more_is_taken_than_was_asked_for(mailbox: SimulatedMailbox, connection: Connection) -> None:
    mailbox.fail("FETCH", mailbox_faults.say(b"* 1 FETCH (UID 1 BODY[] {9000000}\r\n" + b"x" * 9_000_000))

    with pytest.raises(PeerNonsense, match="more than was asked for"):
        await connection.fetch(1, 0, 1000)


async def test_command_that_is_cancelled_leaves_nothing_behind(
    mailbox: SimulatedMailbox, connection: Connection
) -> None:
    mailbox.fail("FETCH", mailbox_faults.hang())
    before = asyncio.all_tasks()

    fetching = asyncio.create_task(connection.fetch(1, 0, 1000))
    await mailbox.until(lambda: mailbox.counted("FETCH") == 1)
    fetching.cancel()
    await asyncio.wait({fetching})

    assert asyncio.all_tasks() == before


async def test_arrival_ends_the_waiting(mailbox: SimulatedMailbox, connection: Connection) -> None:
    arrived = await connection.wait_for_change(60, lambda: mailbox.deliver(a_raw_mail(2)))

    assert arrived


async def test_waiting_ends_without_arrival_too(connection: Connection) -> None:
    assert not await connection.wait_for_change(0.01, lambda: None)


async def test_connection_is_of_use_after_waiting(mailbox: SimulatedMailbox, connection: Connection) -> None:
    await connection.wait_for_change(60, lambda: mailbox.deliver(a_raw_mail(2)))

    assert await connection.uids_above(1) == [2]


async def test_mail_expunged_meanwhile_is_no_arrival(mailbox: SimulatedMailbox, connection: Connection) -> None:
    assert not await connection.wait_for_change(0.1, lambda: mailbox.expunge(1))


async def test_arrival_told_with_the_end_of_waiting_counts(mailbox: SimulatedMailbox, connection: Connection) -> None:
    mailbox.fail("DONE", mailbox_faults.chatter("2 EXISTS"))

    assert await connection.wait_for_change(0.01, lambda: None)


@pytest.mark.parametrize(
    ("command", "fault", "error"),
    [
        ("IDLE", mailbox_faults.refuse("BAD not today"), PeerRefused),
        ("IDLE", mailbox_faults.hang(), PeerUnreachable),
        ("IDLE", mailbox_faults.bye(), ConnectionLost),
        ("IDLE", mailbox_faults.say(b"+ idling\r\n* BYE\r\n"), ConnectionLost),
        ("IDLE", mailbox_faults.say(b"{tag} OK done\r\n"), PeerRefused),
        ("DONE", mailbox_faults.hang(), PeerUnreachable),
        ("DONE", mailbox_faults.cut(), ConnectionLost),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_failing_wait_is_an_error_in_time(
    mailbox: SimulatedMailbox, connection: Connection, command: str, fault: Fault, error: type[PeerError]
) -> None:
    mailbox.fail(command, fault)

    with pytest.raises(error):
        await connection.wait_for_change(0.1, lambda: None)


async def test_server_that_ends_the_waiting_by_itself_is_a_lost_connection(
    mailbox: SimulatedMailbox, connection: Connection
) -> None:
    listening = asyncio.Event()

    async def agree_and_end(writer: asyncio.StreamWriter, tag: str, _answer: bytes) -> None:
        writer.write(b"+ idling\r\n")
        await listening.wait()
        writer.write(f"{tag} OK done\r\n".encode())

    mailbox.fail("IDLE", Fault("ends", agree_and_end, closes=False))

    with pytest.raises(ConnectionLost, match="ended IDLE"):
        await connection.wait_for_change(60, listening.set)


async def test_server_without_idle_says_so(mailbox: SimulatedMailbox) -> None:
    mailbox.has_idle = False

    async with connect(settings_for(mailbox), None) as connection:
        await connection.open_folder("INBOX")
        with pytest.raises(PeerRefused, match="no IDLE"):
            await connection.wait_for_change(60, lambda: None)
