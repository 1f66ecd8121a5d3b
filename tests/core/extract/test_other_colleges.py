"""Forms of dates, students, branches and places that were first seen in messages of other colleges."""

from datetime import UTC, datetime

import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.eligibility import find_branches
from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.places import find_locations
from placement_alerts.core.extract.schedule import find_schedule
from placement_alerts.core.extract.students import find_students
from placement_alerts.core.extract.venues import find_venue

PUBLISHED = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)  # a Wednesday, 10:00 in India


def schedule_of(said: str) -> tuple[str | None, str | None]:
    found = find_schedule(from_plain("t", said), PUBLISHED)
    first = [one[0].at.strftime("%m-%d %H:%M") if one else None for one in (found.deadlines, found.events)]
    return first[0], first[1]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Apply at https://a.example/x.y within 24 hours", ("03-12 10:00", None)),
        ("Fill the form within 2 days", ("03-13 23:59", None)),
        ("Offer letters reach you within 24 hours", (None, None)),
        ("Acknowledge at https://forms.gle/Abc by 12/03, 6 pm", ("03-12 18:00", None)),
        ("Apply latest by Friday (13/3), 2 PM", ("03-13 14:00", None)),
        ("Apply by Monday 10 AM", ("03-16 10:00", None)),
        ("Profiles that are incomplete on 16 March, 11:59 PM will be locked", ("03-16 23:59", None)),
        ("No form is accepted after 16 March, 5 PM", ("03-16 17:00", None)),
        ("The company will visit after 16 March", (None, None)),
        (
            "The GD scheduled for tomorrow at 8:30 am in Main Hall will now start at 1:30 p.m. in Seminar Hall 3",
            (None, "03-12 13:30"),
        ),
    ],
)
def test_deadlines_in_hours_without_years_and_after_the_fact(
    said: str, expected: tuple[str | None, str | None]
) -> None:
    assert schedule_of(said) == expected


def test_span_beyond_the_calendar_is_no_moment() -> None:
    assert find_schedule(from_plain("t", "Apply within 24 hours"), datetime.max.replace(tzinfo=UTC)).deadlines == ()


@pytest.mark.parametrize("number", ["PES1UG22CS101", "21CSB0A07"])
def test_numbers_of_more_colleges_are_known(number: str) -> None:
    assert ENROLLMENT.fullmatch(number)


@pytest.mark.parametrize(
    ("said", "students"),
    [
        ("RAHUL VERMA S/o Shri Anil Verma - 20BCE1045", [("RAHUL VERMA", "20BCE1045")]),
        ("20BCE1045 RAHUL VERMA S/o Shri Anil Verma", [("RAHUL VERMA", "20BCE1045")]),
        (
            "Dear Asha Rao (22102301) and Ben Dey (22102317), you are called.",
            [("Asha Rao", "22102301"), ("Ben Dey", "22102317")],
        ),
        ("Badhai ho, humare Asha Rao (22BTCS017) ko offer mila", [("Asha Rao", "22BTCS017")]),
        ("Congratulations Asha Rao (21CSB0A31) on being selected.", [("Asha Rao", "21CSB0A31")]),
        ("HR round of Fractal is tomorrow for:\n- Asha Rao\n- Ben Dey", [("Asha Rao", None), ("Ben Dey", None)]),
        ("Shortlist for round 2:\nAsha Rao - 6:00 PM\nBen Dey - 6:45 PM", [("Asha Rao", None), ("Ben Dey", None)]),
        (
            "The certificates below were issued for the summer internship at Palmyra Steel:\n2021BME051 Asha Rao",
            [("Asha Rao", "2021BME051")],
        ),
    ],
)
def test_relations_greetings_and_slots_are_no_part_of_a_name(said: str, students: list[tuple[str, str | None]]) -> None:
    text = from_plain("List", said)
    found = find_students(text) or find_students(text, names_alone=True)

    assert [(one.name, one.enrollment) for one in found] == students


@pytest.mark.parametrize(
    ("said", "branches"),
    [
        ("Eligible: all B.Tech branches except BT", ("CSE", "ECE", "IT")),
        ("Branches: E&TC, Computer", ("ECE", "CSE")),
        ("ECE students may apply for IT Analyst too", ("ECE",)),
        ("All branches can apply", ("All",)),
        ("Eligible: all branches except Civil", ("All",)),
    ],
)
def test_branches_but_some_are_the_others(said: str, branches: tuple[str, ...]) -> None:
    assert set(find_branches(from_plain("t", said))) == set(branches)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Place: Seminar Hall, Block C", ()),
        ("package 1.2 Cr, London office", ("London",)),
        ("Acme ended its campus hiring. The post is at Pune with 5 LPA.", ("Pune",)),
        ("Palmyra || Software Engineer || Pune || 5 LPA", ("Pune",)),
        ("*Location* : Pan India", ("Pan India",)),
    ],
)
def test_place_of_work_is_no_hall_and_no_amount(said: str, places: tuple[str, ...]) -> None:
    text = from_plain("t", said)

    assert find_locations(text, fields_of(text)) == places


@pytest.mark.parametrize(
    ("said", "venue"),
    [
        ("The session is at 10 am in Smart Class 4.", "Smart Class 4"),
        ("It takes place at Palmyra Incubation Centre, 10 AM onwards.", "Palmyra Incubation Centre"),
        ("The GD in Main Hall will now start at 1:30 p.m. in Seminar Hall 3.", "Seminar Hall 3"),
    ],
)
def test_venue_ends_before_the_time_of_day(said: str, venue: str) -> None:
    assert find_venue(from_plain("t", said), (), ()) == venue
