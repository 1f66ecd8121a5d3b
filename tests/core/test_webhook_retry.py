"""When a call is tried again, and what an endpoint is after a try."""

from datetime import timedelta

import pytest

from placement_alerts.core.webhook import Attempt, CallState, EventType
from placement_alerts.core.webhook_retry import (
    ATTEMPTS_KEPT,
    BY_HAND,
    FAILING,
    GONE,
    WAITS,
    after_try,
    again,
    endpoint_after,
    rotated,
    switched,
)
from tests.builders import NOW, a_call, after, an_endpoint


def answered(status: int | None) -> Attempt:
    return Attempt(at=NOW, status=status, error=None if status else "no connection, or it was lost")


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(0, 5), (1, 300), (2, 1800), (3, 7200), (4, 18000), (5, 36000), (6, 50400), (7, 72000), (8, 86400)],
)
def test_waits_are_those_of_the_standard(tries: int, seconds: int) -> None:
    tried = after_try(a_call(tries=tries), answered(500), NOW, None, jitter=0.0)

    assert tried.due_at - NOW == timedelta(seconds=seconds)
    assert tried.tries == tries + 1


def test_tenth_failure_ends_the_call() -> None:
    tried = after_try(a_call(tries=len(WAITS)), answered(500), NOW, None, jitter=0.0)

    assert (tried.state, tried.tries) == (CallState.FAILED, 10)


def test_jitter_spreads_a_wait_by_a_tenth() -> None:
    tried = after_try(a_call(tries=1), answered(None), NOW, None, jitter=1.0)

    assert tried.due_at - NOW == timedelta(seconds=330)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_ends_the_call_well(status: int) -> None:
    assert after_try(a_call(), answered(status), NOW, None, 0.0).state is CallState.DELIVERED


@pytest.mark.parametrize("status", [None, 199, 301, 302, 308, 400, 401, 404, 429, 500, 503])
def test_all_else_is_tried_again(status: int | None) -> None:
    assert after_try(a_call(), answered(status), NOW, None, 0.0).state is CallState.WAITING


def test_rest_that_was_asked_for_is_not_shortened() -> None:
    tried = after_try(a_call(), answered(503), NOW, timedelta(hours=1), 0.0)

    assert tried.due_at == after(hours=1)


def test_short_rest_does_not_shorten_ours() -> None:
    tried = after_try(a_call(tries=1), answered(429), NOW, timedelta(0), 0.0)

    assert tried.due_at == after(minutes=5)


def test_absurd_rest_is_bounded() -> None:
    tried = after_try(a_call(), answered(429), NOW, timedelta(days=9999), 0.0)

    assert tried.due_at == after(days=3)


def test_test_call_is_tried_once() -> None:
    assert after_try(a_call(type=EventType.TEST), answered(500), NOW, None, 0.0).state is CallState.FAILED


def test_only_the_latest_attempts_are_kept() -> None:
    old = tuple(answered(500) for _ in range(ATTEMPTS_KEPT))

    tried = after_try(a_call(attempts=old), answered(200), NOW, None, 0.0)

    assert len(tried.attempts) == ATTEMPTS_KEPT
    assert tried.attempts[-1].status == 200


def test_call_that_is_sent_again_keeps_its_event() -> None:
    ended = a_call(state=CallState.FAILED, tries=10)

    waiting = again(ended, after(days=5))

    assert (waiting.state, waiting.tries, waiting.due_at) == (CallState.WAITING, 0, after(days=5))
    assert (waiting.id, waiting.event_id, waiting.body) == (ended.id, ended.event_id, ended.body)


def test_410_switches_the_endpoint_off_at_once() -> None:
    assert endpoint_after(an_endpoint(), a_call(), answered(410), NOW, None).off_reason == GONE
    assert after_try(a_call(), answered(410), NOW, None, 0.0).state is CallState.FAILED


def test_failing_is_counted_from_the_first_failure() -> None:
    first = endpoint_after(an_endpoint(), a_call(), answered(500), NOW, None)
    later = endpoint_after(first, a_call(), answered(500), after(days=2), None)

    assert (later.failing_since, later.off_reason) == (NOW, None)


def test_three_days_of_failures_switch_it_off() -> None:
    failing = an_endpoint(failing_since=NOW)

    assert endpoint_after(failing, a_call(), answered(None), after(days=3), None).off_reason == FAILING


def test_one_success_forgets_the_failures() -> None:
    failing = an_endpoint(failing_since=NOW, slow_until=after(hours=1))

    better = endpoint_after(failing, a_call(), answered(200), after(days=2), None)

    assert (better.failing_since, better.slow_until) == (None, None)


@pytest.mark.parametrize("status", [429, 502, 504])
def test_overloaded_endpoint_gets_a_rest(status: int) -> None:
    rested = endpoint_after(an_endpoint(), a_call(), answered(status), NOW, None)
    asked = endpoint_after(an_endpoint(), a_call(), answered(status), NOW, timedelta(minutes=10))

    assert (rested.slow_until, asked.slow_until) == (after(minutes=1), after(minutes=10))


def test_other_failures_slow_nothing_down() -> None:
    assert endpoint_after(an_endpoint(), a_call(), answered(500), NOW, timedelta(hours=1)).slow_until is None


def test_failed_test_says_nothing_of_the_endpoint() -> None:
    endpoint = an_endpoint()

    assert endpoint_after(endpoint, a_call(type=EventType.TEST), answered(500), NOW, None) == endpoint


def test_endpoint_that_is_off_stays_off_for_its_reason() -> None:
    off = an_endpoint(off_reason=BY_HAND, failing_since=NOW)

    assert endpoint_after(off, a_call(), answered(500), after(days=9), None).off_reason == BY_HAND
    assert endpoint_after(off, a_call(), answered(410), after(days=9), None).off_reason == BY_HAND


def test_old_secret_counts_for_a_day() -> None:
    endpoint = rotated(an_endpoint(secret="whsec_old"), "whsec_new", NOW)

    assert (endpoint.secret, endpoint.old_secret, endpoint.old_secret_until) == (
        "whsec_new",
        "whsec_old",
        after(hours=24),
    )


def test_switching_on_forgets_why_it_was_off() -> None:
    off = an_endpoint(off_reason=FAILING, failing_since=NOW, slow_until=NOW)

    assert switched(off, on=True) == an_endpoint()


def test_switching_to_what_it_is_changes_nothing() -> None:
    failing = an_endpoint(failing_since=NOW)

    assert switched(failing, on=True) is failing
    assert switched(failing, on=False).off_reason == BY_HAND
