"""What the SuperSet portal answers, as models that keep what we need and drop the rest (reference/portal.md).

Fields about the account holder are not declared here, so they are dropped on reading (section 5.1). Identifiers and
the texts that make up an element must be right or the element is rejected; every other field that is null, missing or
of another type than expected is simply not stated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from placement_alerts.core.item import Rejected
from placement_alerts.errors import PeerNonsense

TITLE_LIMIT = 500  # characters that are kept of a title, a name or a place
HTML_LIMIT = 1_000_000  # characters; a posting of more is kept aside, it would not fit into a stored document either
IDENTIFIER_LIMIT = 200  # characters; they become part of paths and keys
TOKEN_LIMIT = 8192  # characters of printable ASCII, since it becomes a header
COUNT_LIMIT = 2**31 - 1
RUPEES_LIMIT = 10**12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def _clean(value: object) -> object:
    """Drop what no store keeps: NUL and halves of surrogate pairs, which JSON can carry."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    return value


def _trim(value: object) -> object:
    value = _clean(value)
    return " ".join(value.split())[:TITLE_LIMIT].rstrip() if isinstance(value, str) else value


def _or_none(value: object, parse: ValidatorFunctionWrapHandler) -> object:
    try:
        return parse(value)
    except ValidationError:
        return None


def _good_ones(value: object, parse: ValidatorFunctionWrapHandler) -> tuple[object, ...]:
    try:
        return tuple(one for one in parse(value) if one is not None)
    except ValidationError:
        return ()


def _from_ms(value: object) -> datetime | None:
    """Return the moment of epoch milliseconds; None for what is not a moment of our times."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        moment = EPOCH + timedelta(milliseconds=int(value))
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("expected a number")
    return value


def _plain_identifier(value: str) -> str:
    if not value.strip(". "):
        raise ValueError("expected more than dots")
    return value


Maybe = Annotated[T | None, WrapValidator(_or_none)]
Several = Annotated[tuple[Maybe[T], ...], WrapValidator(_good_ones)]
Text = Annotated[str, BeforeValidator(_trim)]
Html = Annotated[str, Field(max_length=HTML_LIMIT), BeforeValidator(_clean)]
Moment = Annotated[datetime | None, BeforeValidator(_from_ms)]
Count = Annotated[int, Field(ge=-COUNT_LIMIT, le=COUNT_LIMIT), BeforeValidator(_no_bool)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-RUPEES_LIMIT, le=RUPEES_LIMIT), BeforeValidator(_no_bool)]
Identifier = Annotated[
    str, Field(min_length=1, max_length=IDENTIFIER_LIMIT), AfterValidator(_plain_identifier), BeforeValidator(_trim)
]
Token = Annotated[str, Field(min_length=1, max_length=TOKEN_LIMIT, pattern=r"^[!-~]+$")]


class Payload(BaseModel):
    """Outside data: unknown fields are ignored, numbers are accepted as identifiers."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class LoginReply(Payload):
    """Reply to L. Either field is None when it is missing or cannot be used."""

    session_key: Maybe[Token] = Field(None, alias="sessionKey")
    uuid: Maybe[Identifier] = None
    asks_second_factor: Maybe[bool] = Field(None, alias="enableMfa")


class NoticePayload(Payload):
    """Element of N."""

    identifier: Identifier
    title: Text | None = None
    content: Html | None = None
    published_at: Moment = Field(None, alias="publishedAt")
    modified_at: Moment = Field(None, alias="lastModifiedOn")
    author: Maybe[Text] = Field(None, alias="lastModifiedByUserName")


class JobPayload(Payload):
    """Element of J."""

    identifier: Identifier = Field(alias="jobProfileIdentifier")
    title: Text | None = Field(None, alias="jobProfileTitle")
    company: Text | None = Field(None, alias="companyName")
    level: Maybe[Count] = Field(None, alias="placementCategoryLevel")
    category: Maybe[Text] = Field(None, alias="placementCategoryName")
    content: Maybe[Html] = None
    created_at: Moment = Field(None, alias="createdAt")
    deadline: Moment = Field(None, alias="jobProfileApplicationDeadline")
    location: Maybe[Text] = Field(None, alias="jobProfileLocation")
    position_type: Maybe[Text] = Field(None, alias="positionType")
    status: Maybe[Text] = Field(None, alias="jobProfileStatus")
    stage: Maybe[Count] = Field(None, alias="jobProfileCurrentStage")
    ctc_min: Maybe[Number] = Field(None, alias="ctcMin")
    ctc_max: Maybe[Number] = Field(None, alias="ctcMax")
    interval: Maybe[Text] = Field(None, alias="ctcInterval")


class MarkPayload(Payload):
    """Element of `academicResults`."""

    level: Text
    required: Maybe[Number] = None


class CoursePayload(Payload):
    """Element of `openedForCourses`."""

    name: Text
    program: Maybe[Text] = Field(None, validation_alias=AliasPath("program", "shortName"))


class StagePayload(Payload):
    """Element of `stages`."""

    sequence: Maybe[Count] = None
    name: Text


class DocumentPayload(Payload):
    """Element of `documents`, in either place."""

    name: Maybe[Text] = None
    identifier: Maybe[Identifier] = None
    uuid: Maybe[Identifier] = None
    url: Maybe[Text] = None


class ProfilePayload(Payload):
    """`jobProfile` of the detail."""

    title: Maybe[Text] = None
    status: Maybe[Text] = None
    position_type: Maybe[Text] = Field(None, alias="positionType")
    female: Maybe[bool] = Field(None, alias="allowGenderFemale")
    male: Maybe[bool] = Field(None, alias="allowGenderMale")
    other: Maybe[bool] = Field(None, alias="allowGenderOther")
    description: Maybe[Html] = Field(None, alias="jobDescription")
    invitation: Maybe[Html] = Field(None, alias="invitationCustomText")
    location: Maybe[Text] = None
    package: Maybe[Number] = None
    ctc_min: Maybe[Number] = Field(None, alias="ctcMin")
    ctc_max: Maybe[Number] = Field(None, alias="ctcMax")
    interval: Maybe[Text] = Field(None, alias="ctcInterval")
    package_info: Maybe[Html] = Field(None, alias="ctcAdditionalInfo")
    skills: Several[Text] = Field((), alias="requiredSkills")
    stages: Several[StagePayload] = ()
    documents: Several[DocumentPayload] = ()


class DetailPayload(Payload):
    """Reply to D."""

    profile: ProfilePayload = Field(alias="jobProfile")
    title: Maybe[Text] = Field(None, alias="jobProfileTitle")
    company: Maybe[Text] = Field(None, alias="companyName")
    status: Maybe[Text] = Field(None, alias="jobProfileStatus")
    deadline: Moment = Field(None, alias="jobProfileApplicationDeadline")
    location: Maybe[Text] = Field(None, alias="jobProfileLocation")
    position_type: Maybe[Text] = Field(None, alias="positionType")
    documents: Several[DocumentPayload] = ()
    marks: Several[MarkPayload] = Field((), validation_alias=AliasPath("eligibilityCheckResult", "academicResults"))
    courses: Several[CoursePayload] = Field(
        (), validation_alias=AliasPath("eligibilityCheckResult", "courseCheckResult", "openedForCourses")
    )


Listing = Literal["notices", "jobs"]


@dataclass(frozen=True, slots=True)
class Elements(Generic[M]):
    """A list read element by element. total: how many it had, bad ones included."""

    good: tuple[M, ...]
    rejected: tuple[Rejected, ...]
    total: int


def read_notice(element: Any) -> NoticePayload | Rejected:
    """Read an element of N, or say why it cannot be read."""
    return _read_element(element, "notices", "identifier", NoticePayload.model_validate)


def read_job(element: Any) -> JobPayload | Rejected:
    """Read an element of J, or say why it cannot be read."""
    return _read_element(element, "jobs", "jobProfileIdentifier", JobPayload.model_validate)


def sorted_out(read: Sequence[M | Rejected]) -> Elements[M]:
    """Tell the good elements from the bad ones."""
    good = tuple(one for one in read if not isinstance(one, Rejected))
    rejected = tuple(one for one in read if isinstance(one, Rejected))
    return Elements(good=good, rejected=rejected, total=len(read))


def read_detail(reply: Any) -> DetailPayload:
    """Read D. Raises PeerNonsense if it is no object with a `jobProfile`."""
    try:
        return DetailPayload.model_validate(reply)
    except ValidationError as error:
        raise PeerNonsense(f"job details cannot be read: {describe(error)}") from None


def read_login(reply: Any) -> LoginReply:
    """Read L's reply. Raises PeerNonsense if it is no object."""
    try:
        return LoginReply.model_validate(reply)
    except ValidationError:
        raise PeerNonsense("expected an object as login reply") from None


def web_address(text: str | None) -> str | None:
    """Return the text if it is an http(s) address without spaces, else None."""
    if text is None or not text.lower().startswith(("https://", "http://")) or " " in text:
        return None
    return text


def describe(error: ValidationError) -> str:
    """Return the first problem as `field: type of problem`, never the value."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'element'}: {first['type']}"


def _read_element(element: Any, listing: Listing, key: str, parse: Callable[[Any], M]) -> M | Rejected:
    try:
        return parse(element)
    except ValidationError as error:
        return Rejected(listing=listing, identifier=_name(element, key), reason=describe(error))


def _name(element: Any, key: str) -> str | None:
    name = element.get(key) if isinstance(element, dict) else None
    trimmed = _trim(name) if isinstance(name, str) else None
    return trimmed[:IDENTIFIER_LIMIT] if isinstance(trimmed, str) and trimmed else None
