"""The facts of a notice as labelled lines: what a message shows, and what two revisions are compared by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.job import Job, Mark, Scale
from placement_alerts.core.money import LAKH
from placement_alerts.core.notice import Facts, Notice, Role
from placement_alerts.core.timetable import show_moment, show_moment_short


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled line. short: the value where two stand side by side; the value itself unless it is a moment."""

    label: str
    value: str
    short: str


def fields(notice: Notice) -> tuple[Field, ...]:
    """Return what is stated, in the order in which a message shows it.

    The notice's own values come first; the matched job's value is added under its own label where it differs.
    """
    return tuple(_own(notice.facts)) + tuple(_of_job(notice.job, notice.facts) if notice.job else ())


def effective_deadline(notice: Notice) -> datetime | None:
    """Return the deadline to count with: the later of the notice's own and its job's, so that nothing ends early."""
    own, job = notice.facts.deadline, notice.job.deadline if notice.job and notice.announces_job else None
    return max(own, job) if own and job else own or job


def show_package(rupees: int, interval: str | None) -> str:
    """Return lakhs with a unit from one lakh up, else rupees (reference/portal.md, section 8)."""
    monthly = (interval or "").upper().startswith("M")
    if rupees >= LAKH:
        return f"{rupees / LAKH:.1f} {'LPM' if monthly else 'LPA'}"
    return f"₹{rupees:,} per {'month' if monthly else 'year'}"


def show_mark(mark: Mark) -> str:
    """Return e.g. "UG: 7.0 CGPA" or "Class X: 60 %"; a mark that is not stated says so."""
    name = mark.level.replace("CLASS_", "Class ")
    if mark.required is None:
        return f"{name}: not stated"
    return f"{name}: {mark.required:g} %" if mark.scale is Scale.PERCENT else f"{name}: {mark.required:.1f} CGPA"


def show_role(role: Role) -> str:
    """Return the role with its pay, as far as stated."""
    pay = []
    if role.package_lpa is not None:
        pay.append(f"{role.package_lpa:g} LPA")
    if role.stipend_per_month is not None:
        pay.append(f"₹{role.stipend_per_month:,} per month")
    name = role.role or "Role not named"
    return f"{name} ({', '.join(pay)})" if pay else name


def _own(facts: Facts) -> Iterator[Field]:
    if facts.company:
        yield _text("Company", facts.company)
    if facts.roles:
        yield _text("Role" if len(facts.roles) == 1 else "Roles", "; ".join(show_role(role) for role in facts.roles))
    if facts.location:
        yield _text("Location", ", ".join(facts.location))
    if facts.event_at:
        yield _moment("When", facts.event_at)
    if facts.venue:
        yield _text("Venue", facts.venue)
    eligible = [", ".join(facts.branches)] if facts.branches else []
    if facts.min_cgpa is not None:
        eligible.append(f"{facts.min_cgpa:g} CGPA and above")
    if facts.batch_year is not None:
        eligible.append(f"batch of {facts.batch_year}")
    if eligible:
        yield _text("Eligibility", "; ".join(eligible))
    if facts.deadline:
        yield _moment("Deadline", facts.deadline)


def _of_job(job: Job, facts: Facts) -> Iterator[Field]:
    if not facts.company:
        yield _text("Company", job.company)
    if not any(role.role for role in facts.roles):
        yield _text("Role", job.title)
    if job.location and not facts.location:
        yield _text("Location", job.location)
    if job.package_rupees is not None:
        yield _text("CTC on the portal", show_package(job.package_rupees, job.interval))
    if job.marks:
        yield _text("Required marks", "; ".join(show_mark(mark) for mark in job.marks))
    if job.courses:
        yield _text("Courses", "; ".join(job.courses))
    if job.stages:
        yield _text("Hiring flow", " → ".join(stage.name for stage in job.stages))
    if job.deadline and job.deadline != facts.deadline:
        yield _moment("Deadline on the portal" if facts.deadline else "Deadline", job.deadline)


def _text(label: str, value: str) -> Field:
    return Field(label, value, value)


def _moment(label: str, moment: datetime) -> Field:
    return Field(label, show_moment(moment), show_moment_short(moment))
