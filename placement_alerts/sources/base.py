"""What the pipeline asks of a source. There are three natures: a listing, a mailbox, a page."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from placement_alerts.core.item import Fetched, KnownItem
from placement_alerts.core.mail import Arrival, Cursor
from placement_alerts.core.official import Snapshot, Validators


class Source(Protocol):
    """A place where the placement office speaks, as a list of items that come, change and vanish."""

    @property
    def name(self) -> str:
        """The source's name in notices, settings and health."""

    async def fetch(self, known: Mapping[str, KnownItem], now: datetime) -> Fetched:
        """Read the source once. known: what is stored of its items, by key.

        A failing part is reported in the result; PeerError is raised when nothing could be read at all.
        """

    async def check(self) -> list[str]:
        """Try to log in everywhere; return one line for each account. Raises PeerError when none works."""


class MailboxSession(Protocol):
    """One connection to a mailbox, for one poll."""

    def arrivals(self, cursors: Mapping[str, Cursor]) -> AsyncIterator[Arrival]:
        """Yield every mail above its folder's cursor, folder by folder, oldest first, whatever its flags.

        cursors: how far each folder was read, by folder; a folder without one, or whose UIDVALIDITY changed, is read
        from its start. A mail that cannot be decoded comes as `damaged`. Raises PeerError.
        """

    async def settle(self, arrival: Arrival) -> None:
        r"""Flag a mail \Seen: all that it gave is stored. Does nothing for one that is `seen`. Raises PeerError."""


class Mailbox(Protocol):
    """A mailbox that gets the office's mail."""

    @property
    def name(self) -> str:
        """The source's name in notices, settings and health."""

    @property
    def folders(self) -> Sequence[str]:
        """The names of the folders that it reads."""

    def session(self, now: datetime) -> AbstractAsyncContextManager[MailboxSession]:
        """Connect and log in. now: for mails without any time. Raises PeerError."""

    async def watch(self, ring: Callable[[], None]) -> None:
        """Call `ring` whenever the server says that something arrived, until cancelled; reconnects by itself.

        Where the server has no IDLE, or the connection fails, it rings every few minutes instead. Raises no PeerError.
        """

    async def check(self) -> list[str]:
        """Log in and look at every folder; return one line for each. Raises PeerError."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """What one fetch of the page gave. snapshot None: the server said that it did not change.

    alarm: why the page is no longer understood, or what of it is missing, in words; None: all is well.
    """

    snapshot: Snapshot | None
    validators: Validators | None
    alarm: str | None = None


class Page(Protocol):
    """The official placement page."""

    @property
    def name(self) -> str:
        """The source's name in notices, settings and health."""

    async def fetch(self, validators: Validators | None, now: datetime) -> PageRead:
        """Read the page once. Raises PeerError."""

    async def check(self) -> list[str]:
        """Read the page and return one line of what was understood. Raises PeerError."""
