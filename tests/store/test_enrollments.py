"""Enrollment keys of students, on both stores."""

import asyncio

from placement_alerts.core.student import Joined, OffReason, Student, StudentId
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR, after

MANY = 1_201  # more than one lot


async def join(store: Store, value: str = "7", year: str = YEAR) -> Student:
    _, student = await store.students.join("telegram", value, year, {}, NOW)
    return student


def with_key(student: Student, key: str | None, hint: str | None = None) -> Student:
    return student.model_copy(update={"enrollment_key": key, "enrollment_hint": hint})


async def test_key_and_hint_are_stored_with_the_student(store: Store) -> None:
    student = await join(store)

    assert await store.students.enroll(student.id, "k1", "001")

    enrolled = with_key(student, "k1", "001")
    assert await store.students.get(student.id) == enrolled
    assert await store.students.by_address("telegram", "7") == enrolled
    assert await store.students.of_year(YEAR, None, 9) == [enrolled]
    assert await store.students.by_enrollments(["k1"]) == [enrolled]


async def test_student_may_give_the_same_number_again(store: Store) -> None:
    student = await join(store)

    assert await store.students.enroll(student.id, "k1", "001")
    assert await store.students.enroll(student.id, "k1", "001")

    assert await store.students.by_enrollments(["k1"]) == [with_key(student, "k1", "001")]


async def test_number_of_another_student_is_refused_and_changes_nothing(store: Store) -> None:
    first, second = await join(store, "7"), await join(store, "8")
    await store.students.enroll(first.id, "k1", "001")
    await store.students.enroll(second.id, "k2", "002")

    assert not await store.students.enroll(second.id, "k1", "001")

    assert await store.students.get(first.id) == with_key(first, "k1", "001")
    assert await store.students.get(second.id) == with_key(second, "k2", "002")


async def test_new_number_replaces_the_earlier_one_which_is_free_then(store: Store) -> None:
    first, second = await join(store, "7"), await join(store, "8")
    await store.students.enroll(first.id, "k1", "001")

    assert await store.students.enroll(first.id, "k2", "002")
    assert await store.students.enroll(second.id, "k1", "001")

    assert await store.students.by_enrollments(["k1"]) == [with_key(second, "k1", "001")]
    assert await store.students.by_enrollments(["k2"]) == [with_key(first, "k2", "002")]


async def test_forgotten_number_leaves_nothing_behind(store: Store) -> None:
    first, second = await join(store, "7"), await join(store, "8")
    await store.students.enroll(first.id, "k1", "001")

    assert await store.students.enroll(first.id, None, "001")
    assert await store.students.enroll(second.id, None, None)

    assert await store.students.get(first.id) == first
    assert await store.students.by_enrollments(["k1"]) == []


async def test_student_who_is_not_there_is_not_enrolled(store: Store) -> None:
    assert not await store.students.enroll(StudentId("none"), "k1", "001")


async def test_number_stays_when_the_student_stops_returns_and_moves(store: Store) -> None:
    student = await join(store)
    await store.students.enroll(student.id, "k1", "001")
    await store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)

    joined, returned = await store.students.join("telegram", "7", YEAR, {}, after(hours=1))
    await store.students.move(returned.addresses[0].id, "8")

    assert joined is Joined.RETURNED
    assert (returned.enrollment_key, returned.enrollment_hint) == ("k1", "001")
    (found,) = await store.students.by_enrollments(["k1"])
    assert (found.id, found.addresses[0].value) == (student.id, "8")


async def test_of_many_students_who_give_one_number_at_once_one_gets_it(store: Store, store_url: str) -> None:
    other = await open_store(store_url)
    students = [await join(store, str(number)) for number in range(20)]

    async with asyncio.TaskGroup() as askers:
        answers = [
            askers.create_task((store, other)[number % 2].students.enroll(student.id, "k1", "001"))
            for number, student in enumerate(students)
        ]
    await other.close()

    assert sum(answer.result() for answer in answers) == 1
    winner = next(student for student, answer in zip(students, answers, strict=True) if answer.result())
    assert await store.students.by_enrollments(["k1"]) == [with_key(winner, "k1", "001")]


async def test_students_of_any_year_are_found_by_id_among_thousands_of_keys(store: Store) -> None:
    students = [await join(store, str(number), f"20{number}") for number in range(20, 26)]
    for student in students:
        await store.students.enroll(student.id, f"k{student.year}", "001")
    keys = [f"k{number}" for number in range(MANY)] + [f"k{student.year}" for student in students] * 2

    found = await store.students.by_enrollments(keys)

    assert [student.id for student in found] == sorted(student.id for student in students)
    assert all(student.addresses for student in found)


async def test_no_keys_find_nobody(store: Store) -> None:
    await join(store)

    assert await store.students.by_enrollments([]) == []
