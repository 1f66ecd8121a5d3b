"""Our data as MongoDB documents and back. The id of everything is its `_id`; fields bear our names."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel

from placement_alerts.core.delivery import WAITING, Delivery, DeliveryState, Priority, Receipt
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.student import Address, Student
from placement_alerts.core.subscription import WEBPUSH

Document = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

_DELIVERY_FIELDS = tuple(field.name for field in fields(Delivery))


def to_bson(value: Any) -> Any:
    """Return the value as the driver stores it: plain strings and numbers for enums, lists for tuples."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return to_utc_ms(value)
    if isinstance(value, Mapping):
        return {key: to_bson(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [to_bson(inner) for inner in value]
    return value


def from_model(model: BaseModel, **more: Any) -> Document:
    """Return a model's fields, `id` as `_id`, and the store's own fields beside them."""
    document: Document = to_bson(model.model_dump())
    if "id" in document:
        document = {"_id": document.pop("id"), **document}
    return document | more


def to_model(kind: type[M], document: Mapping[str, Any]) -> M:
    """Return the model that a document holds; fields that are the store's own are passed over."""
    values = {name: document[name] for name in kind.model_fields if name in document}
    if "id" in kind.model_fields:
        values["id"] = document["_id"]
    return kind.model_validate(values)


async def parsed(kind: type[M], documents: Sequence[Mapping[str, Any]]) -> list[M]:
    """Return the models of many or large documents, made beside the event loop: a year's offers take 100 ms."""
    return await asyncio.to_thread(lambda: [to_model(kind, document) for document in documents])


def from_delivery(delivery: Delivery) -> Document:
    """Return a delivery's document. `waiting` (the state is one of WAITING) is what the claim's index begins with."""
    document: Document = {name: to_bson(getattr(delivery, name)) for name in _DELIVERY_FIELDS}
    return {"_id": document.pop("id"), **document, "waiting": delivery.state in WAITING}


def to_delivery(document: Mapping[str, Any]) -> Delivery:
    """Return the delivery that a document holds; one of an older version lacks some fields."""
    values = {name: document[name] for name in _DELIVERY_FIELDS if name in document}
    values["priority"] = Priority(values["priority"])
    values["state"] = DeliveryState(values["state"])
    values["message_ids"] = tuple(values["message_ids"])
    return Delivery(id=document["_id"], **values)


def in_state(state: DeliveryState) -> Document:
    """Return what to set when a delivery comes to `state`; a lease lives only while it is being sent."""
    moved: Document = {"state": state.value, "waiting": state in WAITING}
    return moved if state is DeliveryState.SENDING else moved | {"owner": None, "lease": None}


def from_receipt(receipt: Receipt) -> Document:
    """Return what a receipt sets in its delivery."""
    return in_state(receipt.state) | {
        "due_at": to_utc_ms(receipt.due_at),
        "attempts": receipt.attempts,
        "possibly_delivered": receipt.possibly_delivered,
        "message_ids": list(receipt.message_ids),
        "announced_id": receipt.announced_id,
        "error_class": receipt.error_class,
        "error": receipt.error,
        "sent_at": to_bson(receipt.sent_at),
    }


def address_key(channel: str, value: str) -> str:
    """Return what is unique about an address."""
    return f"{channel}:{value}"


def enrollment_key(key: str) -> str:
    """Return what is unique about an enrollment."""
    return f"enrollment:{key}"


def calendar_key(calendar_hash: str) -> str:
    """Return what is unique about a calendar."""
    return f"calendar:{calendar_hash}"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is on its way from a student to another (store/mongo/ownership.py); it is not theirs any more."""

    addresses: tuple[Address, ...] = ()
    enrollment_key: str | None = None
    enrollment_hint: str | None = None
    calendar_hash: str | None = None


NOTHING = Leaving()


def leaving_key(key: str) -> str:
    """Return what is unique about an address, given by its key, that is leaving a student."""
    return f"leaving:{key}"


def from_student(
    student: Student, version: int, leaving: Leaving = NOTHING, more_keys: Collection[str] = ()
) -> Document:
    """Return a student's document, addresses embedded.

    keys: what is unique among all students, under one unique index; never empty, because a unique index takes two
    empty lists for equal. active: an address is on. unlinked: all that there is of them is web push that is off.
    version: counts the changes, for compare and set.
    """
    keys = [f"id:{student.id}", *(address_key(address.channel, address.value) for address in student.addresses)]
    if student.enrollment_key is not None:
        keys.append(enrollment_key(student.enrollment_key))
    if student.calendar_hash is not None:
        keys.append(calendar_key(student.calendar_hash))
    keys += [leaving_key(address_key(address.channel, address.value)) for address in leaving.addresses]
    keys += [key for key in more_keys if key not in keys]
    active = any(address.off is None for address in student.addresses)
    unlinked = leaving == NOTHING and not active and _is_nameless(student)
    document = from_model(student, keys=keys, active=active, unlinked=unlinked, version=version)
    return document if leaving == NOTHING else document | {"leaving": _from_leaving(leaving)}


def _is_nameless(student: Student) -> bool:
    said = (student.first_name, student.enrollment_key, student.calendar_hash)
    return said == (None, None, None) and all(address.channel == WEBPUSH for address in student.addresses)


def to_leaving(document: Mapping[str, Any]) -> Leaving:
    """Return what is leaving the student whose document this is."""
    leaving = document.get("leaving")
    if leaving is None:
        return NOTHING
    addresses = tuple(Address.model_validate(address) for address in leaving["addresses"])
    # rows of before calendars were taken over have none
    return Leaving(addresses, leaving["enrollment_key"], leaving["enrollment_hint"], leaving.get("calendar_hash"))


def _from_leaving(leaving: Leaving) -> Document:
    return {
        "addresses": [to_bson(address.model_dump()) for address in leaving.addresses],
        "enrollment_key": leaving.enrollment_key,
        "enrollment_hint": leaving.enrollment_hint,
        "calendar_hash": leaving.calendar_hash,
    }
