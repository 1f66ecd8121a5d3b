from tests.chaos.tally import count

PAIR, OTHER = ("mark00000", 7), ("mark00000", 8)


def test_pair_without_a_send_is_lost() -> None:
    tally = count([PAIR, OTHER], {PAIR: [1.5]}, [1.0], {})

    assert tally.lost == (OTHER,)


def test_repeat_counts_for_the_life_that_sent_first() -> None:
    tally = count([PAIR], {PAIR: [1.5, 3.5]}, [1.0, 2.0, 3.0], {PAIR: 1})

    assert tally.repeats == (1, 0, 0)
    assert tally.unmarked == ()


def test_repeat_within_one_life_is_strange() -> None:
    tally = count([PAIR], {PAIR: [1.5, 1.6]}, [1.0, 2.0], {PAIR: 1})

    assert tally.strange == (PAIR,)
    assert tally.worst == 0


def test_repeat_that_no_row_admits_is_unmarked() -> None:
    tally = count([PAIR], {PAIR: [1.5, 2.5, 3.5]}, [1.0, 2.0, 3.0], {PAIR: 1})

    assert tally.unmarked == (PAIR,)
