from datetime import timedelta

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.outcome import Deferred, Refused, Sent
from placement_alerts.core.retry import RetryPolicy, backoff, receipt_of, settle
from placement_alerts.core.student import OffReason
from tests.builders import NOW, a_delivery, after

POLICY = RetryPolicy(first=timedelta(seconds=5), longest=timedelta(minutes=1), tries=3, unknown_tries=2)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (9, 60), (10_000, 60)])
def test_wait_doubles_up_to_the_longest(attempt: int, seconds: int) -> None:
    assert backoff(attempt, POLICY, jitter=0.0) == timedelta(seconds=seconds)


def test_jitter_adds_at_most_a_fifth() -> None:
    assert backoff(1, POLICY, jitter=1.0) == timedelta(seconds=6)


def test_what_was_sent_is_recorded_with_its_messages() -> None:
    receipt = settle(a_delivery(error_class="5xx"), Sent(("11", "12"), "13"), NOW, POLICY, 0.0)

    assert (receipt.state, receipt.message_ids, receipt.announced_id) == (DeliveryState.SENT, ("11", "12"), "13")
    assert (receipt.error_class, receipt.sent_at) == (None, NOW)


def test_a_refusal_ends_the_delivery_at_once() -> None:
    receipt = settle(a_delivery(), Refused("blocked", "bot was blocked", OffReason.BLOCKED), NOW, POLICY, 0.0)

    assert (receipt.state, receipt.attempts, receipt.error) == (DeliveryState.REFUSED, 1, "bot was blocked")


def test_our_own_fault_is_dead_and_may_be_retried_by_an_operator() -> None:
    receipt = settle(a_delivery(), Refused("too long", our_fault=True), NOW, POLICY, 0.0)

    assert receipt.state is DeliveryState.DEAD


def test_a_wait_that_the_peer_asked_for_is_never_shortened_and_costs_no_attempt() -> None:
    outcome = Deferred("flood", wait=timedelta(minutes=7), counts=False)

    receipt = settle(a_delivery(attempts=2), outcome, NOW, POLICY, 0.0)

    assert (receipt.state, receipt.due_at, receipt.attempts) == (DeliveryState.RETRYING, after(minutes=7), 2)


def test_a_failure_that_counts_waits_at_least_as_long_as_the_peer_asked() -> None:
    receipt = settle(a_delivery(), Deferred("5xx", wait=timedelta(minutes=7)), NOW, POLICY, 0.0)

    assert receipt.due_at == after(minutes=7)


def test_attempts_used_up_is_dead() -> None:
    receipt = settle(a_delivery(attempts=2), Deferred("5xx"), NOW, POLICY, 0.0)

    assert (receipt.state, receipt.attempts) == (DeliveryState.DEAD, 3)


def test_a_lost_answer_is_tried_once_more_and_marked() -> None:
    receipt = settle(a_delivery(), Deferred("unknown", possibly_delivered=True), NOW, POLICY, 0.0)

    assert (receipt.state, receipt.possibly_delivered) == (DeliveryState.RETRYING, 1)


def test_a_second_lost_answer_is_dead_with_class_unknown() -> None:
    lost = a_delivery(possibly_delivered=1, attempts=1)

    receipt = settle(lost, Deferred("timeout", possibly_delivered=True), NOW, POLICY, 0.0)

    assert (receipt.state, receipt.error_class) == (DeliveryState.DEAD, "unknown")


def test_a_receipt_keeps_the_parts_that_were_sent() -> None:
    receipt = receipt_of(a_delivery(message_ids=("11",), lease="t"), DeliveryState.DUE, NOW)

    assert (receipt.message_ids, receipt.lease, receipt.state) == (("11",), "t", DeliveryState.DUE)
