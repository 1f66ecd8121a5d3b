"""Browsers that subscribed and that nobody linked: forgotten when nothing reaches them any more, on both stores."""

from typing import Any

import pytest

from placement_alerts.core.student import OffReason, Student
from placement_alerts.store.base import Store
from tests.access_builders import a_session
from tests.builders import NOW, YEAR, a_delivery, a_student, after

LATER = after(days=1)


async def a_stranger(store: Store, name: str = "1", *, push: bool = False, **values: Any) -> Student:
    """Store a browser's student; push: with a web push address, which is on."""
    student = a_student(name, addresses=(), **values)
    await store.students.add(student)
    if push:
        await store.students.attach(student.id, "webpush", f"w{name}", NOW)
    return await read(store, student)


async def read(store: Store, student: Student) -> Student:
    stored = await store.students.get(student.id)
    assert stored is not None
    return stored


async def test_browser_without_an_address_is_forgotten(store: Store) -> None:
    stranger = await a_stranger(store)

    assert await store.students.forget_unreachable(LATER, 10) == 1
    assert await store.students.get(stranger.id) is None
    assert await store.students.forget_unreachable(LATER, 10) == 0


async def test_browser_whose_push_is_off_is_forgotten_and_its_deliveries_stay(store: Store) -> None:
    stranger = await a_stranger(store, push=True)
    await store.students.switch_off(stranger.addresses[0].id, OffReason.GONE)
    row = a_delivery(student_id=stranger.id)
    await store.deliveries.plan([row])

    assert await store.students.forget_unreachable(LATER, 10) == 1
    assert await store.students.by_address("webpush", "w1") is None
    assert await store.deliveries.get(row.id) is not None


async def test_forgotten_browser_can_subscribe_anew(store: Store) -> None:
    stranger = await a_stranger(store, push=True)
    await store.students.switch_off(stranger.addresses[0].id, OffReason.STOPPED)
    await store.students.forget_unreachable(LATER, 10)
    again = await a_stranger(store, "2")

    assert await store.students.attach(again.id, "webpush", "w1", NOW) is not None


async def test_browser_that_push_reaches_stays(store: Store) -> None:
    await a_stranger(store, push=True)

    assert await store.students.forget_unreachable(LATER, 10) == 0


async def test_browser_that_came_lately_stays(store: Store) -> None:
    await a_stranger(store)

    assert await store.students.forget_unreachable(NOW, 10) == 0


async def test_browser_with_a_session_stays_until_it_ends(store: Store) -> None:
    stranger = await a_stranger(store)
    await store.sessions.save(a_session(student_id=stranger.id))

    assert await store.students.forget_unreachable(LATER, 10) == 0
    await store.sessions.clean(after(days=2))
    assert await store.students.forget_unreachable(LATER, 10) == 1


@pytest.mark.parametrize(
    "said", [{"first_name": "Asha"}, {"enrollment_key": "k", "enrollment_hint": "001"}, {"calendar_hash": "h"}]
)
async def test_student_who_said_something_stays(store: Store, said: dict[str, Any]) -> None:
    await a_stranger(store, **said)

    assert await store.students.forget_unreachable(LATER, 10) == 0


async def test_student_of_telegram_stays_even_if_they_stopped(store: Store) -> None:
    _, student = await store.students.join("telegram", "7", YEAR, {}, NOW)
    await store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)

    assert await store.students.forget_unreachable(LATER, 10) == 0


async def test_longest_here_go_first_past_those_who_stay(store: Store) -> None:
    names = ("1", "2", "3", "4")
    first, *others = [await a_stranger(store, name, joined_at=after(minutes=int(name))) for name in names]
    await store.sessions.save(a_session(student_id=first.id))

    assert await store.students.forget_unreachable(LATER, 2) == 2
    assert [await store.students.get(one.id) for one in others] == [None, None, others[2]]
    assert await store.students.get(first.id) == first
