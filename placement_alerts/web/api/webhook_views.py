"""Outgoing webhooks as the API shows and takes them."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from placement_alerts.core.webhook import Attempt, CallState, EventType, WebhookCall, WebhookEndpoint
from placement_alerts.core.webhook_target import TARGET_LIMIT, check_target
from placement_alerts.web.api.paging import Page
from placement_alerts.web.api.values import TEXT_PATTERN, Given, Identifier, Moment, PageGiven, Sent, View


def _is_target(url: str) -> str:
    if why := check_target(url):
        raise ValueError(why)
    return url


def _each_once(events: tuple[EventType, ...]) -> tuple[EventType, ...]:
    return tuple(dict.fromkeys(events))


Target = Annotated[
    str,
    Field(max_length=TARGET_LIMIT, description="https, a named host, the default port; never a private address."),
    AfterValidator(_is_target),
]
Label = Annotated[str, Field(min_length=1, max_length=100, pattern=TEXT_PATTERN)]
Events = Annotated[
    tuple[EventType, ...],
    Field(max_length=len(EventType), description="Which events are told; empty: all."),
    AfterValidator(_each_once),
]


class WebhookGiven(Given):
    """Names an endpoint."""

    webhook_id: Identifier


class CallsGiven(PageGiven):
    """Names an endpoint, and which part of its calls to list."""

    webhook_id: Identifier


class CallGiven(Given):
    """Names a call."""

    webhook_id: Identifier
    call_id: Identifier


class NewWebhook(Sent):
    """An endpoint to be made."""

    url: Target
    label: Label
    events: Events = ()


class WebhookChanges(Sent):
    """What becomes of an endpoint; absent or null: it stays."""

    url: Target | None = None
    label: Label | None = None
    events: Events | None = None
    enabled: bool | None = Field(default=None, description="true switches it on again, as if it had never failed.")


class Range(Sent):
    """Calls that were made in this time."""

    since: Moment
    until: Moment = Field(description="Exclusive.")

    @model_validator(mode="after")
    def _is_a_span(self) -> "Range":
        if self.until <= self.since:
            raise ValueError("until should be after since")
        return self


class WebhookView(View):
    """An endpoint."""

    id: str
    url: str
    label: str
    events: tuple[EventType, ...] = Field(description="Empty: all.")
    enabled: bool
    off_reason: str | None = Field(
        description="gone (it answered 410), failing (for 3 days) or by hand; null: it is on."
    )
    failing_since: datetime | None
    slow_until: datetime | None = Field(description="It asked for rest until then.")
    old_secret_until: datetime | None = Field(description="Until then the secret before the last rotation signs too.")
    created_by: str
    created_at: datetime


class SecretView(WebhookView):
    """An endpoint with its secret, which is shown this once."""

    secret: str


class AttemptView(View):
    """One try. error: why there was no answer, in fixed words."""

    at: datetime
    status: int | None
    error: str | None
    took_s: float


class CallView(View):
    """An event on its way to an endpoint. attempts: the latest 20, latest last."""

    id: str
    event_id: str = Field(description="`webhook-id`, the same in every try.")
    type: EventType
    state: CallState
    created_at: datetime
    due_at: datetime | None = Field(description="The next try; null: there is none.")
    tries: int
    attempts: tuple[AttemptView, ...]


class CallDetail(CallView):
    """A call with what is sent."""

    body: str


class WebhookPage(Page[WebhookView]):
    """Endpoints."""


class CallPage(Page[CallView]):
    """Calls."""


class Resent(View):
    """How many calls wait again."""

    resent: int


def webhook_view(endpoint: WebhookEndpoint) -> WebhookView:
    """Return the endpoint without its secret."""
    return WebhookView.model_validate(_values(endpoint))


def secret_view(endpoint: WebhookEndpoint) -> SecretView:
    """Return the endpoint with its secret."""
    return SecretView.model_validate({**_values(endpoint), "secret": endpoint.secret})


def call_view(call: WebhookCall) -> CallView:
    """Return the call."""
    return CallView.model_validate(_call_values(call))


def call_detail(call: WebhookCall) -> CallDetail:
    """Return the call with its body."""
    return CallDetail.model_validate({**_call_values(call), "body": call.body})


def _values(endpoint: WebhookEndpoint) -> dict[str, object]:
    values = endpoint.model_dump(include=set(WebhookView.model_fields))
    return {**values, "enabled": endpoint.off_reason is None}


def _call_values(call: WebhookCall) -> dict[str, object]:
    values = call.model_dump(include=set(CallView.model_fields) - {"attempts"})
    waits = call.state is CallState.WAITING
    return {**values, "due_at": call.due_at if waits else None, "attempts": tuple(map(_attempt_view, call.attempts))}


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(**attempt.model_dump())


WEBHOOK_EXAMPLE = {
    "id": "w0123456789abcdef",
    "url": "https://hooks.example.edu/placements",
    "label": "Companion site",
    "events": ["notice.created", "notice.revised", "notice.withdrawn"],
    "enabled": True,
    "off_reason": None,
    "failing_since": None,
    "slow_until": None,
    "old_secret_until": None,
    "created_by": "token:t0123456789abcdef",
    "created_at": "2026-01-27T05:30:00Z",
}
SECRET_EXAMPLE = {**WEBHOOK_EXAMPLE, "secret": "whsec_c2hvd24gb25jZSwgYXQgY3JlYXRpb24gYW5kIHJvdGF0aW9u"}
CALL_EXAMPLE = {
    "id": "w89abcdef01234567",
    "event_id": "e0123456789abcdef",
    "type": "notice.created",
    "state": "waiting",
    "created_at": "2026-01-27T05:30:00Z",
    "due_at": "2026-01-27T05:35:00Z",
    "tries": 2,
    "attempts": [{"at": "2026-01-27T05:30:00Z", "status": 503, "error": None, "took_s": 0.21}],
}
