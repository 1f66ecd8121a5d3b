import pytest

from placement_alerts.core.fields import effective_deadline, fields, show_mark, show_package, show_role
from placement_alerts.core.job import Mark, Scale, Stage
from placement_alerts.core.notice import Role
from tests.builders import a_job, a_notice, after, facts


@pytest.mark.parametrize(
    ("rupees", "interval", "shown"),
    [
        (1_150_000, "ANNUM", "11.5 LPA"),
        (100_000, None, "1.0 LPA"),
        (120_000, "MONTH", "1.2 LPM"),
        (45_000, "month", "₹45,000 per month"),
        (60_000, None, "₹60,000 per year"),
    ],
)
def test_a_package_is_shown_in_its_unit(rupees: int, interval: str | None, shown: str) -> None:
    assert show_package(rupees, interval) == shown


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (Mark(level="UG", required=7.0, scale=Scale.CGPA), "UG: 7.0 CGPA"),
        (Mark(level="CLASS_X", required=60.0, scale=Scale.PERCENT), "Class X: 60 %"),
        (Mark(level="CLASS_XII", required=None, scale=Scale.PERCENT), "Class XII: not stated"),
    ],
)
def test_a_mark_is_shown_on_its_scale(mark: Mark, shown: str) -> None:
    assert show_mark(mark) == shown


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role(role="SDE"), "SDE"),
        (Role(role="SDE", package_lpa=9.0), "SDE (9 LPA)"),
        (Role(role=None, package_lpa=5.5, stipend_per_month=20_000), "Role not named (5.5 LPA, ₹20,000 per month)"),
    ],
)
def test_a_role_is_shown_with_what_is_stated_of_its_pay(role: Role, shown: str) -> None:
    assert show_role(role) == shown


def test_what_is_not_stated_is_not_shown() -> None:
    empty = facts(company=None, roles=(), deadline=None)

    assert fields(a_notice(facts=empty)) == ()


def test_the_notices_own_values_stand_in_one_order() -> None:
    full = facts(
        location=("Noida",),
        event_at=after(days=1),
        venue="LT-1",
        branches=("CSE", "IT"),
        min_cgpa=7.5,
        batch_year=2026,
        roles=(Role(role="SDE"), Role(role="QA")),
    )

    shown = [(field.label, field.value) for field in fields(a_notice(facts=full))]

    assert shown == [
        ("Company", "Brightwave Systems"),
        ("Roles", "SDE; QA"),
        ("Location", "Noida"),
        ("When", "Tue 11 Nov 2025, 12:00 PM IST"),
        ("Venue", "LT-1"),
        ("Eligibility", "CSE, IT; 7.5 CGPA and above; batch of 2026"),
        ("Deadline", "Thu 13 Nov 2025, 12:00 PM IST"),
    ]


def test_the_job_adds_what_the_notice_does_not_say() -> None:
    job = a_job(
        location="Pune",
        package_rupees=900_000,
        courses=("B.Tech - CSE",),
        marks=(Mark(level="UG", required=7.0, scale=Scale.CGPA),),
        stages=(Stage(sequence=1, name="Test"), Stage(sequence=4, name="HR")),
    )

    shown = {field.label: field.value for field in fields(a_notice(job=job, facts=facts(company=None, roles=())))}

    assert shown == {
        "Deadline": "Thu 13 Nov 2025, 12:00 PM IST",
        "Company": "Brightwave Systems",
        "Role": "Software Engineer",
        "Location": "Pune",
        "CTC on the portal": "9.0 LPA",
        "Required marks": "UG: 7.0 CGPA",
        "Courses": "B.Tech - CSE",
        "Hiring flow": "Test → HR",
    }


def test_the_jobs_deadline_fills_in_for_a_notice_without_one() -> None:
    labels = [field.label for field in fields(a_notice(job=a_job(), facts=facts(deadline=None)))]

    assert labels[-1] == "Deadline"


@pytest.mark.parametrize(
    ("own", "job", "later"), [(2, 5, 5), (5, 2, 5), (None, 2, 2), (2, None, 2), (None, None, None)]
)
def test_the_later_deadline_counts(own: int | None, job: int | None, later: int | None) -> None:
    days = {None: None} | {number: after(days=number) for number in (2, 5)}
    notice = a_notice(facts=facts(deadline=days[own]), job=a_job(deadline=days[job]), announces_job=True)

    assert effective_deadline(notice) == days[later]


def test_the_deadline_of_a_job_that_is_only_mentioned_does_not_count() -> None:
    notice = a_notice(facts=facts(deadline=None), job=a_job(), announces_job=False)

    assert effective_deadline(notice) is None
