"""How the pages write figures, years and moments. Pure."""

from datetime import datetime

from placement_alerts.core.timetable import IST, show_date

SHOWN_CHARACTERS = 34  # of a label beside a bar; the table below has it whole


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
    return moment.astimezone(IST).isoformat(timespec="seconds")


def short(text: str) -> str:
    """Return the text, cut where a bar's label has no more room."""
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1].rstrip() + "…"
