import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.branches import OTHER, BranchRange, BranchTable, table_for
from placement_alerts.errors import ConfigError
from tests.core.placements import RANGES, RULES, TABLE


@pytest.mark.parametrize(
    ("number", "branch"),
    [
        ("22103000", "CSE"),
        ("22103999", "CSE"),
        ("22104000", "IT"),
        ("9922103000", "CSE"),
        ("9922102500", "ECE"),
        ("22101001", "BT"),
        ("21802007", "Intg. MTech"),
        ("AB1234", "JUIT"),
        ("221030001", "JUIT"),
        ("24123456", "MTech"),
        ("241234567", "MTech"),
        ("24A", "JUIT"),
        ("21103001", OTHER),
        ("9922105000", OTHER),
        ("0022103001", OTHER),
        ("٢٢١٠٣٠٠١", OTHER),
        ("22103001/2", OTHER),
        ("", OTHER),
        (None, OTHER),
    ],
)
def test_first_rule_that_fits_decides_and_then_the_ranges(number: str | None, branch: str) -> None:
    assert TABLE.branch_of(number) == branch


def test_strength_of_a_branch_is_that_of_all_its_ranges_in_the_configured_order() -> None:
    assert list(TABLE.strengths().items()) == [
        ("CSE", 612),
        ("ECE", 387),
        ("IT", 66),
        ("BT", 47),
        ("Intg. MTech", 41),
    ]
    assert sum(TABLE.strengths().values()) == 1153


def test_branch_that_is_not_counted_has_no_strength() -> None:
    table = BranchTable("202526", RULES, RANGES, frozenset({"CSE"}))

    assert "CSE" not in table.strengths()
    assert table.strengths()["JUIT"] == 0


def test_other_is_never_counted() -> None:
    table = BranchTable("202526", ranges=(BranchRange("Other", 1, 2, 5), BranchRange("CSE", 2, 3, 5)))

    assert table.strengths() == {"CSE": 5}
    assert not table.is_counted(OTHER)


def test_year_without_branches_is_a_clear_error() -> None:
    with pytest.raises(ConfigError, match="202627 has no branches and strengths, so nothing is counted; set: 202526"):
        table_for({"202526": TABLE}, "202627")


def test_year_with_branches_is_found() -> None:
    assert table_for({"202526": TABLE}, "202526") is TABLE


@given(st.text(max_size=14) | st.from_regex(r"(99)?2[0-9A-Z]{6,8}", fullmatch=True))
def test_every_text_has_exactly_one_branch(number: str) -> None:
    assert TABLE.branch_of(number) in {*TABLE.strengths(), "JUIT", "MTech", OTHER}
