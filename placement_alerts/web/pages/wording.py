"""How the pages write figures, years and moments. Pure."""

from datetime import datetime
from urllib.parse import urlsplit

from placement_alerts.core.timetable import IST, iso_in_india, show_date, show_moment

SHOWN_CHARACTERS = 34  # of a label beside a bar; the table below has it whole
LINK_CHARACTERS = 60


def lakhs(amount: float) -> str:
    """Return a package as "11.50", in LPA; a dash for 0, which is "none known"."""
    return f"{amount:.2f}" if amount else "–"


def percent(value: float) -> str:
    """Return e.g. "34.6%"."""
    return f"{value:.1f}%"


def count(number: int, one: str, many: str) -> str:
    """Return e.g. "1 student" or "1,153 students"."""
    return f"{number:,} {one if number == 1 else many}"


def span(low: float | None, high: float | None, unit: str = "") -> str:
    """Return e.g. "6.00 to 12.99", in LPA: a band ends just below the next one."""
    if high is None:
        return "All" if low is None else f"{low:.2f}{unit} and more"
    top = f"{high - 0.01:.2f}{unit}"
    return f"Up to {top}" if low is None else f"{low:.2f} to {top}"


def day(moment: datetime) -> str:
    """Return e.g. "January 27, 2026", as it is in India."""
    return show_date(moment)


def iso(moment: datetime) -> str:
    """Return the moment for machines, with the zone of India."""
    return iso_in_india(moment)


def short(text: str, most: int = SHOWN_CHARACTERS) -> str:
    """Return the text, cut where there is no more room."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def posted(moment: datetime) -> str:
    """Return e.g. "Tue 27 Jan 2026, 11:00 AM": all pages are in Indian time."""
    return show_moment(moment).removesuffix(" IST")


def posted_short(moment: datetime, now: datetime) -> str:
    """Return e.g. "Today, 11:00 AM", "Yesterday, 11:00 AM" or "27 Jan 2026"."""
    days = (now.astimezone(IST).date() - moment.astimezone(IST).date()).days
    if days in (0, 1):
        return f"{'Yesterday' if days else 'Today'}, {clock(moment)}"
    return posted(moment).partition(",")[0].partition(" ")[2]


def near(moment: datetime, now: datetime) -> str:
    """Return e.g. "Tue 27 Jan, 11:00 AM"; the year only if it is another."""
    year = moment.astimezone(IST).year
    text = posted(moment)
    return text.replace(f" {year},", ",") if year == now.astimezone(IST).year else text


def clock(moment: datetime) -> str:
    """Return e.g. "11:00 AM"."""
    return posted(moment).rpartition(", ")[2]


def capitalize_first(text: str) -> str:
    """Return the text with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def short_link(url: str) -> str:
    """Return host and the beginning of the path, for reading."""
    parts = urlsplit(url)
    return short((parts.netloc + parts.path).removeprefix("www.").rstrip("/"), LINK_CHARACTERS)


def webcal(url: str) -> str:
    """Return the address as calendars open it to subscribe, not to import once."""
    return f"webcal://{url.partition('://')[2]}"
