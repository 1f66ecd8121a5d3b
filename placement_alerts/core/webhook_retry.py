"""What follows from one try of a webhook call: for the call, and for its endpoint. Pure."""

from datetime import datetime, timedelta

from placement_alerts.core.webhook import Attempt, CallState, EventType, WebhookCall, WebhookEndpoint

# after the first try, which is made at once: Standard Webhooks; about 3 days in all
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
LONGEST_ASKED = timedelta(days=3)  # an endpoint that asks for more is switched off by then
SLOWED = timedelta(minutes=1)  # the least rest of an endpoint that says it is overloaded
OFF_AFTER = timedelta(days=3)
OLD_SECRET_KEPT = timedelta(hours=24)
ATTEMPTS_KEPT = 20
GONE, FAILING, BY_HAND = "gone", "failing", "by hand"  # off_reason

_GONE = 410
_OVERLOADED = frozenset({429, 502, 504})
_JITTER = 0.1  # share of a wait


def succeeded(attempt: Attempt) -> bool:
    """Say whether the endpoint took the call: a redirect is no success."""
    return attempt.status is not None and 200 <= attempt.status < 300


def after_try(
    call: WebhookCall, attempt: Attempt, now: datetime, asked: timedelta | None, jitter: float
) -> WebhookCall:
    """Return how the call stands after this try. A test is tried once.

    asked: what Retry-After said; never shortened but to LONGEST_ASKED. jitter: 0.0-1.0, a tenth of it as a share of the
    wait.
    """
    kept = (*call.attempts, attempt)[-ATTEMPTS_KEPT:]
    tried = call.model_copy(update={"tries": call.tries + 1, "attempts": kept})
    if succeeded(attempt):
        return tried.model_copy(update={"state": CallState.DELIVERED})
    if attempt.status == _GONE or call.type is EventType.TEST or call.tries >= len(WAITS):
        return tried.model_copy(update={"state": CallState.FAILED})
    wait = WAITS[call.tries] * (1 + _JITTER * jitter)
    return tried.model_copy(update={"due_at": now + max(wait, _bounded(asked))})


def endpoint_after(
    endpoint: WebhookEndpoint, call: WebhookCall, attempt: Attempt, now: datetime, asked: timedelta | None
) -> WebhookEndpoint:
    """Return what the endpoint is after a try of the call; the same if nothing changed. Its version is the caller's.

    A test that failed says nothing of the endpoint, unless it is gone.
    """
    if succeeded(attempt):
        return endpoint.model_copy(update={"failing_since": None, "slow_until": None})
    if attempt.status == _GONE:
        return endpoint.model_copy(update={"off_reason": endpoint.off_reason or GONE})
    if call.type is EventType.TEST:
        return endpoint
    changes: dict[str, object] = {"failing_since": endpoint.failing_since or now}
    if attempt.status in _OVERLOADED:
        changes["slow_until"] = now + max(SLOWED, _bounded(asked))
    if endpoint.off_reason is None and endpoint.failing_since and now - endpoint.failing_since >= OFF_AFTER:
        changes["off_reason"] = FAILING
    return endpoint.model_copy(update=changes)


def again(call: WebhookCall, now: datetime) -> WebhookCall:
    """Return an ended call as one that waits: the same event, with fresh tries."""
    return call.model_copy(update={"state": CallState.WAITING, "tries": 0, "due_at": now})


def rotated(endpoint: WebhookEndpoint, secret: str, now: datetime) -> WebhookEndpoint:
    """Return the endpoint with a new secret; the old one signs too for a day."""
    kept = {"old_secret": endpoint.secret, "old_secret_until": now + OLD_SECRET_KEPT}
    return endpoint.model_copy(update={"secret": secret, **kept})


def switched(endpoint: WebhookEndpoint, *, on: bool) -> WebhookEndpoint:
    """Return the endpoint switched on, as if it had never failed, or off by hand; the same if it is so already."""
    if on == (endpoint.off_reason is None):
        return endpoint
    return endpoint.model_copy(
        update={"off_reason": None if on else BY_HAND, "failing_since": None, "slow_until": None}
    )


def _bounded(asked: timedelta | None) -> timedelta:
    return min(asked or timedelta(0), LONGEST_ASKED)
