"""Outgoing webhooks: every event becomes a stored call to each endpoint, signed and tried for days."""

from collections.abc import Callable
from datetime import datetime

from placement_alerts.core.notice import Notice
from placement_alerts.core.webhook import CallId, EndpointId, WebhookCall, WebhookEndpoint
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store


class Webhooks:
    """Stores calls and carries them. http: must refuse private addresses. public_url: of notices; "": none.

    flag: set when a call is stored.
    """

    def __init__(self, store: Store, http: HttpClient, now: Callable[[], datetime], public_url: str) -> None:
        self.flag = Flag()
        self._store = store
        self._http = http
        self._now = now
        self._public_url = public_url

    async def tell(self, notice: Notice) -> None:
        """Store the calls for one revision of a notice; the planner awaits it before the revision counts as planned."""
        raise NotImplementedError

    async def test(self, endpoint: WebhookEndpoint) -> WebhookCall:
        """Store a `webhook.test` call and return it."""
        raise NotImplementedError

    async def resend(self, call_id: CallId) -> bool:
        """Make an ended call wait again, as the same event; False if there is none."""
        raise NotImplementedError

    async def resend_range(self, endpoint_id: EndpointId, since: datetime, until: datetime) -> int:
        """Make an endpoint's ended calls of that time wait again; return how many."""
        raise NotImplementedError

    async def run(self) -> None:
        """Carry due calls, and find dead deliveries to tell of, until `stop`."""
        raise NotImplementedError

    def stop(self) -> None:
        """Begin no further call."""
        raise NotImplementedError
