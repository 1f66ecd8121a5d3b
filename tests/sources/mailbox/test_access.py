"""Getting into a mailbox: the greeting, the certificate, the login, and leaving."""

import ssl
from collections.abc import AsyncIterator
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
from placement_alerts.sources.mailbox.access import connect
from tests.sources.mailbox.builders import USERNAME, settings_for
from tests.store.tcp_proxy import tcp_proxy


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


async def test_login_without_tls_that_the_server_forbids_sends_no_password(mailbox: SimulatedMailbox) -> None:
    mailbox.fail("CAPABILITY", mailbox_faults.say(b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK done\r\n"))

    with pytest.raises(PeerRefused, match="takes no password without TLS"):
        await do_nothing(mailbox)

    assert mailbox.counted("LOGIN") == 0


@pytest.mark.parametrize("host", ["imap..example.com", "a" * 64 + ".example"])
async def test_host_that_is_no_name_is_named(mailbox: SimulatedMailbox, host: str) -> None:
    with pytest.raises(PeerRefused, match="is no name of a server"):
        await do_nothing(mailbox, host=host)


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


async def test_server_that_hangs_at_logout_is_left(mailbox: SimulatedMailbox) -> None:
    mailbox.fail("LOGOUT", mailbox_faults.hang())

    await do_nothing(mailbox)

    assert mailbox.counted("LOGOUT") == 1


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
