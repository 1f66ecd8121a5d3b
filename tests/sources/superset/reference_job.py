"""A job's details as the portal answers them, and the job they make (reference/portal.md, sections 6 and 8)."""

from datetime import UTC, datetime
from typing import Any

from placement_alerts.core.job import Document, Job, Mark, Scale, Stage
from tests.sources.superset.builders import NOW

REFERENCE_DETAIL: dict[str, Any] = {
    "positionType": "FULL_TIME",
    "jobProfileLocation": "Noida",
    "eligibilityCheckResult": {
        "academicResults": [
            {"level": "UG", "required": 7.0},
            {"level": "CLASS_X", "required": 60.0},
            {"level": "CLASS_XII", "required": None},
        ],
        "courseCheckResult": {
            "openedForCourses": [
                {"name": "Computer Science and Engineering", "program": {"shortName": "B.Tech"}},
                {"name": "Biotechnology", "program": None},
            ]
        },
    },
    "jobProfile": {
        "allowGenderFemale": True,
        "allowGenderMale": False,
        "jobDescription": "<p>Build web services.</p>",
        "invitationCustomText": "<p>Apply on the portal.</p>",
        "location": "Noida / Pune",
        "package": 1150000,
        "ctcInterval": "ANNUM",
        "ctcAdditionalInfo": "<table></table>",
        "requiredSkills": ["Go", None, "SQL"],
        "stages": [
            {"sequence": 4, "name": "HR Interview"},
            {"sequence": 1, "name": "Online Test"},
            {"sequence": 2, "name": "Technical Interview"},
        ],
        "documents": [{"name": "JD.pdf", "identifier": "doc-31"}],
    },
}

REFERENCE_JOB = Job.model_validate(
    {
        "id": "jp-208",
        "year": "202526",
        "title": "Software Engineer",
        "company": "Brightwave Systems",
        "category": "High",
        "category_code": 1,
        "created_at": NOW,
        "deadline": datetime(2026, 2, 1, 6, 0, tzinfo=UTC),
        "marks": (
            Mark(level="UG", required=7.0, scale=Scale.CGPA),
            Mark(level="CLASS_X", required=60.0, scale=Scale.PERCENT),
            Mark(level="CLASS_XII", required=None, scale=Scale.PERCENT),
        ),
        "courses": ("B.Tech - Computer Science and Engineering", "Unknown - Biotechnology"),
        "genders": ("Female", "Other"),
        "description_html": "<p>Build web services.</p>\n<p>Apply on the portal.</p>",
        "location": "Noida / Pune",
        "package_rupees": 1150000,
        "interval": "ANNUM",
        "package_info_html": "<table></table>",
        "skills": ("Go", "SQL"),
        "placement_type": "FULL_TIME",
        "stages": (
            Stage(sequence=1, name="Online Test"),
            Stage(sequence=2, name="Technical Interview"),
            Stage(sequence=4, name="HR Interview"),
        ),
        "documents": (Document(name="JD.pdf", identifier="doc-31"),),
        "detailed": True,
    }
)
