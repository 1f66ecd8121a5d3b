"""What the pipeline asks of a channel."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from placement_alerts.core.brief import Brief
from placement_alerts.core.delivery import DeliveryId, Priority
from placement_alerts.core.message import Message
from placement_alerts.core.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """One revision of a notice for one address.

    target: the address's value. message: the notice as it reads now. announcement: the short line about what changed.
    shown: ids of the messages in which an earlier revision stands; they are edited in place, part by part.
    done: ids of the parts that show this revision already (carried before a crash or failure); they are not sent again.
    announced_id: set when the announcement was sent already.
    delivery_id: by which the student's device can say that it shows this. brief: the notice in short.
    """

    target: str
    message: Message
    delivery_id: DeliveryId
    brief: Brief
    announcement: Message | None = None
    shown: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    announced_id: str | None = None


RecordPart = Callable[[tuple[str, ...], str | None], Awaitable[None]]
"""Makes (message_ids, announced_id) durable; a channel awaits it after every part but the last."""


class Gate(Protocol):
    """When a channel may be called: its pace, the pause a peer asked for, the rest between messages to a target."""

    async def turn(self, priority: Priority) -> None:
        """Wait until one call may be made, and take that turn. Better priorities pass waiting worse ones."""

    def try_turn(self) -> bool:
        """Take a turn if one is free now and nobody waits for it; never waits."""

    def give_back(self) -> None:
        """Return a turn that was taken and not used."""

    def resting(self) -> Collection[str]:
        """Return the targets that must not get a delivery just now; bounded in number."""

    def rested_in(self) -> float | None:
        """Return the seconds until the first resting target may get one; None if none rests."""


class Channel(Protocol):
    """A way to reach students. One instance a process."""

    @property
    def name(self) -> str:
        """The channel's name in addresses, deliveries and settings."""

    @property
    def slots(self) -> int:
        """How many deliveries may be under way at once."""

    @property
    def gate(self) -> Gate:
        """What paces this channel; a turn is taken before a delivery is claimed."""

    @property
    def trouble(self) -> str | None:
        """A short fixed word for what keeps the channel from working as a whole; None when it works."""

    async def deliver(self, parcel: Parcel, priority: Priority, record: RecordPart) -> Outcome:
        """Try once.

        The first call to the peer is paid with the turn that the caller took, which is given back if there is none;
        further ones take their own. Expected failures are returned; a raise is our bug. Ends within its deadlines.
        """

    async def check(self) -> str:
        """Ask the peer who we are; return one line for `check`. Raises PeerError."""
