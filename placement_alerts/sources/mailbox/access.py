"""Getting into a mailbox: reach the server, have it prove who it is, log in."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from placement_alerts.errors import ConnectionLost, PeerRefused, PeerUnreachable
from placement_alerts.sources.mailbox.connection import Connection, Protocol
from placement_alerts.sources.mailbox.settings import MailboxSettings

KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}  # seconds; routers forget after minutes


@asynccontextmanager
async def connect(settings: MailboxSettings, tls: ssl.SSLContext | None) -> AsyncIterator[Connection]:
    """Connect and log in. tls: None for a connection in plain text."""
    protocol = Protocol(asyncio.get_running_loop())
    connection = Connection(protocol, settings.timeout_s)
    try:
        await _reach(protocol, settings, tls)
        await connection.login(settings.username, settings.password.get_secret_value())
        yield connection
    finally:
        await connection.close()


async def _reach(protocol: Protocol, settings: MailboxSettings, tls: ssl.SSLContext | None) -> None:
    where = f"{settings.host}:{settings.port}"
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(settings.timeout_s):
            transport, _ = await loop.create_connection(lambda: protocol, settings.host, settings.port, ssl=tls)
            _keep_alive(transport.get_extra_info("socket"))
            await protocol.unless_lost(protocol.wait("AUTH|NONAUTH"))
    except ssl.SSLCertVerificationError as error:
        reason = f"the certificate of {where} is not to be trusted ({error.verify_message}): check sources.mailbox.host"
        raise PeerUnreachable(reason) from error
    except UnicodeError:  # of the name, before it is looked up
        raise PeerRefused(f"{settings.host!r} is no name of a server: check sources.mailbox.host") from None
    except TimeoutError:
        raise PeerUnreachable(f"no greeting of {where} in {settings.timeout_s:g} s") from None
    except OSError as error:
        raise ConnectionLost(f"no connection to {where}: {error.strerror or type(error).__name__}") from error


def _keep_alive(connected: socket.socket) -> None:
    """Let the system find out that the other side is gone, while we only listen for minutes."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        if hasattr(socket, option):  # not everywhere by these names
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
