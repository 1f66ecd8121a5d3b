from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.web.pages.query import BadQuery, Query, Wish, read_wish

YEARS = ("202526", "202627")


def test_address_without_a_query_asks_for_the_active_year() -> None:
    assert read_wish({}, YEARS, "202627") == Wish("202627")


def test_everything_that_can_be_asked_for() -> None:
    query = {
        "year": ["202526"],
        "company": ["Brightwave  Systems", "Acme", ""],
        "role": ["SDE"],
        "location": ["Pune"],
        "branch": ["CSE", "CSE"],
        "min": ["6"],
        "max": ["12.5"],
        "utm_source": ["x"],
    }

    assert read_wish(query, YEARS, "202627") == Wish(
        "202526", ("Acme", "Brightwave Systems"), ("SDE",), ("Pune",), ("CSE",), 6.0, 12.5
    )


def test_same_wish_has_the_same_address() -> None:
    one = read_wish({"company": ["B", "A "], "min": ["6"], "max": [""]}, YEARS, "202526")
    other = read_wish({"min": ["6.00"], "company": ["A", "B"], "year": ["202526"]}, YEARS, "202526")

    assert one.address() == other.address() == "/statistics?year=202526&company=A&company=B&min=6"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"year": ["2025"]}, "year should be one of 202526, 202627"),
        ({"min": ["cheap"]}, "min should be a number of lakhs a year from 0 to 1000"),
        ({"min": ["nan"]}, "min should be a number"),
        ({"max": ["inf"]}, "max should be a number"),
        ({"max": ["-1"]}, "max should be a number"),
        ({"max": ["9" * 5000]}, "max should be a number"),
        ({"min": ["7"], "max": ["6"]}, "min should not be above max"),
        ({"company": ["x"] * 21}, "company should be given at most 20 times"),
        ({"role": ["x" * 201]}, "role should be a plain text of at most 200 characters"),
        ({"branch": ["a\x00b"]}, "branch should be a plain text"),
        ({"location": ["\u202epune"]}, "location should be a plain text"),
    ],
)
def test_odd_wish_is_refused_with_what_was_expected(query: Query, problem: str) -> None:
    with pytest.raises(BadQuery, match=problem):
        read_wish(query, YEARS, "202526")


@given(st.dictionaries(st.sampled_from(["year", "company", "min", "max", "role"]), st.lists(st.text(max_size=12))))
def test_any_query_is_read_or_refused(query: Query) -> None:
    with suppress(BadQuery):
        wish = read_wish(query, YEARS, "202526")

        assert wish.year in YEARS
        assert wish.filter().is_empty() == (not wish.words())
