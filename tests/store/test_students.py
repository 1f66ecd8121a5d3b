"""Students and their addresses, on both stores."""

import asyncio

from placement_alerts.core.student import Address, AddressId, Joined, OffReason, Student, StudentId
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR, after

NAMES = {"first_name": "Asha", "last_name": None, "username": "asha🎓"}


async def join(store: Store, value: str = "7", **hours: float) -> Student:
    _, student = await store.students.join("telegram", value, YEAR, NAMES, after(**hours))
    return student


def address_of(student: Student | None) -> Address:
    assert student is not None
    (address,) = student.addresses
    return address


async def test_first_start_makes_a_student_with_one_address_that_is_on(store: Store) -> None:
    joined, student = await store.students.join("telegram", "7", YEAR, NAMES, NOW)

    assert joined is Joined.NEW
    assert (student.year, student.joined_at, student.first_name, student.last_name) == (YEAR, NOW, "Asha", None)
    assert (address_of(student).channel, address_of(student).value, address_of(student).off) == ("telegram", "7", None)
    assert address_of(student).on_since == NOW
    assert await store.students.get(student.id) == student
    assert await store.students.by_address("telegram", "7") == student


async def test_start_again_while_on_replaces_only_the_names(store: Store) -> None:
    first = await join(store)

    names = {"first_name": "Asha", "last_name": "Rao", "username": None}
    joined, student = await store.students.join("telegram", "7", "202627", names, after(hours=1))

    assert joined is Joined.ALREADY
    assert student == first.model_copy(update=names)
    assert await store.students.get(first.id) == student


async def test_start_after_stop_returns_and_is_on_from_then(store: Store) -> None:
    first = await join(store)
    await store.students.switch_off(address_of(first).id, OffReason.STOPPED)

    joined, student = await store.students.join("telegram", "7", YEAR, NAMES, after(hours=1))

    assert joined is Joined.RETURNED
    assert student.id == first.id
    assert (address_of(student).off, address_of(student).on_since) == (None, after(hours=1))


async def test_fifty_starts_at_once_make_one_student(store: Store) -> None:
    async with asyncio.TaskGroup() as starts:
        answers = [starts.create_task(store.students.join("telegram", "7", YEAR, NAMES, NOW)) for _ in range(50)]

    assert [answer.result()[0] for answer in answers].count(Joined.NEW) == 1
    assert len({answer.result()[1].id for answer in answers}) == 1
    assert (await store.students.counts())["total"] == 1


async def test_same_value_on_another_channel_is_another_student(store: Store) -> None:
    first = await join(store)
    joined, second = await store.students.join("webpush", "7", YEAR, NAMES, NOW)

    assert joined is Joined.NEW
    assert second.id != first.id


async def test_address_is_switched_off_once_and_keeps_its_first_reason(store: Store) -> None:
    student = await join(store)

    assert await store.students.switch_off(address_of(student).id, OffReason.BLOCKED)
    assert not await store.students.switch_off(address_of(student).id, OffReason.GONE)

    assert address_of(await store.students.get(student.id)).off is OffReason.BLOCKED


async def test_address_is_switched_on_once_from_that_moment(store: Store) -> None:
    student = await join(store)
    await store.students.switch_off(address_of(student).id, OffReason.BLOCKED)

    assert await store.students.switch_on(address_of(student).id, after(hours=1))
    assert not await store.students.switch_on(address_of(student).id, after(hours=2))

    assert address_of(await store.students.get(student.id)).on_since == after(hours=1)


async def test_switching_an_unknown_address_does_nothing(store: Store) -> None:
    assert not await store.students.switch_off(AddressId("none"), OffReason.GONE)
    assert not await store.students.switch_on(AddressId("none"), NOW)


async def test_moved_address_is_found_by_its_new_value(store: Store) -> None:
    student = await join(store)

    await store.students.move(address_of(student).id, "-100")
    await store.students.move(address_of(student).id, "-100")

    assert await store.students.by_address("telegram", "7") is None
    moved = await store.students.by_address("telegram", "-100")
    assert moved is not None
    assert (moved.id, address_of(moved).off) == (student.id, None)


async def test_address_that_moves_to_a_taken_value_is_gone(store: Store) -> None:
    student = await join(store, "7")
    other = await join(store, "8")

    await store.students.move(address_of(student).id, "8")

    assert await store.students.by_address("telegram", "8") == other
    gone = address_of(await store.students.get(student.id))
    assert (gone.value, gone.off) == ("7", OffReason.GONE)


async def test_unknown_students_are_none(store: Store) -> None:
    assert await store.students.get(StudentId("none")) is None
    assert await store.students.by_address("telegram", "none") is None


async def test_pages_of_a_year_hold_every_student_once(store: Store) -> None:
    expected = {(await join(store, str(number))).id for number in range(7)}
    await store.students.join("telegram", "99", "202425", NAMES, NOW)

    first = await store.students.of_year(YEAR, None, 4)
    second = await store.students.of_year(YEAR, first[-1].id, 4)
    third = await store.students.of_year(YEAR, second[-1].id, 4)

    assert (len(first), len(second), len(third)) == (4, 3, 0)
    assert {student.id for student in first + second} == expected
    assert [student.id for student in first + second] == sorted(expected)
    assert all(student.addresses for student in first + second)


async def test_counts_tell_who_has_an_address_that_is_on(store: Store) -> None:
    await join(store, "7")
    student = await join(store, "8")
    await store.students.switch_off(address_of(student).id, OffReason.STOPPED)

    assert await store.students.counts() == {"total": 2, "active": 1, "inactive": 1}


async def test_empty_store_counts_no_students(store: Store) -> None:
    assert await store.students.counts() == {"total": 0, "active": 0, "inactive": 0}
