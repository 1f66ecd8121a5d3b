"""Subscriptions, checked and parsed once and kept for the next message."""

from collections import OrderedDict
from dataclasses import dataclass

from placement_alerts.channels.webpush.sealing import ReceiverKeys, parse_keys
from placement_alerts.core.push_endpoint import check_subscription, origin_of
from placement_alerts.core.subscription import PushSubscription

MOST = 20_000  # about 1 KiB each


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a message goes, and the keys it is sealed for. given: what it was parsed from."""

    origin: str
    keys: ReceiverKeys
    given: tuple[str, str, str]


class Receivers:
    """Parsed subscriptions by id; the longest unused ones are forgotten. allow_private: for tests only."""

    def __init__(self, most: int = MOST, *, allow_private: bool = False) -> None:
        self._most = most
        self._allow_private = allow_private
        self._kept: OrderedDict[str, Receiver] = OrderedDict()

    def of(self, subscription: PushSubscription) -> Receiver:
        """Return the parsed subscription. Raises ValueError, saying why in words, for one that is not acceptable."""
        given = (subscription.endpoint, subscription.p256dh, subscription.auth)
        kept = self._kept.get(subscription.id)
        if kept is not None and kept.given == given:
            self._kept.move_to_end(subscription.id)
            return kept
        receiver = self._kept[subscription.id] = self._parse(given)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return receiver

    def __len__(self) -> int:
        return len(self._kept)

    def _parse(self, given: tuple[str, str, str]) -> Receiver:
        # looked at when it was stored, too; a copy of a store that came from elsewhere was not
        problem = check_subscription(*given, allow_private=self._allow_private)
        if problem is not None:
            raise ValueError(problem)
        endpoint, p256dh, auth = given
        return Receiver(origin_of(endpoint), parse_keys(p256dh, auth), given)
