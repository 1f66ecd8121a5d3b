"""Deliveries as the API shows them: who got what, when, and why not. Never the address itself."""

from datetime import datetime

from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.web.api.paging import Page
from placement_alerts.web.api.values import View


class DeliveryView(View):
    """One revision of one notice on its way to one address of a student.

    channel: "" for a student who gets nothing; `reason` says why. possibly_delivered: sends whose answer was lost.
    """

    id: str
    notice_id: str
    revision: int
    year: str
    student_id: str
    channel: str
    state: DeliveryState
    reason: str
    personal: bool
    attempts: int
    possibly_delivered: int
    error_class: str | None
    error: str | None
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    shown_at: datetime | None
    seen_at: datetime | None


class DeliveryPage(Page[DeliveryView]):
    """Deliveries, latest planned first."""


class CountView(View):
    """How many deliveries of a channel are in a state."""

    channel: str
    state: DeliveryState
    count: int


class CountsView(View):
    """Deliveries of a notice, the latest revision of each student and channel. Channel "": students who get nothing."""

    items: tuple[CountView, ...]


def delivery_view(delivery: Delivery) -> DeliveryView:
    """Return what is shown."""
    return DeliveryView(**{name: getattr(delivery, name) for name in DeliveryView.model_fields})


DELIVERY_EXAMPLE = {
    "id": "n5d41402abc4b2a76.1.a9f1c2d3e4b5a697880f1e2d",
    "notice_id": "n5d41402abc4b2a76",
    "revision": 1,
    "year": "202526",
    "student_id": "4f2a9c31b7d805e6a1c3f9b2",
    "channel": "telegram",
    "state": "sent",
    "reason": "of the notice's year",
    "personal": False,
    "attempts": 0,
    "possibly_delivered": 0,
    "error_class": None,
    "error": None,
    "planned_at": "2025-11-10T06:30:01Z",
    "due_at": "2025-11-10T06:30:01Z",
    "sent_at": "2025-11-10T06:30:02Z",
    "shown_at": None,
    "seen_at": None,
}
