"""Whose an address is: it comes to a student, or goes from one to another; all within the caller's transaction."""

import aiosqlite

from placement_alerts.core.student import Address, OffReason
from placement_alerts.store.base import random_id
from placement_alerts.store.sqlite.connection import Row
from placement_alerts.store.sqlite.values import from_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

ADDRESS_COLUMNS = "addresses.id, channel, value, on_since, off"
STUDENT_SQL = "SELECT 1 FROM students WHERE id = ?"
FIND_ADDRESS_SQL = "SELECT id, student_id, off FROM addresses WHERE channel = ? AND value = ?"
ADDRESS_SQL = f"SELECT {ADDRESS_COLUMNS} FROM addresses WHERE channel = ? AND value = ?"
ADD_ADDRESS_SQL = "INSERT INTO addresses (id, student_id, channel, value, on_since) VALUES (?, ?, ?, ?, ?)"
SWITCH_ON_SQL = "UPDATE addresses SET off = NULL, on_since = ? WHERE id = ? AND off IS NOT NULL"
# a student's addresses stand in the order in which they came to them: what is taken over comes last
TAKE_OVER_SQL = """
    UPDATE addresses SET student_id = ?, off = NULL, on_since = ?, number = (SELECT max(number) + 1 FROM addresses)
    WHERE id = ?"""
ADDRESSES_OF_SQL = "SELECT id FROM addresses WHERE student_id = ? ORDER BY number"
GIVE_SQL = "UPDATE addresses SET student_id = ?, number = (SELECT max(number) + 1 FROM addresses) WHERE id = ?"
SAID_SQL = "SELECT enrollment_key, enrollment_hint, calendar_hash, branch, cgpa FROM students WHERE id = ?"
TAKE_SAID_SQL = """
    UPDATE students SET enrollment_hint = iif(enrollment_key IS NULL, :hint, enrollment_hint),
        enrollment_key = coalesce(enrollment_key, :key), calendar_hash = coalesce(calendar_hash, :calendar),
        branch = coalesce(branch, :branch), cgpa = coalesce(cgpa, :cgpa)
    WHERE id = :id"""
REMOVE_SQL = "DELETE FROM students WHERE id = ?"


async def attach(
    writer: aiosqlite.Connection, student_id: str, channel: str, value: str, now_ms: int
) -> Address | None:
    """Give the address to the student, new or another's, and switch it on; None if there is no such student."""
    if not await _is_there(writer, student_id):
        return None
    rows = list(await writer.execute_fetchall(FIND_ADDRESS_SQL, (channel, value)))
    if not rows:
        await writer.execute(ADD_ADDRESS_SQL, (random_id(), student_id, channel, value, now_ms))
    elif rows[0][1] == student_id:
        await writer.execute(SWITCH_ON_SQL, (now_ms, rows[0][0]))
    else:
        await writer.execute(TAKE_OVER_SQL, (student_id, now_ms, rows[0][0]))
    (row,) = await writer.execute_fetchall(ADDRESS_SQL, (channel, value))
    return to_address(row)


async def merge(writer: aiosqlite.Connection, other: str, student_id: str) -> bool:
    """Give the student all that `other` has, then remove `other`; False if one of the two is unknown."""
    if not (await _is_there(writer, other) and await _is_there(writer, student_id)):
        return False
    if other == student_id:
        return True
    for (address_id,) in list(await writer.execute_fetchall(ADDRESSES_OF_SQL, (other,))):
        await writer.execute(GIVE_SQL, (student_id, address_id))
    ((key, hint, calendar, branch, cgpa),) = await writer.execute_fetchall(SAID_SQL, (other,))
    await writer.execute(REMOVE_SQL, (other,))  # first: an enrollment key is unique, and so is a calendar
    said = {"key": key, "hint": hint, "calendar": calendar, "branch": branch, "cgpa": cgpa, "id": student_id}
    await writer.execute(TAKE_SAID_SQL, said)
    return True


async def _is_there(writer: aiosqlite.Connection, student_id: str) -> bool:
    return bool(list(await writer.execute_fetchall(STUDENT_SQL, (student_id,))))


def to_address(row: Row) -> Address:
    """Return the address that stands in a row of ADDRESS_COLUMNS."""
    address_id, channel, value, on_since, off = row
    return Address(
        id=address_id,
        channel=channel,
        value=value,
        on_since=from_ms(on_since),
        off=None if off is None else OffReason(off),
    )
