"""What handlers need to know of the configuration."""

from dataclasses import dataclass

from placement_alerts.bot.texts import Link
from placement_alerts.pipeline.figures import Figures


@dataclass(frozen=True, slots=True)
class BotSettings:
    """default_year: of students who join. links: what /web and /start show. admins: Telegram user ids.

    public_url: how the world reaches our pages, without a slash at its end; "": it does not. figures: for /stats;
    None: there are none.
    """

    default_year: str
    links: tuple[Link, ...] = ()
    admins: frozenset[int] = frozenset()
    public_url: str = ""
    figures: Figures | None = None

    def page(self, path: str) -> str | None:
        """Return the address of one of our pages, or None if the world does not reach them. path: "/statistics"."""
        return f"{self.public_url.rstrip('/')}{path}" if self.public_url else None
