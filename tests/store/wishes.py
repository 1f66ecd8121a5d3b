"""What the tests ask of deliveries: claims and receipts."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from placement_alerts.core.delivery import Delivery, DeliveryState, Receipt
from placement_alerts.store.base import Claim, OwnerId, Store
from tests.builders import NOW


def a_claim(limit: int = 8, *, now: datetime = NOW, resting: Collection[str] = (), **values: Any) -> Claim:
    """Return a wish of process "o1" for due Telegram deliveries, with a fresh token."""
    defaults: dict[str, Any] = {"channel": "telegram", "owner": OwnerId("o1"), "token": secrets.token_hex(8)}
    return Claim(limit=limit, now=now, resting=resting, **(defaults | values))


def a_receipt(claimed: Delivery, state: DeliveryState = DeliveryState.SENT, **values: Any) -> Receipt:
    """Return the receipt of a claimed delivery; by default it was sent as message 17."""
    defaults: dict[str, Any] = {
        "due_at": NOW,
        "attempts": 0,
        "possibly_delivered": 0,
        "message_ids": ("17",),
        "announced_id": None,
        "error_class": None,
        "error": None,
        "sent_at": NOW,
    }
    return Receipt(delivery_id=claimed.id, lease=claimed.lease or "", state=state, **(defaults | values))


async def claimed(store: Store, limit: int = 8, **values: Any) -> list[Delivery]:
    """Claim and return what was due."""
    return await store.deliveries.exchange([], a_claim(limit, **values))


async def bring_to(store: Store, state: DeliveryState, delivery: Delivery) -> Delivery:
    """Plan the delivery, send it and give it this ending; return it as it was claimed."""
    await store.deliveries.plan([delivery])
    (sending,) = await claimed(store, channel=delivery.channel)
    await store.deliveries.exchange([a_receipt(sending, state, due_at=delivery.due_at)], None)
    return sending
