from typing import Any

import pytest

from placement_alerts.core.job import Job, Mark, Scale
from placement_alerts.core.openness import Open, branch_of, open_for
from tests.builders import NOW, a_job, after

CSE = "B.Tech - Computer Science and Engineering"
ECE = "B.Tech - Electronics and Communication Engineering"


def job(**values: Any) -> Job:
    mark = Mark(level="UG", required=7.0, scale=Scale.CGPA)
    return a_job(**({"courses": (CSE,), "marks": (mark,)} | values))


@pytest.mark.parametrize(
    ("branch", "cgpa", "answer"),
    [
        ("CSE", 7.0, Open.YES),
        ("CSE", 6.99, Open.NO),
        ("ECE", 9.0, Open.NO),
        (None, 9.0, Open.UNKNOWN),
        ("CSE", None, Open.UNKNOWN),
        (None, 6.0, Open.NO),
    ],
)
def test_job_is_open_for_who_fits_by_branch_and_cgpa(branch: str | None, cgpa: float | None, answer: Open) -> None:
    assert open_for(job(), branch, cgpa, NOW).answer is answer


def test_reason_names_what_is_asked_and_what_the_student_has() -> None:
    assert open_for(job(), "CSE", 6.5, NOW).reason == "It asks for 7 CGPA; yours is 6.5."
    assert open_for(job(courses=(CSE, ECE)), "BT", 8.0, NOW).reason == "It is for CSE, ECE; you are in BT."
    assert "settings" in open_for(job(), None, None, NOW).reason


def test_closed_job_is_open_for_nobody() -> None:
    assert open_for(job(deadline=NOW), "CSE", 9.0, NOW).answer is Open.NO
    assert open_for(job(deadline=None), "CSE", 9.0, NOW).answer is Open.YES
    assert open_for(job(deadline=after(seconds=1)), "CSE", 9.0, NOW).answer is Open.YES


def test_course_that_is_no_branch_of_ours_sends_nobody_away() -> None:
    assert open_for(job(courses=("B.Des - Products",)), "CSE", 9.0, NOW).answer is Open.UNKNOWN


def test_marks_of_school_and_in_percent_are_not_compared_with_a_cgpa() -> None:
    marks = (
        Mark(level="CLASS_X", required=60.0, scale=Scale.PERCENT),
        Mark(level="UG", required=60.0, scale=Scale.PERCENT),
        Mark(level="UG", required=None, scale=Scale.CGPA),
    )
    assert open_for(job(marks=marks), "CSE", 5.0, NOW).answer is Open.YES


@pytest.mark.parametrize("courses", [(), ("All branches",)])
def test_job_without_courses_or_for_all_is_open_for_every_branch(courses: tuple[str, ...]) -> None:
    assert open_for(job(courses=courses), "MCA", 8.0, NOW).answer is Open.YES


def test_job_whose_details_were_not_read_is_not_promised() -> None:
    assert open_for(job(courses=(), marks=(), detailed=False), "CSE", 9.0, NOW).answer is Open.UNKNOWN


@pytest.mark.parametrize(
    ("course", "branch"),
    [
        (CSE, "CSE"),
        (ECE, "ECE"),
        ("B.Tech - Information Technology", "IT"),
        ("B.Tech - IT", "IT"),
        ("B.Tech - Biotechnology", "BT"),
        ("M.Tech - Computer Science", "M.Tech"),
        ("Integrated M.Tech - CSE", "Intg. M.Tech"),
        ("MCA - Computer Applications", "MCA"),
        ("B.Tech - Fine Arts with it", None),
    ],
)
def test_course_of_the_portal_is_a_branch(course: str, branch: str | None) -> None:
    assert branch_of(course) == branch
