"""What the pipeline asks of a source."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from placement_alerts.core.item import Fetched, KnownItem


class Source(Protocol):
    """A place where the placement office speaks."""

    @property
    def name(self) -> str:
        """The source's name in notices, settings and health."""

    async def fetch(self, known: Mapping[str, KnownItem], now: datetime) -> Fetched:
        """Read the source once. known: what is stored of its items, by key.

        A failing part is reported in the result; PeerError is raised when nothing could be read at all.
        """

    async def check(self) -> list[str]:
        """Try to log in everywhere; return one line for each account. Raises PeerError when none works."""
