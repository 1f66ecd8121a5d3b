"""A job on the portal, in our words (reference/portal.md, section 8). Nothing about the account holder gets here."""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

JobId = NewType("JobId", str)


class Scale(StrEnum):
    """What the number of a mark counts."""

    CGPA = "cgpa"
    PERCENT = "percent"


class Mark(Frozen):
    """A required mark. level: as the portal names it (UG, CLASS_X, ...). required None: not stated."""

    level: str
    required: float | None
    scale: Scale


class Stage(Frozen):
    """A step of the hiring flow."""

    sequence: int
    name: str


class Document(Frozen):
    """A file attached to a job. url None: to be asked for when it is needed."""

    name: str
    identifier: str | None = None
    url: str | None = None


class Job(Frozen):
    """A job profile. None and empty mean "not stated", never "no".

    package_rupees: per `interval`, always above 0. interval: the portal's text; "M..." is per month, else per year.
    description_html, package_info_html: sanitised. stages: sorted by sequence.
    detailed: the details were read; False while only the list element is known.
    """

    id: JobId
    year: str
    title: str
    company: str
    category: str = "Unknown"
    category_code: int | None = None
    content: str = ""
    created_at: UtcDatetime | None = None
    deadline: UtcDatetime | None = None
    status: str | None = None
    marks: tuple[Mark, ...] = ()
    courses: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    description_html: str = ""
    location: str | None = None
    package_rupees: int | None = None
    interval: str | None = None
    package_info_html: str = ""
    skills: tuple[str, ...] = ()
    placement_type: str | None = None
    stages: tuple[Stage, ...] = ()
    documents: tuple[Document, ...] = ()
    detailed: bool = False
