"""Moments as a reader in India sees them, and as programs read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

IST = ZoneInfo("Asia/Kolkata")

# not strftime's names: those follow the machine's locale
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def show_year(year: str) -> str:
    """Return a placement year as people write it: "2025-26" for "202526"."""
    return f"{year[:4]}-{year[4:]}"


def show_moment(moment: datetime) -> str:
    """Return e.g. "Tue 27 Jan 2026, 11:00 AM IST"."""
    local = moment.astimezone(IST)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1][:3]} {local.year}, {_clock(local)} IST"


def show_moment_short(moment: datetime) -> str:
    """Return e.g. "27 Jan 11:00", for lines that set two moments side by side."""
    local = moment.astimezone(IST)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local:%H:%M}"


def show_posted(moment: datetime) -> str:
    """Return e.g. "January 27, 2026 at 11:00 AM IST": the form of the existing bot's footers."""
    local = moment.astimezone(IST)
    return f"{_MONTHS[local.month - 1]} {local.day}, {local.year} at {_clock(local)} IST"


def show_date(moment: datetime) -> str:
    """Return e.g. "January 27, 2026"."""
    local = moment.astimezone(IST)
    return f"{_MONTHS[local.month - 1]} {local.day}, {local.year}"


def iso_in_india(moment: datetime) -> str:
    """Return the moment for machines, to the second, with the zone of India."""
    return moment.astimezone(IST).isoformat(timespec="seconds")


def rfc3339(moment: datetime) -> str:
    """Return the moment in UTC with `Z`, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
