"""Whose an address is: it comes to a student, or goes from one to another, in steps that may be repeated.

What is taken from a student is first set aside in their document (`leaving`), where it is nobody's but not forgotten,
then given to the other student, then removed there. Each step is one compare and set; after a crash in between, the
same call goes on from what was set aside. Own and leaving addresses have keys in the one unique index, so there is
never more than one of each.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.student import Address, AddressId, OffReason, Student, StudentId
from placement_alerts.store.base import random_id
from placement_alerts.store.mongo.documents import (
    Leaving,
    address_key,
    calendar_key,
    enrollment_key,
    from_student,
    leaving_key,
    to_leaving,
    to_model,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A student as their document holds them. version: that of the document as it was read."""

    student: Student
    version: int
    leaving: Leaving


async def read(students: Any, wanted: Mapping[str, Any]) -> Kept | None:
    """Return the student whom a filter finds. students: the collection."""
    document = await students.find_one(wanted)
    return None if document is None else _to_kept(document)


async def replaces(
    students: Any, before: Kept, after: Student, leaving: Leaving, more_keys: Collection[str] = ()
) -> bool:
    """Compare and set; False if the document is not as it was read. Raises DuplicateKeyError if a key is taken."""
    document = from_student(after, before.version + 1, leaving, more_keys)
    done = await students.replace_one({"_id": after.id, "version": before.version}, document)
    return bool(done.modified_count)


async def attach(students: Any, student_id: StudentId, channel: str, value: str, now: datetime) -> Address | None:
    """Give the address to the student, new or another's, and switch it on; None if there is no such student.

    Of several who want it at once each gets it in turn, so this ends, and the last one keeps it.
    """
    key = address_key(channel, value)
    while True:
        taker = await read(students, {"_id": student_id})
        if taker is None:
            await _give_back(students, key)  # whoever it was taken from for a student who is gone meanwhile
            return None
        owner = await read(students, {"keys": key})
        if owner is not None and owner.student.id != student_id:
            # none: read while it was set aside, found by the key before and read after; what is leaving has to stay
            if gone := _of_key(owner.student.addresses, key):
                await _set_aside(students, owner, gone)
            continue
        aside = await read(students, {"keys": leaving_key(key)})
        known = _known(taker, aside, key)
        address = _switched_on(known, channel, value, now)
        if address in taker.student.addresses:
            await _forget(students, key)
            return address
        # a new address takes the key of a leaving one too: so it cannot get by one that is on its way just now
        if await _given(students, taker, [address], more_keys=[] if known else [leaving_key(key)]):
            if aside is not None and aside.student.id != student_id:
                await _drop(students, aside, key)
            return address


async def merge(students: Any, other_id: StudentId, student_id: StudentId) -> bool:
    """Give the student all that `other` has, then remove `other`; False if one of the two is unknown."""
    while True:  # ends: whoever was in the way changed one of the two
        student = await read(students, {"_id": student_id})
        other = await read(students, {"_id": other_id})
        if student is None or other is None:
            return False
        if student_id == other_id:
            return True
        if other.student.addresses or _words(other.student):
            await _set_aside(students, other, other.student.addresses, _words(other.student))
        elif await _receives(students, student, other):
            removed = await students.delete_one({"_id": other_id, "version": other.version})
            if removed.deleted_count:
                return True


async def _set_aside(
    students: Any, owner: Kept, gone: tuple[Address, ...], said: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Turn addresses and words of the owner into leaving ones, unless the owner's document is not as it was read."""
    keys = _keys(gone)
    rest: dict[str, Any] = {"addresses": tuple(one for one in owner.student.addresses if one not in gone)}
    left = _without(owner.leaving, keys)
    leaving = replace(left, addresses=left.addresses + gone, **said)
    rest |= dict.fromkeys(said)
    try:
        await replaces(students, owner, owner.student.model_copy(update=rest), leaving)
    except DuplicateKeyError:
        for key in keys:
            await _forget(students, key)


async def _give_back(students: Any, key: str) -> None:
    """Let an address that is leaving for nobody stay with its owner."""
    while (aside := await read(students, {"keys": leaving_key(key)})) is not None:
        if await students.find_one({"keys": key}, {"_id": 1}) is not None:
            return
        if await _given(students, aside, _of_key(aside.leaving.addresses, key)):
            return


async def _forget(students: Any, key: str) -> None:
    """Drop a leaving address that was given already, by a call that crashed or has not come to dropping it yet.

    As long as it stands nobody can set the address aside anew; so if somebody owns it now, it was given.
    """
    aside = await read(students, {"keys": leaving_key(key)})
    if aside is not None and await students.find_one({"keys": key}, {"_id": 1}) is not None:
        await _drop(students, aside, key)


async def _drop(students: Any, kept: Kept, key: str) -> None:
    """Drop a leaving address, unless the document is not as it was read."""
    await replaces(students, kept, kept.student, _without(kept.leaving, [key]))


async def _receives(students: Any, student: Kept, other: Kept) -> bool:
    """Give the student what `other` set aside, but for what somebody took meanwhile; False if it has to be read again.

    What the student has already, from a call that was cut short, is taken too.
    """
    left = other.leaving
    keys = _keys(left.addresses) + _word_keys(left)
    owners = await students.find({"keys": {"$in": keys}}, {"keys": 1}).to_list(None)
    taken = {key for document in owners for key in document["keys"]}
    said = _lacked(student.student, other, taken)
    return await _given(students, student, [one for one in left.addresses if _key(one) not in taken], said)


async def _given(
    students: Any,
    taker: Kept,
    addresses: Iterable[Address],
    said: Mapping[str, Any] = MappingProxyType({}),
    more_keys: Collection[str] = (),
) -> bool:
    """Give these addresses to a student, in place of those of the same keys; False if it has to be read again."""
    new = {_key(address): address for address in addresses}
    own = {_key(address): address for address in taker.student.addresses}
    after = taker.student.model_copy(update={**said, "addresses": tuple((own | new).values())})
    leaving = _without(taker.leaving, new)
    if (after, leaving) == (taker.student, taker.leaving):
        return True
    try:
        return await replaces(students, taker, after, leaving, more_keys)
    except DuplicateKeyError:  # somebody was first
        return False


def _words(student: Student) -> dict[str, Any]:
    """Return what the student said that is unique among all, by the names of its fields."""
    words: dict[str, Any] = {}
    if student.enrollment_key is not None:
        words |= {"enrollment_key": student.enrollment_key, "enrollment_hint": student.enrollment_hint}
    if student.calendar_hash is not None:
        words["calendar_hash"] = student.calendar_hash
    return words


def _word_keys(left: Leaving) -> list[str]:
    keys = [] if left.enrollment_key is None else [enrollment_key(left.enrollment_key)]
    return keys if left.calendar_hash is None else [*keys, calendar_key(left.calendar_hash)]


def _lacked(mine: Student, other: Kept, taken: Collection[str]) -> dict[str, Any]:
    """Return what `other` said and the student did not, but for what somebody took meanwhile. taken: keys."""
    left = other.leaving
    said = {name: getattr(other.student, name) for name in ("branch", "cgpa") if getattr(mine, name) is None}
    key, calendar = left.enrollment_key, left.calendar_hash
    if key is not None and mine.enrollment_key is None and enrollment_key(key) not in taken:
        said |= {"enrollment_key": key, "enrollment_hint": left.enrollment_hint}
    if calendar is not None and mine.calendar_hash is None and calendar_key(calendar) not in taken:
        said["calendar_hash"] = calendar
    return said


def _known(taker: Kept, aside: Kept | None, key: str) -> Address | None:
    """Return the taker's own address of this key, else the one that was set aside, as one that is off."""
    own = _of_key(taker.student.addresses, key)
    left = _of_key(aside.leaving.addresses, key) if aside else ()
    return next(iter(own + tuple(address.model_copy(update={"off": OffReason.GONE}) for address in left)), None)


def _switched_on(known: Address | None, channel: str, value: str, now: datetime) -> Address:
    if known is None:
        return Address(id=AddressId(random_id()), channel=channel, value=value, on_since=now)
    return known if known.off is None else known.model_copy(update={"off": None, "on_since": to_utc_ms(now)})


def _without(leaving: Leaving, keys: Iterable[str]) -> Leaving:
    gone = frozenset(keys)
    return replace(leaving, addresses=tuple(one for one in leaving.addresses if _key(one) not in gone))


def _of_key(addresses: Iterable[Address], key: str) -> tuple[Address, ...]:
    return tuple(address for address in addresses if _key(address) == key)


def _keys(addresses: Iterable[Address]) -> list[str]:
    return [_key(address) for address in addresses]


def _key(address: Address) -> str:
    return address_key(address.channel, address.value)


def _to_kept(document: Mapping[str, Any]) -> Kept:
    return Kept(to_model(Student, document), document["version"], to_leaving(document))
