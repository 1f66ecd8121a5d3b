"""Students and their addresses in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import aiosqlite

from placement_alerts.core.student import Address, AddressId, Joined, OffReason, Student, StudentId
from placement_alerts.store.base import random_id
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_list, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

ENROLLMENTS_AT_ONCE = 500  # other readers get their turn in between

_COLUMNS = "students.id, students.year, joined_at, first_name, last_name, username, enrollment_key, enrollment_hint"
_WIDTH = len(_COLUMNS.split(","))
_ADDRESS_COLUMNS = "addresses.id, channel, value, on_since, off"
# a student's rows, one an address, stand together and the addresses in the order in which they came
_WITH_ADDRESSES = f"""SELECT {_COLUMNS}, {_ADDRESS_COLUMNS} FROM {{students}}
    LEFT JOIN addresses ON addresses.student_id = students.id"""
GET_SQL = f"{_WITH_ADDRESSES.format(students='students')} WHERE students.id = ? ORDER BY addresses.number"
OF_YEAR_SQL = f"""{
    _WITH_ADDRESSES.format(
        students="(SELECT * FROM students WHERE year = ? AND id > ? ORDER BY id LIMIT ?) AS students"
    )
} ORDER BY students.id, addresses.number"""
FIND_ADDRESS_SQL = "SELECT id, student_id, off FROM addresses WHERE channel = ? AND value = ?"
BY_ADDRESS_SQL = f"""{_WITH_ADDRESSES.format(students="students")}
    WHERE students.id = (SELECT student_id FROM addresses WHERE channel = ? AND value = ?) ORDER BY addresses.number"""
BY_ENROLLMENTS_SQL = f"""{_WITH_ADDRESSES.format(students="students")}
    WHERE enrollment_key IN (SELECT value FROM json_each(?)) ORDER BY students.id, addresses.number"""

ADD_SQL = "INSERT INTO students (id, year, joined_at) VALUES (?, ?, ?)"
ADD_ADDRESS_SQL = "INSERT INTO addresses (id, student_id, channel, value, on_since) VALUES (?, ?, ?, ?, ?)"
NAMES_SQL = """
    UPDATE students SET first_name = :first_name, last_name = :last_name, username = :username
    WHERE id = :id AND (first_name, last_name, username) IS NOT (:first_name, :last_name, :username)"""
SWITCH_ON_SQL = "UPDATE addresses SET off = NULL, on_since = ? WHERE id = ? AND off IS NOT NULL"
SWITCH_OFF_SQL = "UPDATE addresses SET off = ? WHERE id = ? AND off IS NULL"
MOVE_SQL = "UPDATE addresses SET value = ? WHERE id = ?"
ENROLLED_SQL = "SELECT id FROM students WHERE enrollment_key = ?"
ENROLL_SQL = "UPDATE students SET enrollment_key = ?, enrollment_hint = ? WHERE id = ?"
# another address of the same channel that has the value already
RIVAL_SQL = """
    SELECT 1 FROM addresses AS other JOIN addresses AS mine ON other.channel = mine.channel
    WHERE mine.id = ? AND other.value = ? AND other.id <> mine.id"""
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
        student_id, year, joined_at, first_name, last_name, username, key, hint = of_student[0][:_WIDTH]
        yield Student(
            id=student_id,
            year=year,
            joined_at=from_ms(joined_at),
            first_name=first_name,
            last_name=last_name,
            username=username,
            enrollment_key=key,
            enrollment_hint=hint,
            addresses=tuple(_address(row[_WIDTH:]) for row in of_student if row[_WIDTH] is not None),
        )


def _address(row: Row) -> Address:
    address_id, channel, value, on_since, off = row
    return Address(
        id=address_id,
        channel=channel,
        value=value,
        on_since=from_ms(on_since),
        off=None if off is None else OffReason(off),
    )
