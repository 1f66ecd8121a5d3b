"""What handlers need to know of the configuration."""

from dataclasses import dataclass
from datetime import tzinfo

from placement_alerts.bot.texts import Link


@dataclass(frozen=True, slots=True)
class BotSettings:
    """default_year: of students who join. zone: in which dates are shown. links: what /web and /start show."""

    default_year: str
    zone: tzinfo
    links: tuple[Link, ...] = ()
