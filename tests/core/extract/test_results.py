from placement_alerts.core.extract.results import find_results
from placement_alerts.core.extract.students import find_students
from placement_alerts.core.html import from_html
from placement_alerts.core.notice import Role

ROLES = (Role(role="Backend Engineer"), Role(role="QA Engineer"))


def results_of(html: str) -> list[tuple[str | None, str | None, float | None, int | None, str | None, str | None]]:
    text = from_html("t", html)
    students = find_students(text) or find_students(text, names_alone=True)
    return [
        (one.student.name, one.role, one.package_lpa, one.stipend_per_month, one.location, one.joining_date)
        for one in find_results(text, students, ROLES)
    ]


def test_columns_say_what_each_student_got() -> None:
    html = (
        "<table><tr><th>Roll No</th><th>Name</th><th>Profile</th><th>CTC (LPA)</th><th>Stipend</th><th>Location</th>"
        "<th>Date of Joining</th></tr><tr><td>23103001</td><td>Asha Rao</td><td>backend engineers</td><td>12.50</td>"
        "<td>40,000</td><td>Pune</td><td>1 July 2026</td></tr></table>"
    )

    assert results_of(html) == [("Asha Rao", "Backend Engineer", 12.5, 40_000, "Pune", "1 July 2026")]


def test_line_says_post_and_pay_behind_the_name() -> None:
    assert results_of("<p>Asha Rao | 23103001 | QA Engineer | 7.5 LPA<br>Ben Dey | 23103002 | SDE | 6 LPA</p>") == [
        ("Asha Rao", "QA Engineer", 7.5, None, None, None),
        ("Ben Dey", None, 6.0, None, None, None),
    ]


def test_heading_says_the_post_of_the_students_below_it() -> None:
    html = "<p>Backend Engineer (15 LPA):<br>23103001 Asha Rao<br>QA Engineer (7 LPA):<br>23103002 Ben Dey</p>"

    assert [(name, role) for name, role, *_ in results_of(html)] == [
        ("Asha Rao", "Backend Engineer"),
        ("Ben Dey", "QA Engineer"),
    ]


def test_names_without_numbers_have_rows_too() -> None:
    html = "<p>Selected students:</p><ol><li>Asha Rao</li><li>Ben Dey</li></ol><p>Regards</p>"

    assert results_of(html) == [("Asha Rao", None, None, None, None, None), ("Ben Dey", None, None, None, None, None)]


def test_column_without_a_figure_says_no_pay() -> None:
    html = (
        "<table><tr><th>Roll No</th><th>Name</th><th>Role</th><th>Package</th></tr>"
        "<tr><td>23103001</td><td>Asha Rao</td><td></td><td>as per norms</td></tr>"
        "<tr><td>23103002</td><td>Ben Dey</td><td></td><td></td></tr></table>"
    )

    assert results_of(html) == [("Asha Rao", None, None, None, None, None), ("Ben Dey", None, None, None, None, None)]


def test_column_of_an_unknown_post_is_taken_as_written() -> None:
    html = (
        "<table><tr><th>Roll No</th><th>Name</th><th>Role</th><th>Stipend</th></tr>"
        "<tr><td>23103001</td><td>Asha Rao</td><td>Curator of Things</td><td>Rs 9,000 per month</td></tr></table>"
    )

    assert results_of(html) == [("Asha Rao", "Curator of Things", None, 9_000, None, None)]
