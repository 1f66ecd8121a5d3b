"""The base of all data that is stored as a document: immutable, strict about its fields, UTC to the millisecond."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def to_utc_ms(moment: datetime) -> datetime:
    """Return the same moment in UTC, cut to the millisecond: what both stores can keep exactly."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(to_utc_ms)]


class Frozen(BaseModel):
    """A document: frozen, hashable by value where its fields are, unknown fields refused; errors quote no value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
