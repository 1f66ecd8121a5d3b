"""Students, one document each with the addresses embedded.

A unique index on `keys` keeps (channel, value) unique among all students: an index on a list is enforced between
documents by MongoDB and, tried with 50 concurrent joins, by the test server. So one document holds all there is of a
student and every change is one compare and set on its `version`; no second collection can disagree with it.
An address that goes from one student to another takes several of them: store/mongo/ownership.py.
"""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from pymongo.errors import DuplicateKeyError

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.student import Address, AddressId, Joined, OffReason, Student, StudentId
from placement_alerts.errors import Duplicate
from placement_alerts.store.base import random_id
from placement_alerts.store.mongo import ownership
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import (
    address_key,
    calendar_key,
    enrollment_key,
    from_student,
    parsed,
    to_model,
)
from placement_alerts.store.mongo.indexes import SESSIONS, STUDENTS
from placement_alerts.store.mongo.ownership import Kept

ENROLLMENTS_AT_ONCE = 500  # each lot within a deadline of its own
PAGE = 500

_NAMES = ("first_name", "last_name", "username")


class MongoStudents:
    """StudentRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._students = client.collection(STUDENTS)
        self._sessions = client.collection(SESSIONS)
        self._attaching: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @operation
    async def join(
        self, channel: str, value: str, year: str, names: Mapping[str, str | None], now: datetime
    ) -> tuple[Joined, Student]:
        known = {name: names.get(name) for name in _NAMES}
        while True:  # ends: another join of the same address was first, and is found now
            found = await self._joined_again(channel, value, known, now)
            if found is not None:
                return found
            student = _new_student(channel, value, year, known, now)
            try:
                await self._students.insert_one(from_student(student, version=1))
            except DuplicateKeyError:
                continue
            return Joined.NEW, student

    @operation
    async def add(self, student: Student) -> None:
        try:
            await self._students.insert_one(from_student(student, version=1))
        except DuplicateKeyError as error:
            if await self._students.find_one({"_id": student.id}, {"_id": 1}) is None:
                raise Duplicate("keys") from error

    async def attach(self, student_id: StudentId, channel: str, value: str, now: datetime) -> Address | None:
        """Do it in steps. Those of this process that want one address wait for each other, which spares repeating."""
        lock = self._attaching.setdefault(address_key(channel, value), asyncio.Lock())
        async with lock:
            return await self._attach(student_id, channel, value, now)

    @operation
    async def merge(self, other: StudentId, student_id: StudentId) -> bool:
        """Do it in steps; a student is never merged with themselves, which changes nothing."""
        return await ownership.merge(self._students, other, student_id)

    @operation
    async def set_profile(self, student_id: StudentId, year: str, branch: str | None, cgpa: float | None) -> bool:
        said = {"year": year, "branch": branch, "cgpa": cgpa}
        return await self._change({"_id": student_id}, lambda student: student.model_copy(update=said)) is not None

    @operation
    async def set_calendar(self, student_id: StudentId, calendar_hash: str | None) -> bool:
        given = {"calendar_hash": calendar_hash}
        return await self._change({"_id": student_id}, lambda student: student.model_copy(update=given)) is not None

    @operation
    async def by_calendar(self, calendar_hash: str) -> Student | None:
        return await self._one({"keys": calendar_key(calendar_hash)})

    @operation
    async def switch_off(self, address_id: AddressId, reason: OffReason) -> bool:
        return await self._change_address(address_id, lambda address: _switched_off(address, reason))

    @operation
    async def switch_on(self, address_id: AddressId, now: datetime) -> bool:
        return await self._change_address(address_id, lambda address: _switched_on(address, now))

    @operation
    async def move(self, address_id: AddressId, value: str) -> None:
        try:
            await self._change_address(address_id, lambda address: address.model_copy(update={"value": value}))
        except Duplicate:
            await self._change_address(address_id, lambda address: _switched_off(address, OffReason.GONE))

    @operation
    async def enroll(self, student_id: StudentId, key: str | None, hint: str | None) -> bool:
        """Store key and hint; False also for a student who is not there."""
        given = {"enrollment_key": key, "enrollment_hint": None if key is None else hint}
        try:
            return await self._change({"_id": student_id}, lambda student: student.model_copy(update=given)) is not None
        except Duplicate:
            return False

    async def by_enrollments(self, keys: Collection[str]) -> list[Student]:
        ordered = sorted(set(keys))
        found: list[Student] = []
        for start in range(0, len(ordered), ENROLLMENTS_AT_ONCE):
            found += await self._with_enrollments(ordered[start : start + ENROLLMENTS_AT_ONCE])
        return sorted(found, key=lambda student: student.id)

    @operation
    async def by_address(self, channel: str, value: str) -> Student | None:
        return await self._one({"keys": address_key(channel, value)})

    @operation
    async def get(self, student_id: StudentId) -> Student | None:
        return await self._one({"_id": student_id})

    @operation
    async def of_year(self, year: str, after: StudentId | None, limit: int) -> list[Student]:
        return await self._page(year, after, limit)

    @operation
    async def find(self, year: str | None, after: StudentId | None, limit: int) -> list[Student]:
        return await self._page(year, after, limit)

    @operation
    async def forget_unreachable(self, before: datetime, limit: int) -> int:
        unlinked = {"unlinked": True, "joined_at": {"$lt": to_utc_ms(before)}}
        found = self._students.find(unlinked, {"_id": 1}).sort("joined_at", 1)
        gone: list[str] = []
        while len(gone) < limit and (page := [row["_id"] for row in await found.to_list(PAGE)]):
            here = await self._sessions.find({"student_id": {"$in": page}}, {"student_id": 1}).to_list(None)
            gone += sorted(set(page) - {session["student_id"] for session in here})
        await found.close()
        if not gone:
            return 0
        done = await self._students.delete_many({"_id": {"$in": gone[:limit]}, **unlinked})
        return int(done.deleted_count)

    @operation
    async def counts(self) -> dict[str, int]:
        active, inactive = [await self._students.count_documents({"active": on}) for on in (True, False)]
        return {"total": active + inactive, "active": active, "inactive": inactive}

    @operation
    async def _attach(self, student_id: StudentId, channel: str, value: str, now: datetime) -> Address | None:
        return await ownership.attach(self._students, student_id, channel, value, now)

    @operation
    async def _with_enrollments(self, keys: Sequence[str]) -> list[Student]:
        wanted = {"keys": {"$in": [enrollment_key(key) for key in keys]}}
        return await parsed(Student, await self._students.find(wanted).to_list(None))

    async def _page(self, year: str | None, after: StudentId | None, limit: int) -> list[Student]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        wanted: dict[str, Any] = {} if year is None else {"year": year}
        if after is not None:
            wanted["_id"] = {"$gt": after}
        page = await self._students.find(wanted).sort("_id", 1).limit(limit).to_list(None)
        return [to_model(Student, document) for document in page]

    async def _one(self, wanted: Mapping[str, str]) -> Student | None:
        document = await self._students.find_one(wanted)
        return None if document is None else to_model(Student, document)

    async def _joined_again(
        self, channel: str, value: str, names: Mapping[str, str | None], now: datetime
    ) -> tuple[Joined, Student] | None:
        """Switch on the address and replace the names; None if nobody has the address."""
        changed = await self._change(
            {"keys": address_key(channel, value)},
            lambda student: _with_addresses(
                student.model_copy(update=names),
                lambda address: (
                    _switched_on(address, now) if (address.channel, address.value) == (channel, value) else address
                ),
            ),
        )
        if changed is None:
            return None
        before, after = changed
        return (Joined.ALREADY if before.addresses == after.addresses else Joined.RETURNED), after

    async def _change_address(self, address_id: AddressId, change: Callable[[Address], Address]) -> bool:
        """Change one address; False if there is none or it is like that already."""
        changed = await self._change(
            {"addresses.id": address_id},
            lambda student: _with_addresses(
                student, lambda address: change(address) if address.id == address_id else address
            ),
        )
        return changed is not None and changed[0] != changed[1]

    async def _change(
        self, wanted: Mapping[str, str], change: Callable[[Student], Student]
    ) -> tuple[Student, Student] | None:
        """Compare and set; return the student before and after, or None if there is none.

        Raises Duplicate if an address then has the value of another one, or the student the key of another.
        """
        while True:  # ends: a version in the way belongs to a change that was made
            before = await ownership.read(self._students, wanted)
            if before is None:
                return None
            after = change(before.student)
            if after == before.student or await self._replaces(before, after):
                return before.student, after

    async def _replaces(self, before: Kept, after: Student) -> bool:
        values = [(address.channel, address.value) for address in after.addresses]
        if len(set(values)) < len(values):
            raise Duplicate("keys")  # the index looks only at other documents
        try:
            return await ownership.replaces(self._students, before, after, before.leaving)
        except DuplicateKeyError as error:
            raise Duplicate("keys") from error


def _new_student(channel: str, value: str, year: str, names: Mapping[str, str | None], now: datetime) -> Student:
    address = Address(id=AddressId(random_id()), channel=channel, value=value, on_since=now)
    student = Student(id=StudentId(random_id()), year=year, joined_at=now, addresses=(address,))
    return student.model_copy(update=names)


def _with_addresses(student: Student, change: Callable[[Address], Address]) -> Student:
    return student.model_copy(update={"addresses": tuple(change(address) for address in student.addresses)})


def _switched_off(address: Address, reason: OffReason) -> Address:
    return address if address.off is not None else address.model_copy(update={"off": reason})


def _switched_on(address: Address, now: datetime) -> Address:
    if address.off is None:
        return address
    return address.model_copy(update={"off": None, "on_since": to_utc_ms(now)})
