"""What the settings page shows and reads. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from placement_alerts.core.openness import BRANCHES
from placement_alerts.web.pages.query import BadQuery

CGPA_MAX = 10.0
SILENT = timedelta(days=55)  # without a visit; five days later a device that got nothing either is removed


@dataclass(frozen=True, slots=True)
class Device:
    """A browser with notifications. id: of its subscription. is_silent: it is removed soon unless it is visited."""

    id: str
    label: str
    visited_at: datetime
    is_on: bool
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """What a student says of themselves; None: they do not."""

    year: str
    branch: str | None
    cgpa: float | None


def read_profile(fields: Mapping[str, str], years: Collection[str]) -> Profile:
    """Return what the form says. Raises BadQuery."""
    year, branch = fields.get("year", ""), fields.get("branch", "")
    if year not in years:
        raise BadQuery("the placement year should be one of the list")
    if branch and branch not in BRANCHES:
        raise BadQuery("the branch should be one of the list")
    return Profile(year, branch or None, _cgpa(fields.get("cgpa", "").strip().replace(",", ".")))


def _cgpa(text: str) -> float | None:
    if not text:
        return None
    wrong = BadQuery(f"the CGPA should be a number from 0 to {CGPA_MAX:g}")
    if len(text) > 10 or not all((char.isdecimal() and char.isascii()) or char == "." for char in text):
        raise wrong
    try:
        value = float(text)
    except ValueError:
        raise wrong from None
    if not 0 <= value <= CGPA_MAX:
        raise wrong
    return round(value, 2)
