"""What integrators are told: events, the endpoints that want them, and their bodies. Pure.

No list of students, no name, no address: who may know more asks the API for the object.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from placement_alerts.core.delivery import Delivery
from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.ids import derived_id
from placement_alerts.core.notice import Notice
from placement_alerts.core.timetable import rfc3339
from placement_alerts.core.webhook import CallId, EventType, WebhookCall, WebhookEndpoint

BODY_LIMIT = 20_000  # bytes: Standard Webhooks
_TEXT_LIMIT = 400  # characters of a text from outside; each may take six bytes (\u0001), and all stay below BODY_LIMIT
_LABEL_LIMIT = 60
_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. id: follows from what it is about; without a full stop. at: when it happened."""

    id: str
    type: EventType
    at: datetime
    data: Mapping[str, Any]


def notice_event(notice: Notice, public_url: str) -> Event:
    """Return that this revision of a notice was stored."""
    type_ = EventType.NOTICE_REVISED if notice.revision > 1 else EventType.NOTICE_CREATED
    if notice.withdrawn:
        type_ = EventType.NOTICE_WITHDRAWN
    identifier = derived_id("e", type_, notice.id, str(notice.revision))
    return Event(identifier, type_, notice.stored_at, _shown(notice, public_url))


def dead_event(delivery: Delivery) -> Event:
    """Return that all attempts of a delivery are used up. A delivery that an operator retried may die again."""
    data = {
        "id": delivery.id,
        "notice_id": delivery.notice_id,
        "revision": delivery.revision,
        "student_id": delivery.student_id,
        "channel": delivery.channel,
        "attempts": delivery.attempts,
        "error_class": delivery.error_class,
    }
    identifier = derived_id("e", EventType.DELIVERY_DEAD, delivery.id, rfc3339(delivery.due_at))
    return Event(identifier, EventType.DELIVERY_DEAD, delivery.due_at, data)


def test_event(endpoint: WebhookEndpoint, now: datetime, random: str) -> Event:
    """Return an event that somebody asked for to see whether the endpoint works."""
    return Event(derived_id("e", EventType.TEST, random), EventType.TEST, now, {"endpoint_id": endpoint.id})


def calls_for(event: Event, endpoints: Iterable[WebhookEndpoint], now: datetime) -> Sequence[WebhookCall]:
    """Return a call to each endpoint that is on and wants the event."""
    return [call_of(event, endpoint, now) for endpoint in endpoints if wants(endpoint, event.type)]


def wants(endpoint: WebhookEndpoint, type_: EventType) -> bool:
    """Say whether events of this type go to the endpoint."""
    return endpoint.off_reason is None and (not endpoint.events or type_ in endpoint.events)


def call_of(event: Event, endpoint: WebhookEndpoint, now: datetime) -> WebhookCall:
    """Return the call that brings the event to the endpoint, due now."""
    content = {"type": event.type, "timestamp": rfc3339(event.at), "data": event.data}
    return WebhookCall(
        id=CallId(derived_id("w", endpoint.id, event.id)),
        endpoint_id=endpoint.id,
        event_id=event.id,
        type=event.type,
        body=json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        due_at=now,
        created_at=now,
    )


def _shown(notice: Notice, public_url: str) -> dict[str, Any]:
    facts = notice.facts
    company = facts.company or (notice.job.company if notice.job else None)
    return {
        "id": notice.id,
        "revision": notice.revision,
        "year": notice.year,
        "source": notice.source,
        "kind": facts.kind,
        "title": notice.title[:_TEXT_LIMIT],
        "company": company and company[:_TEXT_LIMIT],
        "deadline": _moment(effective_deadline(notice)),
        "event_at": _moment(facts.event_at),
        "venue": facts.venue and facts.venue[:_TEXT_LIMIT],
        "published_at": rfc3339(notice.published_at),
        "updated_at": rfc3339(notice.updated_at),
        "urgent": notice.urgent,
        "public": notice.public,
        "withdrawn": notice.withdrawn,
        "changed": [change.field[:_LABEL_LIMIT] for change in notice.changes[:_CHANGES]],
        "url": f"{public_url}/notices/{notice.id}" if public_url else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
