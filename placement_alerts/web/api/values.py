"""The kinds of values that requests and answers are made of."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from placement_alerts.core.frozen import to_utc_ms

LIMIT_MAX = 100
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
WORDS_MAX = 10
TEXT_PATTERN = r"^[^\u0000-\u001f\u007f]*$"  # one line of whatever people write

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FIGURES = re.compile(r"\d{1,9}", re.ASCII)


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Sent(BaseModel):
    """A part of a request's body: strict, and a member that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Given(BaseModel):
    """Parameters of an operation, from its path and query: texts that are read as what they should be."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _only_figures(text: Any) -> Any:
    if isinstance(text, str) and not _FIGURES.fullmatch(text):
        raise ValueError("should be a whole number in figures")
    return text


def _read_rfc3339(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if not _RFC3339.fullmatch(text):
        raise ValueError("should be a time as RFC 3339 has it")
    return datetime.fromisoformat(text.upper())


def _within_reason(moment: datetime) -> datetime:
    if not EARLIEST < moment < LATEST:
        raise ValueError("should be between the years 2000 and 2200")
    return to_utc_ms(moment)


_MOMENT = {"type": "string", "format": "date-time"}

# the validator comes last: constraints behind it would not reach the JSON Schema
Limit = Annotated[int, Field(ge=1, le=LIMIT_MAX, description="How many items at most."), BeforeValidator(_only_figures)]
CursorText = Annotated[
    str, Field(max_length=1000, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]
Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\u0000-\u001f\u007f]+$")]
Year = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="A placement year: 202526 is 2025-26.")]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_within_reason),
    BeforeValidator(_read_rfc3339),
    WithJsonSchema(_MOMENT),
]
Line = Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]


class PageGiven(Given):
    """Which part of a list."""

    limit: Limit = 20
    cursor: CursorText | None = None


def words_of(q: str | None) -> tuple[str, ...]:
    """Return the words of a search; more than WORDS_MAX tell no more."""
    return tuple((q or "").split()[:WORDS_MAX])
