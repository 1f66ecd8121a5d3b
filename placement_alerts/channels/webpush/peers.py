"""What the channel asks of the store and of HTTP."""

from collections.abc import Mapping
from typing import Protocol

from placement_alerts.core.subscription import PushSubscription
from placement_alerts.http_client import Limits, Response


class Subscriptions(Protocol):
    """Subscriptions by their ids."""

    async def get(self, subscription_id: str) -> PushSubscription | None:
        """Return the subscription."""

    async def remove(self, subscription_id: str) -> bool:
        """Forget the subscription; False if it was not there."""


class Http(Protocol):
    """`Posts` of channels/webpush/posting.py, or an HttpClient."""

    @property
    def allow_private(self) -> bool:
        """Whether private addresses may be called."""

    async def post(self, url: str, body: bytes, *, headers: Mapping[str, str], limits: Limits) -> Response:
        """Send these bytes once; see HttpClient.post."""
