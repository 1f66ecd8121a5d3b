"""Outgoing webhooks: who is told of events, and each event on its way (reference/http-conventions.md, section 10)."""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

EndpointId = NewType("EndpointId", str)
CallId = NewType("CallId", str)


class EventType(StrEnum):
    """What integrators can be told of."""

    NOTICE_CREATED = "notice.created"
    NOTICE_REVISED = "notice.revised"
    NOTICE_WITHDRAWN = "notice.withdrawn"
    DELIVERY_DEAD = "delivery.dead"
    TEST = "webhook.test"


class WebhookEndpoint(Frozen):
    """Where an integrator listens. secret: `whsec_...`, shown once; old_secret signs too until old_secret_until.

    events: empty means all. version: raised by every write; a write names the version it started from.
    off_reason: why it is switched off ("gone", "failing", "by hand"); None: it is on. failing_since: since when every
    call failed. slow_until: the endpoint asked for rest.
    """

    id: EndpointId
    version: int = 1
    url: str
    label: str
    events: tuple[EventType, ...] = ()
    secret: str
    old_secret: str | None = None
    old_secret_until: UtcDatetime | None = None
    created_by: str
    created_at: UtcDatetime
    off_reason: str | None = None
    failing_since: UtcDatetime | None = None
    slow_until: UtcDatetime | None = None


class CallState(StrEnum):
    """Where a call stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # tries used up, or the endpoint is off; may be sent again by hand


class Attempt(Frozen):
    """One try. status: of the answer; None: there was none, and `error` says why in fixed words."""

    at: UtcDatetime
    status: int | None = None
    error: str | None = None
    took_s: float = 0.0


class WebhookCall(Frozen):
    """One event on its way to one endpoint. id: follows from both, so that announcing twice makes it once.

    event_id: `webhook-id`, the same in every try, without a full stop. body: the JSON text that is signed and sent.
    attempts: latest last; at most 20 are kept. tries: all there were since it was made or sent again by hand.
    """

    id: CallId
    endpoint_id: EndpointId
    event_id: str
    type: EventType
    body: str
    state: CallState = CallState.WAITING
    due_at: UtcDatetime
    created_at: UtcDatetime
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
