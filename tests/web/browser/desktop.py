"""A desktop's notification service on a session bus of its own: shows what Chromium asks for, and can be clicked.

https://specifications.freedesktop.org/notification-spec/latest/
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME = "org.freedesktop.Notifications"
DAEMON = ("dbus-daemon", "--session", "--nofork", "--print-address=1")

U32 = Annotated[int, DBusSignature("u")]
I32 = Annotated[int, DBusSignature("i")]
Text = Annotated[str, DBusSignature("s")]
Texts = Annotated[list[str], DBusSignature("as")]
Hints = Annotated[dict[str, object], DBusSignature("a{sv}")]
Server = Annotated[tuple[str, str, str, str], DBusSignature("ssss")]
Closing = Annotated[tuple[int, int], DBusSignature("uu")]
Press = Annotated[tuple[int, str], DBusSignature("us")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification on the screen."""

    id: int
    title: str
    body: str
    actions: tuple[str, ...]


class Desktop(ServiceInterface):
    """What stands on the screen, in the order in which it came. address: of the bus."""

    def __init__(self, address: str) -> None:
        super().__init__(NAME)
        self.address = address
        self.shown: asyncio.Queue[Shown] = asyncio.Queue()
        self._last = 0

    @dbus_method()
    def GetCapabilities(self) -> Texts:  # noqa: N802 - the specification's name
        return ["actions", "body", "persistence"]

    @dbus_method()
    def GetServerInformation(self) -> Server:  # noqa: N802 - the specification's name
        return ("stub", "tests", "1.0", "1.2")

    @dbus_method()
    def Notify(  # noqa: N802 - the specification's name
        self, app: Text, replaces: U32, icon: Text, summary: Text, body: Text, actions: Texts, hints: Hints, expire: I32
    ) -> U32:
        self._last = replaces or self._last + 1
        self.shown.put_nowait(Shown(self._last, summary, body, tuple(actions)))
        return self._last

    @dbus_method()
    def CloseNotification(self, identifier: U32) -> None:  # noqa: N802 - the specification's name
        self.NotificationClosed(identifier, 3)

    @dbus_signal()
    def NotificationClosed(self, identifier: U32, reason: U32) -> Closing:  # noqa: N802 - the specification's name
        return (identifier, reason)

    @dbus_signal()
    def ActionInvoked(self, identifier: U32, action: Text) -> Press:  # noqa: N802 - the specification's name
        return (identifier, action)

    async def next(self) -> Shown:
        """Return the next notification, once it is on the screen."""
        async with asyncio.timeout(10):
            return await self.shown.get()

    def click(self, shown: Shown) -> None:
        """Do what a person does who presses the notification."""
        self.ActionInvoked(shown.id, "default")


@asynccontextmanager
async def open_desktop() -> AsyncIterator[Desktop]:
    """Run a session bus with the service on it."""
    daemon = await asyncio.create_subprocess_exec(*DAEMON, stdout=asyncio.subprocess.PIPE)
    try:
        assert daemon.stdout is not None
        async with asyncio.timeout(5):
            address = (await daemon.stdout.readline()).decode().strip()
        bus = await MessageBus(bus_address=address).connect()
        desktop = Desktop(address)
        bus.export("/org/freedesktop/Notifications", desktop)
        await bus.request_name(NAME)
        yield desktop
        bus.disconnect()
    finally:
        daemon.terminate()
        await daemon.wait()
