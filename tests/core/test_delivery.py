import pytest

from placement_alerts.core.delivery import MOVES, RETRYABLE, WAITING, DeliveryState, check_move, sources_of
from placement_alerts.errors import DeliveryMoveError

S = DeliveryState


def test_the_table_names_every_state() -> None:
    assert set(MOVES) == set(DeliveryState)


@pytest.mark.parametrize("final", [S.SEEN, S.SUPERSEDED, S.WITHDRAWN, S.SUPPRESSED])
def test_final_states_are_never_left(final: DeliveryState) -> None:
    assert MOVES[final] == frozenset()


@pytest.mark.parametrize(
    ("before", "after"), [(S.SENT, S.DUE), (S.SUPPRESSED, S.DUE), (S.DUE, S.SENT), (S.SEEN, S.SENT)]
)
def test_a_move_that_is_not_in_the_table_is_refused(before: DeliveryState, after: DeliveryState) -> None:
    with pytest.raises(DeliveryMoveError, match=f"from {before} to {after}"):
        check_move(before, after)


def test_a_move_in_the_table_is_allowed() -> None:
    assert check_move(S.DUE, S.SENDING) is None  # type: ignore[func-returns-value]  # returning at all is the promise


def test_only_what_waits_can_be_claimed() -> None:
    assert set(sources_of(S.SENDING)) == WAITING | {S.SENDING}


def test_an_operator_may_retry_what_ended_badly_and_nothing_else() -> None:
    assert {S.REFUSED, S.DEAD, S.EXPIRED} == RETRYABLE
