"""A crash between any two steps of attaching or merging on MongoDB: the same call again ends as if there was none."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from placement_alerts.core.student import OffReason, Student, StudentId
from placement_alerts.store.mongo import ownership
from placement_alerts.store.mongo.client import Client, connect
from placement_alerts.store.mongo.indexes import STUDENTS
from placement_alerts.store.mongo.schema import ensure_schema
from placement_alerts.store.mongo.students import MongoStudents
from tests.builders import NOW, a_student, after, an_address


class Crash(Exception):
    """The process died."""


class Dying:
    """A collection whose process dies when it is about to write for the n-th time."""

    def __init__(self, collection: Any, writes: int) -> None:
        self._collection = collection
        self._left = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    async def replace_one(self, *arguments: Any) -> Any:
        self._spend()
        return await self._collection.replace_one(*arguments)

    async def delete_one(self, *arguments: Any) -> Any:
        self._spend()
        return await self._collection.delete_one(*arguments)

    def _spend(self) -> None:
        if self._left == 0:
            raise Crash
        self._left -= 1


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    opened = await connect(mongo_url)
    await ensure_schema(opened)
    yield opened
    await opened.close()


@pytest.fixture
def students(client: Client) -> MongoStudents:
    return MongoStudents(client)


async def keep(students: MongoStudents, *kept: Student) -> None:
    for student in kept:
        await students.add(student)


async def attach_dying(client: Client, student_id: str, writes: int) -> None:
    with pytest.raises(Crash):
        await ownership.attach(
            Dying(client.collection(STUDENTS), writes), StudentId(student_id), "telegram", "7", after(hours=1)
        )


@pytest.mark.parametrize("writes", [0, 1, 2])
async def test_attach_after_a_crash_gives_the_address_with_its_id(
    client: Client, students: MongoStudents, writes: int
) -> None:
    await keep(students, a_student("7"), a_student("8", addresses=()))
    await attach_dying(client, "s8", writes)

    address = await students.attach(StudentId("s8"), "telegram", "7", after(hours=1))

    assert address == an_address("7", on_since=after(hours=1))
    assert await students.find(None, None, 9) == [
        a_student("7", addresses=()),
        a_student("8", addresses=(address,)),
    ]
    assert await client.collection(STUDENTS).find_one({"leaving.addresses.value": "7"}) is None


@pytest.mark.parametrize("writes", [1, 2])
@pytest.mark.parametrize("taker", ["s7", "s9"])
async def test_address_left_by_a_crash_may_go_to_anybody(
    client: Client, students: MongoStudents, writes: int, taker: str
) -> None:
    await keep(students, a_student("7"), a_student("8", addresses=()), a_student("9", addresses=()))
    await attach_dying(client, "s8", writes)

    address = await students.attach(StudentId(taker), "telegram", "7", after(hours=2))

    assert address == an_address("7", on_since=after(hours=2))
    owners = [student.id for student in await students.find(None, None, 9) if student.addresses]
    assert owners == [taker]


async def test_processes_that_take_one_address_at_once_leave_it_with_one(
    client: Client, students: MongoStudents
) -> None:
    takers = [a_student(f"1{number}", addresses=()) for number in range(6)]
    await keep(students, a_student("7"), *takers)

    async with asyncio.TaskGroup() as attaching:
        answers = [
            attaching.create_task(MongoStudents(client).attach(taker.id, "telegram", "7", after(hours=1)))
            for taker in takers
        ]

    owners = [student for student in await students.find(None, None, 50) if student.addresses]
    assert [answer.result() for answer in answers] == [an_address("7", on_since=after(hours=1))] * 6
    assert [owner.addresses for owner in owners] == [(an_address("7", on_since=after(hours=1)),)]


async def test_address_on_its_way_is_nobodys(client: Client, students: MongoStudents) -> None:
    await keep(students, a_student("7"), a_student("8", addresses=()))
    await attach_dying(client, "s8", 1)

    assert await students.by_address("telegram", "7") is None
    assert not await students.switch_off(an_address("7").id, OffReason.GONE)
    assert await students.counts() == {"total": 2, "active": 0, "inactive": 2}


async def test_address_on_its_way_to_somebody_who_is_gone_stays_with_its_owner(
    client: Client, students: MongoStudents
) -> None:
    await keep(students, a_student("7"), a_student("8", addresses=()))
    await attach_dying(client, "s8", 1)

    assert await students.attach(StudentId("gone"), "telegram", "7", after(hours=1)) is None

    assert await students.find(None, None, 9) == [a_student("7"), a_student("8", addresses=())]
    assert await students.by_address("telegram", "7") == a_student("7")


async def test_change_of_the_owner_meanwhile_keeps_what_is_leaving(client: Client, students: MongoStudents) -> None:
    await keep(students, a_student("7"), a_student("8", addresses=()))
    await attach_dying(client, "s8", 1)

    await students.set_profile(StudentId("s7"), "202627", "CSE", None)

    address = await students.attach(StudentId("s8"), "telegram", "7", after(hours=1))
    assert address == an_address("7", on_since=after(hours=1))


@pytest.mark.parametrize("writes", range(3))
async def test_merge_after_a_crash_ends_as_if_there_was_none(
    client: Client, students: MongoStudents, writes: int
) -> None:
    other = a_student("8", enrollment_key="k", enrollment_hint="001", calendar_hash="h", branch="ECE", cgpa=7.5)
    await keep(students, a_student("7", branch="CSE"), other)
    with pytest.raises(Crash):
        await ownership.merge(Dying(client.collection(STUDENTS), writes), StudentId("s8"), StudentId("s7"))

    assert await students.merge(StudentId("s8"), StudentId("s7"))

    both = (an_address("7"), an_address("8"))
    words = {"enrollment_key": "k", "enrollment_hint": "001", "calendar_hash": "h", "branch": "CSE", "cgpa": 7.5}
    merged = a_student("7", addresses=both, **words)
    assert await students.find(None, None, 9) == [merged]
    assert [student.id for student in await students.by_enrollments(["k"])] == ["s7"]
    assert await students.by_calendar("h") == merged
    assert not await students.merge(StudentId("s8"), StudentId("s7"))


async def test_merge_leaves_what_somebody_else_took_after_the_crash(client: Client, students: MongoStudents) -> None:
    other = a_student("8", enrollment_key="k", calendar_hash="h")
    await keep(students, a_student("7"), other, a_student("9", addresses=()))
    with pytest.raises(Crash):
        await ownership.merge(Dying(client.collection(STUDENTS), 1), StudentId("s8"), StudentId("s7"))
    taken = await students.attach(StudentId("s9"), "telegram", "8", NOW)
    assert await students.enroll(StudentId("s9"), "k", "001")
    assert await students.set_calendar(StudentId("s9"), "h")

    assert await students.merge(StudentId("s8"), StudentId("s7"))

    assert taken == an_address("8")
    assert await students.find(None, None, 9) == [
        a_student("7"),
        a_student("9", enrollment_key="k", enrollment_hint="001", calendar_hash="h", addresses=(taken,)),
    ]
