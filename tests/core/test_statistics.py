import json
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_alerts.core.offer import Offer, OfferRole
from placement_alerts.core.statistics import statistics_of
from placement_alerts.core.statistics_filter import Filter
from tests.core.placements import BANDS, TABLE, a_chosen, an_offer, worked_example


def figures(offers: Sequence[Offer], **wanted: Any) -> dict[str, Any]:
    return statistics_of(offers, TABLE, BANDS, Filter(**wanted)).to_json()


def test_worked_example_of_the_reference() -> None:
    found = figures(worked_example())

    assert found["unique_students_placed"] == 2
    assert found["total_offers"] == 3
    assert found["unique_companies"] == 2
    assert (found["average_package"], found["median_package"], found["highest_package"]) == (8.0, 8.0, 10.0)
    assert found["total_eligible_students"] == 1153
    assert found["placement_percentage"] == 0.17
    assert found["placements_count"] == 2
    assert found["year"] == "202526"


def test_branch_has_its_own_best_packages_and_strength() -> None:
    branches = figures(worked_example())["branch_stats"]

    assert list(branches) == ["CSE", "ECE", "IT", "BT", "Intg. MTech"]
    assert branches["CSE"] == {
        "branch": "CSE",
        "total_offers": 2,
        "unique_students": 1,
        "total_students_in_branch": 612,
        "avg_package": 10.0,
        "median_package": 10.0,
        "highest_package": 10.0,
        "placement_percentage": 0.16,
    }
    assert branches["BT"]["unique_students"] == 0


def test_company_is_counted_over_all_rows() -> None:
    companies = figures(worked_example())["company_stats"]

    assert companies["B"] == {"company": "B", "students_count": 3, "profiles": ["Y"], "avg_package": 10.0}
    assert list(companies) == ["B", "A"]


def test_what_is_not_counted_is_said() -> None:
    assert figures(worked_example())["not_counted"] == {
        "branches": {"JUIT": {"rows": 1, "students": 1}, "Other": {"rows": 1, "students": 1}},
        "rows_without_enrollment_number": 1,
    }


def test_filters_offer_what_the_offers_have() -> None:
    offers = [an_offer("B", roles=(OfferRole(role="Y"), OfferRole(role=None)), locations=("Pune",)), an_offer("A")]

    assert figures(offers)["available_filters"] == {
        "companies": ["A", "B"],
        "roles": ["Engineer", "Y"],
        "locations": ["Pune"],
        "branches": ["CSE", "ECE", "IT", "BT", "Intg. MTech"],
    }


def test_bands_include_their_lower_bound() -> None:
    paid = [("22103001", 13.0), ("22103002", 12.99), ("22103003", 6.0), ("22103004", 5.99)]
    offers = [an_offer("A", *(a_chosen(number, package_lpa=package) for number, package in paid))]
    offers.append(an_offer("B", a_chosen("22103004", package_lpa=20.0), a_chosen("22103005")))

    assert figures(offers)["package_bands"] == [
        {"from_lpa": 13.0, "below_lpa": None, "offers": 2, "companies": 2, "students": 2},
        {"from_lpa": 6.0, "below_lpa": 13.0, "offers": 2, "companies": 1, "students": 2},
        {"from_lpa": None, "below_lpa": 6.0, "offers": 1, "companies": 1, "students": 0},
    ]


def test_placed_student_without_a_package_is_in_no_package_figure() -> None:
    found = figures([an_offer("A", a_chosen("22103001"), a_chosen("22103002", package_lpa=9.0))])

    assert found["unique_students_placed"] == 2
    assert found["average_package"] == 9.0
    assert found["students_without_package"] == 1


def test_no_data_is_zeros_and_empty_maps() -> None:
    found = figures([])

    assert found["unique_students_placed"] == found["total_offers"] == found["unique_companies"] == 0
    assert found["average_package"] == found["median_package"] == found["highest_package"] == 0.0
    assert found["placement_percentage"] == 0.0
    assert found["branch_stats"] == found["company_stats"] == {}


def test_rounding_happens_once_at_output() -> None:
    offers = [an_offer("A", *(a_chosen(f"2210300{i}", package_lpa=10 / 3) for i in range(3)))]
    found = statistics_of(offers, TABLE, BANDS)

    assert found.packages.average == 10 / 3
    assert found.to_json()["average_package"] == 3.33


def test_no_name_and_no_number_leaves_as_json() -> None:
    text = json.dumps(figures(worked_example()))

    assert "2210" not in text
    assert "Nobody" not in text
    assert "AB1234" not in text


OFFERS = [
    an_offer(
        "Brightwave Systems",
        a_chosen("22103001", name="Meera Nair", role="Software Engineer"),
        a_chosen("22102002", name="Kabir Sethi", role="Tester", location="Goa"),
        a_chosen("22104003", name="Asha Rao", package_lpa=3.5),
        roles=(OfferRole(role="Software Engineer", package_lpa=11.5), OfferRole(role="Tester", package_lpa=8.0)),
        locations=("Noida", "Pune"),
    ),
    an_offer("Quandrix", a_chosen("22103001", name="Meera Nair"), a_chosen("AB1234"), roles=(OfferRole(role="SDE"),)),
]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ({}, 4),
        ({"companies": {"BRIGHTWAVE  Systems Pvt. Ltd."}}, 3),
        ({"companies": {"Brightwave"}}, 0),
        ({"companies": {"Quandrix", "Brightwave Systems"}}, 4),
        ({"roles": {"tester"}}, 1),
        ({"roles": {"Tester", "SDE"}}, 1),
        ({"locations": {"pune"}}, 2),
        ({"locations": {"Goa"}}, 1),
        ({"branches": {"CSE"}}, 2),
        ({"branches": {"JUIT"}}, 0),
        ({"lowest": 8.0}, 3),
        ({"highest": 8.0}, 3),
        ({"lowest": 8.0, "highest": 11.5}, 3),
        ({"search": "meera"}, 2),
        ({"search": "2210"}, 4),
        ({"search": "SOFTWARE eng"}, 1),
        ({"search": "quand"}, 1),
        ({"search": "nobody"}, 0),
        ({"companies": {"Brightwave Systems"}, "branches": {"CSE"}, "lowest": 11.5}, 1),
    ],
)
def test_filter_lets_through_what_fits_all_of_it(wanted: dict[str, Any], rows: int) -> None:
    wanted = {name: frozenset(value) if isinstance(value, set) else value for name, value in wanted.items()}

    assert figures(OFFERS, **wanted)["total_offers"] == rows


def test_filtered_view_keeps_the_strength_and_what_is_not_counted() -> None:
    whole, part = figures(OFFERS), figures(OFFERS, branches=frozenset({"CSE"}))

    assert part["filtered"]
    assert part["total_eligible_students"] == whole["total_eligible_students"]
    assert part["not_counted"] == whole["not_counted"]
    assert part["available_filters"] == whole["available_filters"]


def test_companies_of_a_filtered_view_are_over_its_rows() -> None:
    whole, part = figures(OFFERS), figures(OFFERS, companies=frozenset({"Quandrix"}))

    assert whole["company_stats"]["Quandrix"]["students_count"] == 2
    assert part["company_stats"]["Quandrix"]["students_count"] == 1
    assert part["unique_companies"] == 1


NUMBERS = ["22103001", "22103002", "22102001", "9922103005", "21801001", "AB1", "24000001", "123", None, " 22103001 "]
PACKAGES = st.none() | st.sampled_from([-1.0, 0.0, 4.0, 6.0, 7.25, 13.0, 50_000.0, 900_000.0])
ROLES = st.lists(st.builds(OfferRole, role=st.sampled_from([None, "X", "Y"]), package_lpa=PACKAGES), max_size=3)


@st.composite
def some_offers(draw: st.DrawFn) -> list[Offer]:
    students = st.builds(
        a_chosen, st.sampled_from(NUMBERS), package_lpa=PACKAGES, role=st.sampled_from([None, "X", "Z"])
    )
    companies = draw(st.lists(st.sampled_from("ABCDE"), unique=True))
    return [an_offer(company, *draw(st.lists(students, max_size=5)), roles=tuple(draw(ROLES))) for company in companies]


def slow_package(student: Any, roles: Sequence[OfferRole]) -> float | None:
    def cleaned(value: float | None) -> float | None:
        if value is None or value <= 0 or 1000 < value < 100_000:
            return None
        return value / 100_000 if value >= 100_000 else value

    if (own := cleaned(student.package_lpa)) is not None:
        return own
    of_role = [cleaned(r.package_lpa) for r in roles if student.role is not None and r.role == student.role]
    of_any = [cleaned(r.package_lpa) for r in roles]
    for candidates in (of_role, of_any):
        if known := [value for value in candidates if value is not None]:
            return max(known)
    return None


def slow_figures(offers: Sequence[Offer]) -> dict[str, Any]:
    """Return the totals, said again in the plainest way."""
    rows = []
    for offer in offers:
        for student in offer.students:
            number = student.enrollment and student.enrollment.replace(" ", "")
            branch = TABLE.branch_of(number)
            rows.append((offer.company_key, number, branch, slow_package(student, offer.roles)))
    counted = [row for row in rows if row[2] not in ("JUIT", "MTech", "Other")]
    best = []
    for number in {row[1] for row in counted}:
        packages = [row[3] for row in counted if row[1] == number and row[3] is not None]
        best += [max(packages)] if packages else []
    placed = len({row[1] for row in counted})
    return {
        "unique_students_placed": placed,
        "total_offers": len(counted),
        "unique_companies": len({row[0] for row in rows}),
        "average_package": round(fmean(best), 2) if best else 0.0,
        "median_package": round(median(best), 2) if best else 0.0,
        "highest_package": round(max(best), 2) if best else 0.0,
        "placement_percentage": round(placed / 1153 * 100, 2),
    }


@settings(max_examples=60, deadline=None)
@given(some_offers())
def test_totals_are_those_of_the_slow_restatement(offers: list[Offer]) -> None:
    slow = slow_figures(offers)
    found = figures(offers)

    assert {name: found[name] for name in slow} == slow


@settings(max_examples=60, deadline=None)
@given(some_offers())
def test_parts_add_up_to_the_whole(offers: list[Offer]) -> None:
    found = statistics_of(offers, TABLE, BANDS)

    assert sum(one.students for one in found.branches) == found.unique_students_placed
    assert sum(one.offers for one in found.branches) == found.total_offers
    assert sum(one.students for one in found.bands) == found.packages.count
    assert sum(one.rows for one in found.not_counted) + found.total_offers == sum(len(o.students) for o in offers)


@settings(max_examples=30, deadline=None)
@given(some_offers(), st.randoms())
def test_order_of_the_offers_does_not_matter(offers: list[Offer], chance: Any) -> None:
    shuffled = list(offers)
    chance.shuffle(shuffled)

    assert figures(shuffled) == figures(offers)
