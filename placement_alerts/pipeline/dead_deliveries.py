"""Finding deliveries that died, so that integrators can be told of each once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.webhook import EventType, WebhookCall, WebhookEndpoint
from placement_alerts.core.webhook_event import calls_for, dead_event, wants
from placement_alerts.store.base import DeliveryFilter, Store

TOLD_FOR = timedelta(days=1)  # a death that is older was told, or nobody listened; calls are kept for longer
PAGE = 200
PAGES = 10  # of the latest planned; more dead ones at once are one trouble, and the queue shows it


class DeadDeliveries:
    """Looks again and again; what was found before is found once more, and its calls are stored already."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._deliveries = store.deliveries
        self._now = now

    async def find(self, endpoints: Sequence[WebhookEndpoint]) -> list[WebhookCall]:
        """Return the calls to the endpoints that want to know: for what died lately, and after they were made."""
        listening = [endpoint for endpoint in endpoints if wants(endpoint, EventType.DELIVERY_DEAD)]
        if not listening:
            return []
        now = self._now()
        return [
            call
            for row in await self._dead(now - TOLD_FOR)
            for call in calls_for(dead_event(row), [one for one in listening if one.created_at <= row.due_at], now)
        ]

    async def _dead(self, since: datetime) -> list[Delivery]:
        found: list[Delivery] = []
        last: Delivery | None = None
        for _ in range(PAGES):
            page = await self._deliveries.find(DeliveryFilter(state=DeliveryState.DEAD), last, PAGE)
            found += [row for row in page if row.due_at > since]  # due_at of a dead one: when it died
            if len(page) < PAGE:
                break
            last = page[-1]
        return found
