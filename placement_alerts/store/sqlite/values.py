"""How our values stand in SQLite: times as integer milliseconds, collections as one JSON parameter."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970, cut. Raises TypeError for a time without a zone."""
    return (moment - _EPOCH) // _MILLISECOND


def to_ms_or_none(moment: datetime | None) -> int | None:
    """Return milliseconds since 1970, or None."""
    return None if moment is None else to_ms(moment)


def from_ms(milliseconds: int) -> datetime:
    """Return the aware UTC time."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def from_ms_or_none(milliseconds: int | None) -> datetime | None:
    """Return the aware UTC time, or None."""
    return None if milliseconds is None else from_ms(milliseconds)


def to_list(values: Iterable[str]) -> str:
    """Return the one parameter for `IN (SELECT value FROM json_each(?))`: any number of values, one fixed statement."""
    return json.dumps(list(values))
