"""Simulated peers on a loop of their own, for tests whose program runs in another process."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from placement_alerts.sandbox.portal import PortalLogin, SimulatedPortal
from placement_alerts.sandbox.portal_content import LOGINS, fill
from placement_alerts.sandbox.telegram_api import SimulatedTelegram

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Peers:
    """A portal with some history and a Telegram, both running. Touch them through `do`."""

    portal: SimulatedPortal
    telegram: SimulatedTelegram
    loop: asyncio.AbstractEventLoop
    logins: Sequence[PortalLogin]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the peers' loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def environment(self, folder: Path) -> dict[str, str]:
        """Return settings that make the program use these peers and a store in `folder`."""
        accounts = [{"email": login.email, "password": login.password} for login in self.logins]
        settings = {
            "DATABASE__URL": f"sqlite:///{folder}/store.db",
            "WEB__PORT": "0",
            "TELEGRAM__TOKEN": self.telegram.token,
            "TELEGRAM__API_BASE": self.telegram.base_url,
            "TELEGRAM__PER_CHAT_SECONDS": "0",
            "SOURCES__SUPERSET__BASE_URL": self.portal.base_url,
            "SOURCES__SUPERSET__PUBLIC_KEY": self.portal.public_key,
            "SOURCES__SUPERSET__ACCOUNTS": json.dumps(accounts),
        }
        return {f"PLACEMENT_ALERTS__{name}": value for name, value in settings.items()}


@contextmanager
def running_peers(logins: Sequence[PortalLogin] = LOGINS) -> Iterator[Peers]:
    """Run the peers in a thread while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    peers = Peers(SimulatedPortal(logins), SimulatedTelegram(), loop, logins)
    try:
        peers.do(_open(peers))
        yield peers
    finally:
        peers.do(_close(peers))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(peers: Peers) -> None:
    await peers.portal.start()
    await peers.telegram.open()
    fill(peers.portal, 7, datetime.now(UTC))


async def _close(peers: Peers) -> None:
    await peers.telegram.close()
    await peers.portal.stop()
