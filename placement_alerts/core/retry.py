"""When a delivery is tried again, and when no more."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from placement_alerts.core.delivery import Delivery, DeliveryState, Receipt
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """first, longest: the first and the longest wait between tries. tries: attempts in all.

    unknown_tries: sends in all when every answer was lost (reference/telegram.md, section 4).
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=10)
    tries: int = 8
    unknown_tries: int = 2


def backoff(attempt: int, policy: RetryPolicy, jitter: float) -> timedelta:
    """Return the wait before the next try: doubles up to `policy.longest`, then adds the jitter.

    attempt: 1 after the first failure. jitter: 0.0-1.0, added as a fifth of its share of the wait.
    """
    wait = policy.first * 2.0 ** min(attempt - 1, 15)  # a larger power only overflows
    return min(policy.longest, wait) * (1 + jitter / 5)


def settle(delivery: Delivery, outcome: Outcome, now: datetime, policy: RetryPolicy, jitter: float) -> Receipt:
    """Return the receipt of a try. A wait that the peer asked for is never shortened."""
    receipt = receipt_of(delivery, delivery.state, now)
    match outcome:
        case Sent():
            return replace(
                receipt,
                state=DeliveryState.SENT,
                message_ids=outcome.message_ids,
                announced_id=outcome.announced_id or delivery.announced_id,
                error_class=None,
                error=None,
                sent_at=now,
            )
        case Refused():
            state = DeliveryState.DEAD if outcome.our_fault else DeliveryState.REFUSED
            return replace(
                receipt,
                state=state,
                attempts=delivery.attempts + 1,
                error_class=outcome.error_class,
                error=outcome.error or None,
            )
        case Deferred():
            return _deferred(receipt, outcome, now, policy, jitter)
        case _:
            assert_never(outcome)


def receipt_of(delivery: Delivery, state: DeliveryState, now: datetime) -> Receipt:
    """Return the receipt that moves a claimed delivery to `state` and changes nothing else."""
    return Receipt(
        delivery_id=delivery.id,
        lease=delivery.lease or "",
        state=state,
        due_at=now,
        attempts=delivery.attempts,
        possibly_delivered=delivery.possibly_delivered,
        message_ids=delivery.message_ids,
        announced_id=delivery.announced_id,
        error_class=delivery.error_class,
        error=delivery.error,
        sent_at=delivery.sent_at,
    )


def _deferred(receipt: Receipt, outcome: Deferred, now: datetime, policy: RetryPolicy, jitter: float) -> Receipt:
    attempts = receipt.attempts + (1 if outcome.counts else 0)
    possibly = receipt.possibly_delivered + (1 if outcome.possibly_delivered else 0)
    tried = replace(receipt, attempts=attempts, possibly_delivered=possibly, error_class=outcome.error_class)
    if outcome.possibly_delivered and possibly >= policy.unknown_tries:
        return replace(tried, state=DeliveryState.DEAD, error_class="unknown")
    if attempts >= policy.tries:
        return replace(tried, state=DeliveryState.DEAD)
    wait = backoff(max(attempts, 1), policy, jitter)
    if outcome.wait is not None:
        wait = outcome.wait if not outcome.counts else max(wait, outcome.wait)
    return replace(tried, state=DeliveryState.RETRYING, due_at=now + wait)
