import pytest

from placement_alerts.core.offer import OfferRole
from placement_alerts.core.offer_rows import clean_package, rows_of
from tests.core.placements import TABLE, a_chosen, an_offer

DEV = OfferRole(role="Developer", package_lpa=12.0)
TESTER = OfferRole(role="Tester", package_lpa=8.0)
UNPAID = OfferRole(role="Fellow")


@pytest.mark.parametrize(
    ("written", "lpa"),
    [
        (9.0, 9.0),
        (1000.0, 1000.0),
        (1000.5, None),
        (99_999.0, None),
        (100_000.0, 1.0),
        (950_000.0, 9.5),
        (2e8, None),
        (0.0, None),
        (-4.0, None),
        (float("inf"), None),
        (float("nan"), None),
        (None, None),
    ],
)
def test_package_is_lakhs_or_nothing(written: float | None, lpa: float | None) -> None:
    assert clean_package(written) == lpa


@pytest.mark.parametrize(
    ("own", "role", "roles", "found"),
    [
        (15.0, "Tester", (DEV, TESTER), ("Tester", 15.0)),
        (15.0, None, (DEV, TESTER), (None, 15.0)),
        (None, "Tester", (DEV, TESTER), ("Tester", 8.0)),
        (50_000.0, "Tester", (DEV, TESTER), ("Tester", 8.0)),
        (None, "tester", (DEV, TESTER), ("tester", 12.0)),
        (None, "Fellow", (UNPAID, TESTER), ("Fellow", 8.0)),
        (None, None, (UNPAID, TESTER), ("Tester", 8.0)),
        (None, None, (TESTER, DEV), ("Developer", 12.0)),
        (None, "Fellow", (UNPAID,), ("Fellow", None)),
        (None, None, (), (None, None)),
    ],
)
def test_package_is_the_students_then_the_roles_then_the_only_then_the_highest(
    own: float | None, role: str | None, roles: tuple[OfferRole, ...], found: tuple[str | None, float | None]
) -> None:
    (row,) = rows_of([an_offer("A", a_chosen("22103001", package_lpa=own, role=role), roles=roles)], TABLE)

    assert (row.role, row.package) == found


def test_internship_alone_counts_as_twelve_stipends() -> None:
    roles = (OfferRole(role="Intern", stipend_per_month=50_000),)

    (row,) = rows_of([an_offer("A", a_chosen("22103001"), roles=roles, internship_only=True)], TABLE)
    assert row.package == 6.0


def test_stipend_before_a_job_is_no_package() -> None:
    roles = (OfferRole(role="Intern", stipend_per_month=50_000),)

    (row,) = rows_of([an_offer("A", a_chosen("22103001"), roles=roles)], TABLE)
    assert row.package is None


def test_number_is_compared_without_spaces_in_upper_case() -> None:
    (row,) = rows_of([an_offer("A", a_chosen(" 22 10x 3001 "))], TABLE)

    assert row.number == "2210X3001"


@pytest.mark.parametrize("written", [None, "", "  "])
def test_row_without_a_number_is_not_counted(written: str | None) -> None:
    (row,) = rows_of([an_offer("A", a_chosen(None, enrollment=written))], TABLE)

    assert (row.number, row.branch, row.counted) == (None, "Other", False)


def test_students_own_place_and_date_come_before_the_offers() -> None:
    own = a_chosen("22103001", location="Pune", joining_date="2026-07-01")
    offer = an_offer("A", own, a_chosen("22103002"), locations=("Noida", "Goa"), joining_date="July")

    first, second = rows_of([offer], TABLE)
    assert (first.locations, first.joining_date) == (("Pune",), "2026-07-01")
    assert (second.locations, second.joining_date) == (("Noida", "Goa"), "July")
