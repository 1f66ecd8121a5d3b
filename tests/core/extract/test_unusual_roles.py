import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.roles import find_roles


def roles_of(title: str, body: str) -> list[tuple[str | None, float | None, int | None]]:
    text = from_plain(title, body)
    return [(one.role, one.package_lpa, one.stipend_per_month) for one in find_roles(text, fields_of(text))]


@pytest.mark.parametrize(
    ("body", "pay"),
    [
        ("CTC: 9 LPA", (9.0, None)),
        ("Stipend: Rs. 25,000/- per month", (None, 25_000)),
        ("*CTC* : Upto 12 LPA", (12.0, None)),
        ("Package: Fixed: 6,00,000 Variable: 1,00,000 Total CTC: 7,50,000", (7.5, None)),
        ("Name  Reg. No  Stipend\nAsha Rao  23103001  35,000\nBen Dey  23103002  30,000", (None, 30_000)),
    ],
)
def test_pay_without_a_post_is_kept(body: str, pay: tuple[float | None, int | None]) -> None:
    assert roles_of("Campus drive", body) == [(None, *pay)]


@pytest.mark.parametrize(
    ("title", "body", "role"),
    [
        ("Palmyra - Associate - interview list", "Be there.", "Associate"),
        ("Result", "Two of you will join as Analyst.", "Analyst"),
        ("Result", "Two of you will join as Associate - Data Engineering (7 LPA).", "Associate - Data Engineering"),
        ("Result", "The Analyst role is in Pune.", "Analyst"),
        ("UBS - IT Analyst", "Be there.", "IT Analyst"),
        ("Drive", "Name of the Company  Palmyra\nDesignation  Program Associate\nCTC  17.40 LPA", "Program Associate"),
        ("Drive", "Role: Analyst / Associate Analyst", "Analyst / Associate Analyst"),
        ("Drive", "Post: Associate Member of Technical Staff", "Associate Member of Technical Staff"),
        ("Drive", "Palmyra || Software Engineer || Pune", "Software Engineer"),
        ("Drive", "Post: Associate Consultant (Pune / Delhi)", "Associate Consultant"),
        ("Drive", "They need a Software Engineer II with us, post of Software Engineer II.", "Software Engineer II"),
    ],
)
def test_posts_are_found_that_no_usual_noun_names(title: str, body: str, role: str) -> None:
    assert [name for name, _, _ in roles_of(title, body)] == [role]


@pytest.mark.parametrize(
    "body",
    ["Packages: Ninja 3.36 LPA, Digital 7 LPA", "Profiles offered\nNinja : 3.36 LPA\nDigital : 7 LPA"],
)
def test_names_that_set_pays_apart_are_posts(body: str) -> None:
    assert roles_of("Drive", body) == [("Ninja", 3.36, None), ("Digital", 7.0, None)]


@pytest.mark.parametrize(
    "body", ["B.Tech : 5 LPA\nM.Tech : 7 LPA", "Pune : 5 LPA\nDelhi : 7 LPA", "CTC: Fixed 5 LPA, Bonus 1 LPA"]
)
def test_degrees_cities_and_parts_of_a_pay_are_no_posts(body: str) -> None:
    assert [name for name, _, _ in roles_of("Drive", body)] == [None]


def test_second_post_in_one_breath_keeps_its_own_pay() -> None:
    roles = roles_of("Challenge", "Interviews for the post of Analyst (4.25 LPA) and Senior Analyst (7.5 LPA).")

    assert roles == [("Analyst", 4.25, None), ("Senior Analyst", 7.5, None)]
