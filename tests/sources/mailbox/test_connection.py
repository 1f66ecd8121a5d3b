"""The connection to a mailbox, and what becomes of it when the server fails."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sources.mailbox.connection import Connection, connect
from tests.sources.mailbox.builders import TIMEOUT_S, USERNAME, a_raw_mail, settings_for
from tests.store.tcp_proxy import tcp_proxy

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


async def do_nothing(mailbox: SimulatedMailbox, **values: Any) -> None:
    async with connect(settings_for(mailbox, **values), None):
        pass


async def test_refused_login_says_what_to_do_and_nobodys_address(mailbox: SimulatedMailbox) -> None:
    mailbox.fail("LOGIN", mailbox_faults.refuse(f"NO [AUTHENTICATIONFAILED] {USERNAME} is wrong"))

    with pytest.raises(PeerRefused, match="app password") as refused:
        await do_nothing(mailbox)

    assert "college.example" not in str(refused.value)


@pytest.mark.parametrize(
    "words", ["NO [UNAVAILABLE] later", "NO [ALERT] Too many simultaneous connections. (Failure)", "NO [LIMIT] x"]
)
async def test_login_refused_for_now_is_no_wrong_password(mailbox: SimulatedMailbox, words: str) -> None:
    mailbox.fail("LOGIN", mailbox_faults.refuse(words))

    with pytest.raises(PeerUnreachable, match="for now"):
        await do_nothing(mailbox)


@pytest.mark.parametrize("value", ["a\r\nX LOGOUT", "a\0b"])
@pytest.mark.parametrize("key", ["username", "password"])
async def test_line_break_in_credentials_sends_nothing(mailbox: SimulatedMailbox, key: str, value: str) -> None:
    with pytest.raises(PeerRefused, match="line break"):
        await do_nothing(mailbox, **{key: value})

    assert mailbox.counted("LOGIN") == 0


async def test_unknown_folder_is_named(connection: Connection) -> None:
    with pytest.raises(PeerRefused, match=r"refused the folder 'Placements' of sources\.mailbox\.folders$"):
        await connection.open_folder("Placements")


async def test_server_that_does_not_listen_is_no_connection(mailbox: SimulatedMailbox) -> None:
    await mailbox.stop()

    with pytest.raises(ConnectionLost, match="no connection to 127"):
        await do_nothing(mailbox)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (mailbox_faults.say(b"* BYE too busy\r\n"), PeerUnreachable),
        (mailbox_faults.cut(), ConnectionLost),
        (mailbox_faults.hang(), PeerUnreachable),
        (mailbox_faults.drip(), PeerUnreachable),
        (mailbox_faults.flood(), PeerNonsense),
        (mailbox_faults.say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), PeerNonsense),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_greeting_that_is_none_is_an_error_in_time(
    mailbox: SimulatedMailbox, fault: Fault, error: type[PeerError]
) -> None:
    mailbox.fail("GREETING", fault)

    with pytest.raises(error):
        await do_nothing(mailbox)


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


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    "words", ["[UNAVAILABLE] later", "[ALERT] Account exceeded command or bandwidth limits. (Failure)", "[THROTTLED]"]
)
async def test_refusal_that_time_mends_calls_for_nobody(
    mailbox: SimulatedMailbox, connection: Connection, command: str, words: str
) -> None:
    mailbox.fail(command, mailbox_faults.refuse(f"NO {words}"))

    with pytest.raises(PeerUnreachable, match="for now"):
        await USES[command](connection)


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


async def test_server_that_hangs_at_logout_is_left(mailbox: SimulatedMailbox) -> None:
    mailbox.fail("LOGOUT", mailbox_faults.hang())

    await do_nothing(mailbox)

    assert mailbox.counted("LOGOUT") == 1


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


async def test_server_without_idle_says_so(mailbox: SimulatedMailbox) -> None:
    mailbox.has_idle = False

    async with connect(settings_for(mailbox), None) as connection:
        await connection.open_folder("INBOX")
        with pytest.raises(PeerRefused, match="no IDLE"):
            await connection.wait_for_change(60, lambda: None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@pytest.fixture
async def tls_port(mailbox: SimulatedMailbox, certificate: Path) -> AsyncIterator[int]:
    """The port of the mailbox behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with tcp_proxy(mailbox.port, tls=context) as proxy:
        yield proxy.port


async def test_certificate_of_nobody_ends_the_connection(mailbox: SimulatedMailbox, tls_port: int) -> None:
    settings = settings_for(mailbox, port=tls_port, tls=True)

    with pytest.raises(PeerUnreachable, match="certificate of 127"):
        async with connect(settings, ssl.create_default_context()):
            pass

    assert mailbox.counted("LOGIN") == 0


async def test_trusted_certificate_is_taken(mailbox: SimulatedMailbox, tls_port: int, certificate: Path) -> None:
    settings = settings_for(mailbox, port=tls_port, tls=True)

    async with connect(settings, ssl.create_default_context(cafile=str(certificate))) as connection:
        assert (await connection.open_folder("INBOX")).mails == 0
