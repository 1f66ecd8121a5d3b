"""How a message would be understood, and why: the object that `explain --json` prints, and reading a portal notice."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from placement_alerts.core.dates import INDIA
from placement_alerts.core.notice import Facts
from placement_alerts.errors import UnreadableNotice

_LARGEST_FILE = 5_000_000  # characters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 4_102_444_800_000  # the year 2100: a larger number is not a time in milliseconds


@dataclass(frozen=True, slots=True)
class PortalNotice:
    """What `understand_html` needs of a portal notice (reference/portal.md, section 4). published_at: UTC."""

    title: str
    html: str
    author: str | None
    published_at: datetime


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


def read_notice(raw: str, *, read_at: datetime | None = None) -> PortalNotice:
    """Read a portal notice from JSON text; raise UnreadableNotice if it is none.

    read_at: stands in for the publication where the notice has no time at all.
    """
    if len(raw) > _LARGEST_FILE:
        raise UnreadableNotice(f"the file has {len(raw)} characters, at most {_LARGEST_FILE} are read")
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableNotice(f"the file is not JSON: {_short(error)}") from error
    if not isinstance(parsed, dict):
        raise UnreadableNotice(f"a notice is a JSON object, the file holds a {type(parsed).__name__}")
    if not {"title", "content"} & parsed.keys():
        raise UnreadableNotice("the object has neither title nor content, so it is no portal notice")
    published_at = _moment(parsed, "publishedAt") or _moment(parsed, "lastModifiedOn") or read_at
    if published_at is None:
        raise UnreadableNotice("publishedAt and lastModifiedOn are missing, so dates like 'tomorrow' have no meaning")
    return PortalNotice(
        title=_text(parsed, "title") or "Notice",
        html=_text(parsed, "content") or "",
        author=_text(parsed, "lastModifiedByUserName"),
        published_at=published_at,
    )


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(INDIA).isoformat(timespec="seconds") if moment else None


def _text(parsed: dict[str, Any], key: str) -> str | None:
    value = parsed.get(key)
    if value is not None and not isinstance(value, str):
        raise UnreadableNotice(f"{key} must be a text or null, it is a {type(value).__name__}")
    return value


def _moment(parsed: dict[str, Any], key: str) -> datetime | None:
    value = parsed.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST_MS:
        raise UnreadableNotice(f"{key} must be milliseconds since 1970 or null")
    return _EPOCH + timedelta(milliseconds=value)


def _short(error: Exception) -> str:
    return str(error)[:120]
