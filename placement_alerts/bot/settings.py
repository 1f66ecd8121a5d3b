"""What handlers need to know of the configuration."""

from dataclasses import dataclass

from placement_alerts.bot.texts import Link


@dataclass(frozen=True, slots=True)
class BotSettings:
    """default_year: of students who join. links: what /web and /start show."""

    default_year: str
    links: tuple[Link, ...] = ()
