"""Forms of the admin pages as they were sent: text fields, bounded, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from placement_alerts.core.timetable import IST
from placement_alerts.web.problems import Problem

FORM = "application/x-www-form-urlencoded"
_YEARS = range(2000, 2101)  # of moments that anybody can mean


@dataclass(frozen=True, slots=True)
class Form:
    """values: of each field, in the order they were sent."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the first value, without space around it; "" if there is none."""
        return next(iter(self.values.get(name, ())), "").strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value that is not empty, each once."""
        return tuple(dict.fromkeys(value.strip() for value in self.values.get(name, ()) if value.strip()))

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the lines of a text field that are not empty."""
        return tuple(line.strip() for line in self.one(name).splitlines() if line.strip())

    def ticked(self, name: str) -> bool:
        """Say whether a box is ticked."""
        return bool(self.one(name))

    def number(self, name: str, default: int) -> int:
        """Return a number, `default` if it is none."""
        text = self.one(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else default


async def read_form(request: web.Request) -> Form:
    """Return the form that was sent. Raises Problem."""
    if request.content_type != FORM:
        raise Problem(415, "unsupported_media_type", f"Forms are sent as {FORM}.")
    sent = await request.post()
    return Form({name: tuple(value for value in sent.getall(name) if isinstance(value, str)) for name in sent})


def moment_of(text: str) -> datetime | None:
    """Return a moment as a browser's field for date and time sends it, in the time of India.

    Raises ValueError for what is none. None: the field is empty.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.year not in _YEARS:
        raise ValueError("of another century")
    return moment if moment.tzinfo else moment.replace(tzinfo=IST)


def moment_field(moment: datetime | None) -> str:
    """Return the moment as a browser's field for date and time wants it."""
    return moment.astimezone(IST).strftime("%Y-%m-%dT%H:%M") if moment else ""
