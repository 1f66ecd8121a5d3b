"""What a push service may have, in times that the test names."""

import pytest

from placement_alerts.channels.webpush.origin import FIRST_WINDOW, Closed, Origin, Verdict

MOST = 32


@pytest.fixture
def origin() -> Origin:
    return Origin(MOST)


def send(origin: Origin, now: float, times: int = 1) -> None:
    """Let so many requests be taken, one after the other, with as many under way as it may have."""
    for _ in range(times):
        while origin.closed(now) is None:
            origin.begin(now)
        origin.succeeded(now)
        origin.end()


def test_stranger_gets_four_requests_at_once_and_the_next_comes_back(origin: Origin) -> None:
    for _ in range(FIRST_WINDOW):
        assert origin.closed(0.0) is None
        origin.begin(0.0)

    assert origin.closed(0.0) == Closed("busy", 0.2)


def test_window_grows_with_every_success_up_to_its_most(origin: Origin) -> None:
    send(origin, 1.0, times=100)

    assert origin.window == MOST
    assert origin.closed(1.1) == Closed("busy", 0.2, alive=True) or origin.in_flight < MOST


def test_window_that_nobody_needs_does_not_grow(origin: Origin) -> None:
    for _ in range(50):
        origin.begin(0.0)
        origin.succeeded(0.0)
        origin.end()

    assert origin.window == FIRST_WINDOW


def test_silent_service_gets_nothing_new(origin: Origin) -> None:
    for _ in range(FIRST_WINDOW):
        origin.begin(0.0)

    closed = origin.closed(1.5)

    assert closed is not None
    assert closed.why == "silent"


def test_one_subscription_that_hangs_is_not_its_service_hanging(origin: Origin) -> None:
    origin.begin(0.0)

    assert origin.closed(9.0) is None


def test_rest_doubles_while_it_fails_and_ends_with_an_answer(origin: Origin) -> None:
    rests, now = [], 0.0
    for target in "abcdefgh":
        origin.begin(now)
        rests.append(origin.failed(now + 1, now, target, surely=True))
        origin.end()
        now += 100

    assert rests == [2, 4, 8, 16, 32, 60, 60, 60]
    origin.answered(now)
    assert origin.closed(now) is None


def test_failures_of_one_moment_are_one_rest(origin: Origin) -> None:
    for target in "abcd":
        origin.failed(10.0, 0.0, target, surely=True)

    assert origin.failed(10.0, 0.0, "e", surely=True) == 2


def test_only_one_request_finds_out_whether_it_works_again(origin: Origin) -> None:
    origin.failed(0.0, -1.0, "a", surely=True)

    assert origin.closed(1.0) == Closed("trouble", 1.0)
    assert origin.closed(3.0) is None
    origin.begin(3.0)
    closed = origin.closed(3.0)
    assert closed is not None
    assert closed.why == "trouble"


def test_failure_beside_successes_is_the_subscription_s_own(origin: Origin) -> None:
    origin.succeeded(5.0)

    assert [origin.failed(6.0, 4.0, target, surely=False) for target in "abcdef"] == [None] * 6


def test_failures_of_one_subscription_are_never_its_service_s(origin: Origin) -> None:
    assert [origin.failed(now + 1.0, float(now), "a", surely=False) for now in range(10)] == [None] * 10


def test_pause_is_never_shortened_and_outlives_a_success(origin: Origin) -> None:
    origin.pause(0.0, 100.0)
    origin.pause(0.0, 10.0)
    origin.succeeded(1.0)

    assert origin.closed(50.0) == Closed("flood", 50.0)
    assert origin.closed(100.0) is None


def test_pause_is_a_day_at_most(origin: Origin) -> None:
    assert origin.pause(0.0, 1e12) == 86_400


def test_refusals_after_a_success_are_the_first_one_s_own_and_then_open(origin: Origin) -> None:
    origin.succeeded(0.0)

    verdicts = [origin.refused(2.0, 1.0, target)[0] for target in "abcde"]

    assert verdicts == [Verdict.ITS_OWN, *[Verdict.UNDECIDED] * 3, Verdict.OURS]
    assert origin.stopped


def test_refusals_mixed_with_successes_never_stop_it(origin: Origin) -> None:
    verdicts = []
    for now in range(100):
        origin.succeeded(float(now))
        verdicts.append(origin.refused(now + 0.5, now + 0.2, f"s{now}")[0])

    assert set(verdicts) == {Verdict.ITS_OWN}
    assert not origin.stopped


def test_two_subscriptions_that_are_always_refused_stop_a_service_that_never_worked(origin: Origin) -> None:
    verdicts = [origin.refused(float(now), now - 0.5, target)[0] for now, target in enumerate("abab")]

    assert verdicts == [Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.OURS, Verdict.OURS]


def test_stop_lasts_longer_each_time_and_ends_with_a_success(origin: Origin) -> None:
    for target in "abcde":
        origin.refused(1.0, 0.5, target)
    first = origin.closed(1.0)
    _, second_s = origin.refused(20.0, 15.0, "a")
    origin.succeeded(50.0)

    assert first == Closed("vapid_refused", 10.0)
    assert second_s == 20.0
    assert origin.closed(50.0) is None
    assert not origin.stopped
