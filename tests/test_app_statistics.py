from pathlib import Path

import pytest

from placement_alerts.app_statistics import tables_of
from placement_alerts.config.loading import load
from placement_alerts.config.statistics import BranchRange, BranchRule, StatisticsConfig, StatisticsYear
from placement_alerts.core.branches import BranchTable


@pytest.fixture
def tables() -> dict[str, BranchTable]:
    year = StatisticsYear(
        year="202526",
        not_counted=("JUIT",),
        rules=(BranchRule(branch="JUIT", when="contains a letter"),),
        ranges=(BranchRange(branch="CSE", first="22103000", before="22104000", strength=342),),
    )
    return tables_of(StatisticsConfig(years=(year,)))


def test_settings_become_the_branches_of_each_year(tables: dict[str, BranchTable]) -> None:
    table = tables["202526"]

    assert table.branch_of("22103999") == "CSE"
    assert table.branch_of("22A") == "JUIT"
    assert table.strengths() == {"CSE": 342}
    assert not table.is_counted("JUIT")


def test_every_rule_that_settings_allow_is_understood() -> None:
    words = ("contains a letter", "begins with 24", "has 9 digits")
    rules = tuple(BranchRule(branch="X", when=when) for when in words)

    table = tables_of(StatisticsConfig(years=(StatisticsYear(year="202526", rules=rules),)))["202526"]
    assert [table.branch_of(number) for number in ("A1", "2412", "123456789", "12")] == ["X", "X", "X", "Other"]


def test_settings_without_years_have_no_tables(tmp_path: Path) -> None:
    assert tables_of(load(environ={}, folder=tmp_path).config.statistics) == {}
