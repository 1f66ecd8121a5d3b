import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.offer import OfferRole
from placement_alerts.core.offer_rows import rows_of
from placement_alerts.core.statistics_csv import COLUMNS, to_csv
from tests.core.placements import TABLE, a_chosen, an_offer


def cells(company: str = "A", **values: Any) -> list[str]:
    """Return the one row of a table with one student, read back."""
    student = a_chosen("22103001", **values)
    text = to_csv(rows_of([an_offer(company, student, roles=(OfferRole(role=None),))], TABLE))
    _, row = csv.reader(io.StringIO(text, newline=""), strict=True)
    return row


def test_table_is_as_the_reference_says() -> None:
    students = (
        a_chosen("22103002", name="Zoya", role="Tester", package_lpa=8.0),
        a_chosen("9922103001", name="asha", joining_date="2026-07-01"),
    )
    offer = an_offer("Brightwave, Ltd", *students, locations=("Noida", "Pune"), roles=())

    assert to_csv(rows_of([offer], TABLE)).split("\r\n") == [
        ",".join(COLUMNS),
        'asha,9922103001,"Brightwave, Ltd",,,Noida; Pune,2026-07-01,2025-11-10T12:00:00+05:30',
        'Zoya,22103002,"Brightwave, Ltd",Tester,8.00,Noida; Pune,,2025-11-10T12:00:00+05:30',
        "",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0+", "\t="])
def test_formula_is_only_shown(start: str) -> None:
    row = cells(name=f"{start}cmd|' /C calc'!A0", company=f"{start}1+1")

    assert row[0].startswith("'")
    assert row[2].startswith("'")


@pytest.mark.parametrize("name", ["Meera Nair", "D'Souza", "A=B", "10-Nov", "", " x"])
def test_plain_text_stays_as_it_is(name: str) -> None:
    assert cells(name=name)[0] == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back(name: str) -> None:
    assert cells(name=name)[0] in (name, f"'{name}")
