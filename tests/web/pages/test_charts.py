from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.offer import Offer
from placement_alerts.core.statistics import Statistics, statistics_of
from placement_alerts.web.pages.charts import (
    LEAST,
    ROOM,
    ROW_PX,
    TOP,
    Figure,
    band_chart,
    batch_chart,
    branch_chart,
    chart,
    company_chart,
)
from tests.core.placements import BANDS, TABLE, a_chosen, an_offer, worked_example


def found(offers: Sequence[Offer]) -> Statistics:
    return statistics_of(offers, TABLE, BANDS)


def test_branch_bar_is_the_share_of_its_branch() -> None:
    drawn = branch_chart(found(worked_example()))

    assert [bar.label for bar in drawn.bars][:2] == ["CSE · 1 of 612", "ECE · 1 of 387"]
    assert drawn.bars[-1].label == "All branches · 2 of 1,153"
    assert drawn.bars[0].value == "0.2%"
    assert drawn.track


def test_longest_bar_takes_the_room_and_the_others_their_share() -> None:
    drawn = company_chart(found(worked_example()))

    assert [(bar.label, bar.value) for bar in drawn.bars] == [("B", "3 · 10.00"), ("A", "2 · 6.00")]
    assert [bar.length for bar in drawn.bars] == [ROOM, ROOM * 2 / 3]


def test_only_the_top_companies_are_drawn() -> None:
    drawn = company_chart(found([an_offer(f"C{index}", a_chosen("22103001")) for index in range(TOP + 5)]))

    assert len(drawn.bars) == TOP
    assert drawn.height == TOP * ROW_PX


def test_students_whose_package_is_not_known_have_a_bar_of_their_own() -> None:
    drawn = band_chart(found([an_offer("A", a_chosen("22103001", package_lpa=13.0), a_chosen("22103002"))]))

    assert [(bar.label, bar.value) for bar in drawn.bars] == [
        ("13.00 LPA and more", "1 student"),
        ("6.00 to 12.99 LPA", "0 students"),
        ("Up to 5.99 LPA", "0 students"),
        ("Package not known", "1 student"),
    ]


def test_our_average_stands_before_the_official_ones() -> None:
    drawn = batch_chart(found(worked_example()), [("2026", 9.8), ("2025", 11.13)])

    assert [bar.said for bar in drawn.bars] == [
        "2025-26, counted here: 8.00 LPA",
        "Batch 2026, official page: 9.80 LPA",
        "Batch 2025, official page: 11.13 LPA",
    ]
    assert [bar.tone for bar in drawn.bars] == ["ours", "official", "official"]


@pytest.mark.parametrize("offers", [[], [an_offer("A")], [an_offer("A", a_chosen("AB12"))]])
def test_nothing_to_count_is_drawn_without_bars(offers: list[Offer]) -> None:
    statistics = found(offers)

    lengths = [
        bar.length
        for drawn in (branch_chart(statistics), band_chart(statistics), batch_chart(statistics, [("2026", 0.0)]))
        for bar in drawn.bars
    ]
    assert not any(lengths)


def test_description_says_every_bar() -> None:
    drawn = chart("x", "X", [Figure("One", "1", 1.0), Figure("Two", "2", 100.0)])

    assert drawn.description == "One: 1; Two: 2"


@given(st.lists(st.floats(min_value=0, max_value=1000)), st.text(max_size=80))
def test_bar_never_leaves_its_room_and_what_is_not_nothing_is_seen(shares: list[float], label: str) -> None:
    drawn = chart("x", "X", [Figure(label, "v", share) for share in shares])

    assert all(0 <= bar.length <= ROOM for bar in drawn.bars)
    assert all(
        (share > 0) == (bar.length >= LEAST * ROOM / 100 - 0.01) for share, bar in zip(shares, drawn.bars, strict=True)
    )
    assert all(bar.bar_y < drawn.height for bar in drawn.bars)
