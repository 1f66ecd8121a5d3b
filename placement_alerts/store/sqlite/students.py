"""Students and their addresses in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import aiosqlite

from placement_alerts.core.student import Address, AddressId, Joined, OffReason, Student, StudentId
from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.store.base import random_id
from placement_alerts.store.sqlite import ownership
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.ownership import (
    ADD_ADDRESS_SQL,
    ADDRESS_COLUMNS,
    FIND_ADDRESS_SQL,
    SWITCH_ON_SQL,
    to_address,
)
from placement_alerts.store.sqlite.schema import NAMELESS_SQL
from placement_alerts.store.sqlite.values import from_ms, to_list, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

ENROLLMENTS_AT_ONCE = 500  # other readers get their turn in between

_COLUMNS = (
    "students.id, students.year, joined_at, first_name, last_name, username, enrollment_key, enrollment_hint,"
    " branch, cgpa, calendar_hash"
)
_WIDTH = len(_COLUMNS.split(","))
# a student's rows, one an address, stand together and the addresses in the order in which they came
_WITH_ADDRESSES = f"""SELECT {_COLUMNS}, {ADDRESS_COLUMNS} FROM {{students}}
    LEFT JOIN addresses ON addresses.student_id = students.id"""
GET_SQL = f"{_WITH_ADDRESSES.format(students='students')} WHERE students.id = ? ORDER BY addresses.number"
OF_YEAR_SQL = f"""{
    _WITH_ADDRESSES.format(
        students="(SELECT * FROM students WHERE year = ? AND id > ? ORDER BY id LIMIT ?) AS students"
    )
} ORDER BY students.id, addresses.number"""
FIND_SQL = f"""{
    _WITH_ADDRESSES.format(students="(SELECT * FROM students WHERE id > ? ORDER BY id LIMIT ?) AS students")
} ORDER BY students.id, addresses.number"""
BY_CALENDAR_SQL = f"{_WITH_ADDRESSES.format(students='students')} WHERE calendar_hash = ? ORDER BY addresses.number"
BY_ADDRESS_SQL = f"""{_WITH_ADDRESSES.format(students="students")}
    WHERE students.id = (SELECT student_id FROM addresses WHERE channel = ? AND value = ?) ORDER BY addresses.number"""
BY_ENROLLMENTS_SQL = f"""{_WITH_ADDRESSES.format(students="students")}
    WHERE enrollment_key IN (SELECT value FROM json_each(?)) ORDER BY students.id, addresses.number"""

ADD_SQL = "INSERT INTO students (id, year, joined_at) VALUES (?, ?, ?)"
ADD_WHOLE_SQL = """
    INSERT INTO students (id, year, joined_at, first_name, last_name, username, enrollment_key, enrollment_hint,
        branch, cgpa, calendar_hash)
    VALUES (:id, :year, :joined_at, :first_name, :last_name, :username, :enrollment_key, :enrollment_hint,
        :branch, :cgpa, :calendar_hash)
    ON CONFLICT (id) DO NOTHING"""
NAMES_SQL = """
    UPDATE students SET first_name = :first_name, last_name = :last_name, username = :username
    WHERE id = :id AND (first_name, last_name, username) IS NOT (:first_name, :last_name, :username)"""
SET_PROFILE_SQL = "UPDATE students SET year = ?, branch = ?, cgpa = ? WHERE id = ?"
SET_CALENDAR_SQL = "UPDATE students SET calendar_hash = ? WHERE id = ?"
SWITCH_OFF_SQL = "UPDATE addresses SET off = ? WHERE id = ? AND off IS NULL"
MOVE_SQL = "UPDATE addresses SET value = ? WHERE id = ?"
ENROLLED_SQL = "SELECT id FROM students WHERE enrollment_key = ?"
ENROLL_SQL = "UPDATE students SET enrollment_key = ?, enrollment_hint = ? WHERE id = ?"
# another address of the same channel that has the value already
RIVAL_SQL = """
    SELECT 1 FROM addresses AS other JOIN addresses AS mine ON other.channel = mine.channel
    WHERE mine.id = ? AND other.value = ? AND other.id <> mine.id"""
UNREACHABLE_SQL = f"""
    SELECT id FROM students WHERE {NAMELESS_SQL} AND joined_at < ?
    AND NOT EXISTS (
        SELECT 1 FROM addresses WHERE student_id = students.id AND (channel <> '{WEBPUSH}' OR off IS NULL))
    AND NOT EXISTS (SELECT 1 FROM sessions WHERE student_id = students.id)
    ORDER BY joined_at LIMIT ?"""
FORGET_ADDRESSES_SQL = "DELETE FROM addresses WHERE student_id IN (SELECT value FROM json_each(?))"
FORGET_SQL = "DELETE FROM students WHERE id IN (SELECT value FROM json_each(?))"
COUNTS_SQL = """
    SELECT count(*), count(active.student_id) FROM students
    LEFT JOIN (SELECT DISTINCT student_id FROM addresses WHERE off IS NULL) AS active
    ON active.student_id = students.id"""


class SqliteStudents:
    """The repository of students (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def join(
        self, channel: str, value: str, year: str, names: Mapping[str, str | None], now: datetime
    ) -> tuple[Joined, Student]:
        async with self._database.transaction() as writer:
            rows = list(await writer.execute_fetchall(FIND_ADDRESS_SQL, (channel, value)))
            if rows:
                address_id, student_id, off = rows[0]
                await writer.execute(SWITCH_ON_SQL, (to_ms(now), address_id))
                joined = Joined.ALREADY if off is None else Joined.RETURNED
            else:
                student_id = await _add(writer, channel, value, year, to_ms(now))
                joined = Joined.NEW
            given = {name: names.get(name) for name in ("first_name", "last_name", "username")}
            await writer.execute(NAMES_SQL, {"id": student_id, **given})
            (student,) = _students(await writer.execute_fetchall(GET_SQL, (student_id,)))
        return joined, student

    async def add(self, student: Student) -> None:
        row = student.model_dump(exclude={"addresses", "joined_at"}) | {"joined_at": to_ms(student.joined_at)}
        await self._database.change(ADD_WHOLE_SQL, row)

    async def attach(self, student_id: StudentId, channel: str, value: str, now: datetime) -> Address | None:
        async with self._database.transaction() as writer:
            return await ownership.attach(writer, student_id, channel, value, to_ms(now))

    async def merge(self, other: StudentId, student_id: StudentId) -> bool:
        """Do it in one transaction; a student is never merged with themselves, which changes nothing."""
        async with self._database.transaction() as writer:
            return await ownership.merge(writer, other, student_id)

    async def set_profile(self, student_id: StudentId, year: str, branch: str | None, cgpa: float | None) -> bool:
        return await self._database.change(SET_PROFILE_SQL, (year, branch, cgpa, student_id)) == 1

    async def set_calendar(self, student_id: StudentId, calendar_hash: str | None) -> bool:
        return await self._database.change(SET_CALENDAR_SQL, (calendar_hash, student_id)) == 1

    async def by_calendar(self, calendar_hash: str) -> Student | None:
        return next(_students(await self._database.rows(BY_CALENDAR_SQL, (calendar_hash,))), None)

    async def switch_off(self, address_id: AddressId, reason: OffReason) -> bool:
        return await self._database.change(SWITCH_OFF_SQL, (reason.value, address_id)) == 1

    async def switch_on(self, address_id: AddressId, now: datetime) -> bool:
        return await self._database.change(SWITCH_ON_SQL, (to_ms(now), address_id)) == 1

    async def move(self, address_id: AddressId, value: str) -> None:
        async with self._database.transaction() as writer:
            if list(await writer.execute_fetchall(RIVAL_SQL, (address_id, value))):
                await writer.execute(SWITCH_OFF_SQL, (OffReason.GONE.value, address_id))
            else:
                await writer.execute(MOVE_SQL, (value, address_id))

    async def enroll(self, student_id: StudentId, key: str | None, hint: str | None) -> bool:
        """Store key and hint; False also for a student who is not there."""
        async with self._database.transaction() as writer:
            holders = await writer.execute_fetchall(ENROLLED_SQL, (key,))
            if any(row[0] != student_id for row in holders):
                return False
            cursor = await writer.execute(ENROLL_SQL, (key, None if key is None else hint, student_id))
            return cursor.rowcount == 1

    async def by_enrollments(self, keys: Collection[str]) -> list[Student]:
        ordered = sorted(set(keys))
        found: list[Student] = []
        for start in range(0, len(ordered), ENROLLMENTS_AT_ONCE):
            chunk = to_list(ordered[start : start + ENROLLMENTS_AT_ONCE])
            rows = await self._database.rows(BY_ENROLLMENTS_SQL, (chunk,))
            found += await asyncio.to_thread(list, _students(rows))
        return sorted(found, key=lambda student: student.id)

    async def by_address(self, channel: str, value: str) -> Student | None:
        return next(_students(await self._database.rows(BY_ADDRESS_SQL, (channel, value))), None)

    async def get(self, student_id: StudentId) -> Student | None:
        return next(_students(await self._database.rows(GET_SQL, (student_id,))), None)

    async def of_year(self, year: str, after: StudentId | None, limit: int) -> list[Student]:
        return list(_students(await self._database.rows(OF_YEAR_SQL, (year, after or "", limit))))

    async def find(self, year: str | None, after: StudentId | None, limit: int) -> list[Student]:
        if year is not None:
            return await self.of_year(year, after, limit)
        return list(_students(await self._database.rows(FIND_SQL, (after or "", limit))))

    async def forget_unreachable(self, before: datetime, limit: int) -> int:
        async with self._database.transaction() as writer:
            rows = await writer.execute_fetchall(UNREACHABLE_SQL, (to_ms(before), limit))
            gone = to_list(row[0] for row in rows)
            await writer.execute(FORGET_ADDRESSES_SQL, (gone,))
            return (await writer.execute(FORGET_SQL, (gone,))).rowcount

    async def counts(self) -> dict[str, int]:
        row = await self._database.row(COUNTS_SQL)
        total, active = row or (0, 0)
        return {"total": total, "active": active, "inactive": total - active}


async def _add(writer: aiosqlite.Connection, channel: str, value: str, year: str, now_ms: int) -> str:
    student_id = random_id()
    await writer.execute(ADD_SQL, (student_id, year, now_ms))
    await writer.execute(ADD_ADDRESS_SQL, (random_id(), student_id, channel, value, now_ms))
    return student_id


def _students(rows: Iterable[Row]) -> Iterator[Student]:
    for _, group in groupby(rows, key=itemgetter(0)):
        of_student = list(group)
        student_id, year, joined_at, first_name, last_name, username, key, hint, *said = of_student[0][:_WIDTH]
        branch, cgpa, calendar_hash = said
        yield Student(
            id=student_id,
            year=year,
            joined_at=from_ms(joined_at),
            first_name=first_name,
            last_name=last_name,
            username=username,
            enrollment_key=key,
            enrollment_hint=hint,
            branch=branch,
            cgpa=cgpa,
            calendar_hash=calendar_hash,
            addresses=tuple(to_address(row[_WIDTH:]) for row in of_student if row[_WIDTH] is not None),
        )
