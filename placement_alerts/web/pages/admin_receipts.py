"""What became of a notice's deliveries, as the parts of one bar: seen, delivered, on the way, failed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement_alerts.core.delivery import DeliveryState

_S = DeliveryState

GROUPS = (
    ("Seen", "seen", (_S.SEEN,)),
    ("Delivered", "sent", (_S.SENT,)),
    ("On the way", "waiting", (_S.PLANNED, _S.HELD, _S.DUE, _S.SENDING, _S.RETRYING)),
    ("Failed", "bad", (_S.REFUSED, _S.DEAD, _S.EXPIRED)),
    ("Replaced or withdrawn before it was sent", "none", (_S.SUPERSEDED, _S.WITHDRAWN)),
    ("Not meant or not reachable", "none", (_S.SUPPRESSED,)),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar. x, width: in percent. tone: its look. channels: how many of each channel."""

    label: str
    tone: str
    number: int
    x: float
    width: float
    channels: dict[str, int]
    states: tuple[str, ...]


def segments(counts: Mapping[tuple[str, DeliveryState], int]) -> list[Segment]:
    """Return the parts that there are, from left to right."""
    total = sum(counts.values())
    found: list[Segment] = []
    x = 0.0
    for label, tone, states in GROUPS:
        channels: dict[str, int] = {}
        for (channel, state), number in counts.items():
            if state in states:
                channels[channel] = channels.get(channel, 0) + number
        if number := sum(channels.values()):
            width = 100 * number / total
            found.append(Segment(label, tone, number, round(x, 3), round(width, 3), channels, tuple(states)))
            x += width
    return found
