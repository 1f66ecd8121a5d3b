"""How a message is understood, and why, as the object that `explain --json` prints."""

from datetime import datetime
from typing import Any

from placement_alerts.core.notice import Facts
from placement_alerts.core.timetable import iso_in_india


def explanation(file: str, facts: Facts) -> dict[str, Any]:
    """Return the object of DESIGN.md, section 6; times are texts with the offset +05:30."""
    return {
        "file": file,
        "kind": facts.kind.value,
        "company": facts.company,
        "roles": [
            {"role": one.role, "package_lpa": one.package_lpa, "stipend_per_month": one.stipend_per_month}
            for one in facts.roles
        ],
        "location": list(facts.location),
        "deadline": _local(facts.deadline),
        "event_at": _local(facts.event_at),
        "venue": facts.venue,
        "links": list(facts.links),
        "students": [{"name": one.name, "enrollment": one.enrollment} for one in facts.students],
        "branches": list(facts.branches),
        "min_cgpa": facts.min_cgpa,
        "batch_year": facts.batch_year,
        "author": facts.author,
        "held": facts.held,
        "reasons": list(facts.reasons),
    }


def _local(moment: datetime | None) -> str | None:
    return iso_in_india(moment) if moment else None
