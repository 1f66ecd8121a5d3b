from typing import Any

import pytest

from placement_alerts.core.official import Card, CardKind
from placement_alerts.core.official_cards import MAX_DESCRIPTION, MAX_TITLE, read_card


@pytest.mark.parametrize(
    ("title", "description", "said"),
    [
        ("64", "Quality Companies Visited So Far", {"kind": CardKind.COMPANIES, "companies": 64}),
        (
            "260+",
            "Quality Companies Visited So Far",
            {"kind": CardKind.COMPANIES, "companies": 260, "at_least": True},
        ),
        (
            "Rs. 62.00 Lacs",
            "Highest Package by Atlassian (1 Offer)",
            {"kind": CardKind.HIGHEST, "rank": 1, "amount": 62.0, "company": "Atlassian", "offers": 1},
        ),
        (
            "Rs. 52.75 Lacs",
            "3rd Highest Package by Google India (6 Offers)",
            {"kind": CardKind.HIGHEST, "rank": 3, "amount": 52.75, "company": "Google India", "offers": 6},
        ),
        ("₹ 41.2 LPA", "highest package", {"kind": CardKind.HIGHEST, "rank": 1, "amount": 41.2}),
        (
            "Rs. 41 Lakhs",
            "Highest Package by Brightwave (India) (2 Offers)",
            {"kind": CardKind.HIGHEST, "rank": 1, "amount": 41.0, "company": "Brightwave (India)", "offers": 2},
        ),
        (
            "Rs. 13.00 to Rs. 52.74 Lacs",
            "Package (41 Companies - 178 Offers)",
            {"kind": CardKind.BAND, "low": 13.0, "high": 52.74, "companies": 41, "offers": 178},
        ),
        (
            "Upto Rs. 5.99 Lacs",
            "Package (1 Company – 1 Offer)",
            {"kind": CardKind.BAND, "high": 5.99, "companies": 1, "offers": 1},
        ),
        ("Rs. 11.13 Lacs", "Average Package", {"kind": CardKind.AVERAGE, "amount": 11.13}),
        ("Rs. 7.93 Lacs", "Median Package", {"kind": CardKind.MEDIAN, "amount": 7.93}),
    ],
)
def test_known_wording_gives_values_beside_the_raw_text(title: str, description: str, said: dict[str, Any]) -> None:
    assert read_card(title, description) == Card(title=title, description=description, **said)


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("98 %", "Students placed"),
        ("soon", "Average Package"),
        ("Rs. 4000 Lacs", "Average Package"),
        ("Rs. 9999 Lacs", "Highest Package by Brightwave"),
        ("Rs. 20.00 to Rs. 10.00 Lacs", "Package (41 Companies - 178 Offers)"),
        ("Upto Rs. 9000 Lacs", "Package (41 Companies - 178 Offers)"),
        ("many", "Package (41 Companies - 178 Offers)"),
        ("999999", "Quality Companies Visited So Far"),
        ("dozens", "Quality Companies Visited So Far"),
    ],
)
def test_unknown_wording_is_kept_as_it_is(title: str, description: str) -> None:
    assert read_card(title, description) == Card(title=title, description=description)


def test_spaces_are_collapsed_and_texts_are_bounded() -> None:
    card = read_card("  Rs.\n 9.80\u00a0 Lacs", "Average\t Package")
    long = read_card("1 " * 10_000, "é " * 10_000)

    assert (card.title, card.amount) == ("Rs. 9.80 Lacs", 9.8)
    assert len(long.title) <= MAX_TITLE
    assert len(long.description) <= MAX_DESCRIPTION


def test_half_a_surrogate_pair_becomes_something_that_can_be_stored() -> None:
    assert read_card("\ud83d", "Average Package").title == "?"
