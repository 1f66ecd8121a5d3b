"""Whatever a document holds, it is read back as it was written: as JSON and as BSON."""

import types
from collections.abc import Mapping
from datetime import UTC
from enum import Enum
from typing import Any, Union, get_args, get_origin

import bson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from placement_alerts.core.mail import Cursor
from placement_alerts.core.offer import Offer
from placement_alerts.core.official import BatchRecord, Snapshot, Validators
from placement_alerts.core.policy import Policy
from placement_alerts.core.review import Review
from placement_alerts.core.student import Student
from placement_alerts.store.mongo.documents import from_model, to_model

KINDS = (Cursor, Offer, Review, Policy, Snapshot, BatchRecord, Validators, Student)
UTC_TIMES: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)

_PLAIN: Mapping[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    AwareDatetime: st.datetimes(timezones=st.just(UTC)),
}


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Return what a field of this type may hold."""
    annotation = getattr(annotation, "__supertype__", annotation)  # a NewType
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if get_origin(annotation) in (Union, types.UnionType):
        return st.one_of([values_of(part) for part in get_args(annotation)])
    if get_origin(annotation) is tuple:
        parts = get_args(annotation)
        if parts[-1] is Ellipsis:
            return st.lists(values_of(parts[0]), max_size=2).map(tuple)
        return st.tuples(*map(values_of, parts))
    if hasattr(annotation, "__metadata__"):  # Annotated
        return values_of(get_args(annotation)[0])
    if issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    return models_of(annotation)


def models_of(kind: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Return any document of this kind."""
    fields = {name: values_of(field.annotation) for name, field in kind.model_fields.items()}
    return st.builds(kind, **fields)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_document_is_read_back_from_json_as_it_was(kind: type[BaseModel], data: st.DataObject) -> None:
    document = data.draw(models_of(kind))

    assert kind.model_validate_json(document.model_dump_json()) == document


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_document_is_read_back_from_bson_as_it_was(kind: type[BaseModel], data: st.DataObject) -> None:
    document = data.draw(models_of(kind))

    read = bson.decode(bson.encode(from_model(document)), UTC_TIMES)

    assert to_model(kind, read) == document
