"""Whether a job is open for one student, as far as the portal's words and the student's own tell. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from placement_alerts.core.job import Job, Scale

BRANCHES = ("CSE", "ECE", "IT", "BT", "Intg. M.Tech", "M.Tech", "MCA")  # what a student may say of themselves
COLLEGE = "UG"  # the level whose mark is compared with a student's CGPA
_COLLEGES = frozenset({COLLEGE, "UNDERGRADUATE", "GRADUATION", "PG"})

_PROGRAMS = (
    ("Intg. M.Tech", re.compile(r"\b(?:int(?:g|egrated)?\b|dual degree).{0,20}m\.?\s?tech", re.IGNORECASE)),
    ("M.Tech", re.compile(r"\bm\.?\s?tech\b", re.IGNORECASE)),
    ("MCA", re.compile(r"\bmca\b|\bmaster.{0,4} of computer applications?\b", re.IGNORECASE)),
)
_SUBJECTS = (
    ("CSE", re.compile(r"\bcse?\b|\bcomputer (?:science|engineering)\b", re.IGNORECASE)),
    ("ECE", re.compile(r"\bece\b|\belectronics\b", re.IGNORECASE)),
    ("IT", re.compile(r"\bIT\b|\binformation technology\b|\bInformation Technology\b")),
    ("BT", re.compile(r"\bbt\b|\bbio-?\s?technology\b|\bbiotech\b", re.IGNORECASE)),
)
_EVERY = re.compile(r"\ball\b|\bany\b", re.IGNORECASE)


class Open(StrEnum):
    """For one student. UNKNOWN: the portal or the student does not say enough, so nobody is sent away."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Openness:
    """The answer and why, in words for the student; "" if there is nothing to say."""

    answer: Open
    reason: str = ""


def open_for(job: Job, branch: str | None, cgpa: float | None, now: datetime) -> Openness:
    """Say whether the job is open for a student. branch: one of BRANCHES; cgpa: of 10; None: they did not say."""
    if job.deadline is not None and job.deadline <= now:
        return Openness(Open.NO, "The deadline is over.")
    found = [_by_branch(job.courses, branch), _by_marks(job, cgpa)]
    for answer in (Open.NO, Open.UNKNOWN):
        reasons = [one.reason for one in found if one.answer is answer]
        if reasons:
            return Openness(answer, " ".join(reasons))
    if not job.detailed:
        return Openness(Open.UNKNOWN, "The portal's conditions were not read yet.")
    return Openness(Open.YES)


def branch_of(course: str) -> str | None:
    """Return the branch that a course of the portal ("B.Tech - Information Technology") is; None: no branch of ours."""
    for branch, words in (*_PROGRAMS, *_SUBJECTS):
        if words.search(course):
            return branch
    return None


def _by_branch(courses: Iterable[str], branch: str | None) -> Openness:
    courses = tuple(courses)
    if not courses or any(_EVERY.search(course) for course in courses):
        return Openness(Open.YES)
    if branch is None:
        return Openness(Open.UNKNOWN, "Say in the settings which branch you are in.")
    branches = [branch_of(course) for course in courses]
    if branch in branches:
        return Openness(Open.YES)
    if None in branches:
        return Openness(Open.UNKNOWN, "The portal names courses that we cannot match with a branch.")
    named = ", ".join(dict.fromkeys(one for one in branches if one))
    return Openness(Open.NO, f"It is for {named}; you are in {branch}.")


def _by_marks(job: Job, cgpa: float | None) -> Openness:
    wanted = [
        mark.required
        for mark in job.marks
        if mark.level.upper() in _COLLEGES and mark.scale is Scale.CGPA and mark.required
    ]
    if not wanted:
        return Openness(Open.YES)
    least = max(wanted)
    if cgpa is None:
        return Openness(Open.UNKNOWN, f"It asks for {least:g} CGPA; say yours in the settings.")
    if cgpa < least:
        return Openness(Open.NO, f"It asks for {least:g} CGPA; yours is {cgpa:g}.")
    return Openness(Open.YES)
