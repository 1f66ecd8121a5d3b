"""Students who change what they say, get and lose addresses, or turn out to be one person, on both stores."""

import asyncio
from typing import Any

import pytest

from placement_alerts.core.student import Address, OffReason, Student, StudentId
from placement_alerts.errors import Duplicate
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR, a_student, after

NOBODY = StudentId("none")
PUSH = "https://push.example.org/1"


async def add(store: Store, name: str, **values: Any) -> Student:
    student = a_student(name, addresses=(), **values)
    await store.students.add(student)
    return student


async def join(store: Store, value: str = "7") -> Student:
    _, student = await store.students.join("telegram", value, YEAR, {}, NOW)
    return student


async def attach(store: Store, student: Student, value: str = PUSH, **hours: float) -> Address:
    address = await store.students.attach(student.id, "webpush", value, after(**hours))
    assert address is not None
    return address


async def read(store: Store, student: Student) -> Student:
    stored = await store.students.get(student.id)
    assert stored is not None
    return stored


async def test_student_who_was_added_has_no_address_and_is_inactive(store: Store) -> None:
    student = await add(store, "1", first_name="Asha", branch="CSE", cgpa=8.5, calendar_hash="h")

    assert await read(store, student) == student
    assert await store.students.counts() == {"total": 1, "active": 0, "inactive": 1}


async def test_student_added_again_stays_as_they_are(store: Store) -> None:
    student = await add(store, "1")
    address = await attach(store, student)

    await store.students.add(student.model_copy(update={"branch": "ECE"}))

    assert await read(store, student) == student.model_copy(update={"addresses": (address,)})


async def test_student_with_the_enrollment_of_another_is_not_added(store: Store) -> None:
    await add(store, "1", enrollment_key="k", enrollment_hint="001")

    with pytest.raises(Duplicate):
        await add(store, "2", enrollment_key="k", enrollment_hint="001")

    assert await store.students.get(StudentId("s2")) is None


async def test_new_address_is_on_and_comes_after_the_others(store: Store) -> None:
    student = await join(store)

    address = await attach(store, student, hours=1)

    assert (address.channel, address.value, address.on_since, address.off) == ("webpush", PUSH, after(hours=1), None)
    assert await read(store, student) == student.model_copy(update={"addresses": (*student.addresses, address)})
    assert await store.students.by_address("webpush", PUSH) == await read(store, student)


async def test_nobody_gets_no_address(store: Store) -> None:
    assert await store.students.attach(NOBODY, "webpush", PUSH, NOW) is None
    assert await store.students.by_address("webpush", PUSH) is None


async def test_nobody_takes_no_address_over(store: Store) -> None:
    student = await join(store)

    assert await store.students.attach(NOBODY, "telegram", "7", NOW) is None

    assert await store.students.by_address("telegram", "7") == student


async def test_own_address_that_is_on_stays_as_it_is(store: Store) -> None:
    student = await add(store, "1")
    first = await attach(store, student)

    assert await attach(store, student, hours=1) == first
    assert (await read(store, student)).addresses == (first,)


async def test_own_address_that_was_off_is_on_from_now(store: Store) -> None:
    student = await add(store, "1")
    first = await attach(store, student)
    await store.students.switch_off(first.id, OffReason.GONE)

    again = await attach(store, student, hours=1)

    assert again == first.model_copy(update={"on_since": after(hours=1)})
    assert (await read(store, student)).addresses == (again,)


@pytest.mark.parametrize("off", [False, True])
async def test_address_of_another_is_taken_over_with_its_id_and_on_from_now(store: Store, off: bool) -> None:
    one, other = await add(store, "1"), await join(store)
    first = await attach(store, one)
    await (store.students.switch_off(first.id, OffReason.GONE) if off else store.students.switch_on(first.id, NOW))

    taken = await attach(store, other, hours=1)

    assert taken == first.model_copy(update={"on_since": after(hours=1)})
    assert (await read(store, one)).addresses == ()
    assert (await read(store, other)).addresses == (*other.addresses, taken)
    assert (await store.students.counts())["active"] == 1
    assert await store.students.switch_off(taken.id, OffReason.BLOCKED)


async def test_address_may_come_back(store: Store) -> None:
    one, other = await add(store, "1"), await add(store, "2")
    first = await attach(store, one)
    await attach(store, other, hours=1)

    back = await attach(store, one, hours=2)

    assert back == first.model_copy(update={"on_since": after(hours=2)})
    assert [(await read(store, student)).addresses for student in (one, other)] == [(back,), ()]


async def test_twenty_who_take_one_address_at_once_leave_it_with_one(store: Store) -> None:
    students = [await add(store, f"{number:02}") for number in range(20)]
    first = await attach(store, students[0])

    async with asyncio.TaskGroup() as attaching:
        answers = [attaching.create_task(attach(store, student, hours=1)) for student in students]

    owners = [student for student in await store.students.find(None, None, 50) if student.addresses]
    assert {answer.result().id for answer in answers} == {first.id}
    assert [[address.id for address in owner.addresses] for owner in owners] == [[first.id]]
    assert await store.students.by_address("webpush", PUSH) == owners[0]


async def test_twenty_who_want_a_new_address_at_once_leave_it_with_one(store: Store) -> None:
    students = [await add(store, f"{number:02}") for number in range(20)]

    async with asyncio.TaskGroup() as attaching:
        answers = [attaching.create_task(attach(store, student)) for student in students]

    owners = [student for student in await store.students.find(None, None, 50) if student.addresses]
    assert len({answer.result().id for answer in answers}) == 1
    assert [len(owner.addresses) for owner in owners] == [1]


async def test_merged_student_is_gone_and_their_addresses_come_after_the_others(store: Store) -> None:
    browser, student = await add(store, "1"), await join(store)
    addresses = [await attach(store, browser, f"{PUSH}{number}") for number in range(2)]
    await store.students.switch_off(addresses[0].id, OffReason.GONE)
    addresses[0] = addresses[0].model_copy(update={"off": OffReason.GONE})

    assert await store.students.merge(browser.id, student.id)

    assert await store.students.get(browser.id) is None
    assert await read(store, student) == student.model_copy(update={"addresses": (*student.addresses, *addresses)})
    assert await store.students.by_address("webpush", f"{PUSH}1") == await read(store, student)
    assert (await store.students.counts())["total"] == 1


async def test_merged_students_words_fill_only_what_the_other_did_not_say(store: Store) -> None:
    words = {"enrollment_key": "k1", "enrollment_hint": "001", "calendar_hash": "h1", "branch": "ECE", "cgpa": 7.5}
    browser = await add(store, "1", **words)
    student = await add(store, "2", branch="CSE")

    assert await store.students.merge(browser.id, student.id)

    merged = student.model_copy(update=words | {"branch": "CSE"})
    assert await read(store, student) == merged
    assert [found.id for found in await store.students.by_enrollments(["k1"])] == [student.id]
    assert await store.students.by_calendar("h1") == merged


async def test_merging_students_who_both_said_all_keeps_the_ones_own(store: Store) -> None:
    browser = await add(
        store, "1", enrollment_key="k1", enrollment_hint="001", calendar_hash="h1", branch="ECE", cgpa=7.5
    )
    student = await add(
        store, "2", enrollment_key="k2", enrollment_hint="002", calendar_hash="h2", branch="CSE", cgpa=0.0
    )

    assert await store.students.merge(browser.id, student.id)

    assert await read(store, student) == student
    assert await store.students.by_enrollments(["k1"]) == []
    assert await store.students.by_calendar("h1") is None


async def test_enrollment_and_calendar_of_a_merged_student_are_free_again(store: Store) -> None:
    browser = await add(store, "1", enrollment_key="k1", calendar_hash="h")
    await store.students.merge(browser.id, (await add(store, "2", enrollment_key="k2", calendar_hash="h2")).id)
    third = await add(store, "3")

    assert await store.students.enroll(third.id, "k1", "001")
    assert await store.students.set_calendar(third.id, "h")


async def test_nobody_is_merged_with_nobody(store: Store) -> None:
    student = await join(store)

    assert not await store.students.merge(NOBODY, student.id)
    assert not await store.students.merge(student.id, NOBODY)

    assert await read(store, student) == student


async def test_student_merged_with_themselves_stays(store: Store) -> None:
    student = await join(store)

    assert await store.students.merge(student.id, student.id)

    assert await read(store, student) == student


async def test_attaching_beside_a_merge_loses_nothing(store: Store) -> None:
    browser, student = await add(store, "1"), await join(store)
    for number in range(3):
        await attach(store, browser, f"{PUSH}{number}")

    async with asyncio.TaskGroup() as work:
        work.create_task(store.students.merge(browser.id, student.id))
        for number in range(3):
            work.create_task(attach(store, student, f"{PUSH}{number}", hours=1))
            work.create_task(store.students.attach(browser.id, "webpush", f"{PUSH}{number}", after(hours=1)))

    assert await store.students.get(browser.id) is None
    assert sorted(address.value for address in (await read(store, student)).addresses) == [
        "7",
        *(f"{PUSH}{number}" for number in range(3)),
    ]


async def test_profile_is_what_the_student_said_last(store: Store) -> None:
    student = await join(store)

    await store.students.set_profile(student.id, "202627", "CSE", 8.25)
    assert await store.students.set_profile(student.id, "202728", None, 9)

    assert await read(store, student) == student.model_copy(update={"year": "202728", "cgpa": 9.0})
    assert not await store.students.set_profile(NOBODY, YEAR, "CSE", 8.0)


async def test_student_is_found_by_their_calendar_until_it_is_forgotten(store: Store) -> None:
    student = await join(store)

    assert await store.students.set_calendar(student.id, "h1")
    assert await store.students.by_calendar("h1") == student.model_copy(update={"calendar_hash": "h1"})
    assert await store.students.set_calendar(student.id, None)
    assert await store.students.by_calendar("h1") is None
    assert not await store.students.set_calendar(NOBODY, "h1")


async def test_new_calendar_replaces_the_old_one(store: Store) -> None:
    student = await join(store)
    for token in ("h1", "h2"):
        await store.students.set_calendar(student.id, token)

    assert await store.students.by_calendar("h1") is None
    assert await store.students.by_calendar("h2") == await read(store, student)


async def test_pages_give_every_student_once_by_id(store: Store) -> None:
    students = [await add(store, str(number), year=("202526", "202627")[number % 2]) for number in range(5)]
    address = await attach(store, students[3])
    students[3] = students[3].model_copy(update={"addresses": (address,)})

    first = await store.students.find(None, None, 3)
    second = await store.students.find(None, first[-1].id, 3)

    assert first + second == students
    assert await store.students.find(None, second[-1].id, 3) == []
    assert await store.students.find("202627", None, 3) == [students[1], students[3]]
    assert await store.students.find("202627", students[1].id, 3) == [students[3]]
    assert await store.students.find(None, None, 0) == []
