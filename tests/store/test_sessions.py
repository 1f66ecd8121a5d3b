"""Browsers, and sign-ins under way, on both stores."""

import asyncio
from datetime import UTC, timedelta

from placement_alerts.core.session import Session, SessionId, SignIn, SignInId
from placement_alerts.core.student import StudentId
from placement_alerts.store import open_store
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.base import Store
from tests.access_builders import a_session, a_sign_in
from tests.builders import NOW, after

ASHA, RAVI = StudentId("s1"), StudentId("s2")
AT_ONCE = 50
MILLISECOND = timedelta(milliseconds=1)


def confirmed(identifier: str = "c1") -> SignIn:
    """Return a sign-in from the bot: who asked for the code is known."""
    return a_sign_in(identifier, student_id=ASHA, session_id=None, digits="")


async def test_stored_session_comes_back_as_it_was(store: Store) -> None:
    session = a_session(student_id=ASHA, signed_in=True, label="Firefox, Ubuntu 🎓")
    await store.sessions.save(session)

    assert await store.sessions.get(session.id, NOW) == session


async def test_session_saved_again_replaces_what_was_known(store: Store) -> None:
    await store.sessions.save(a_session(student_id=ASHA, signed_in=True))
    await store.sessions.save(a_session(label="Chrome", visited_at=after(hours=1)))

    assert await store.sessions.get(SessionId("b1"), NOW) == a_session(label="Chrome", visited_at=after(hours=1))
    assert await store.sessions.of_student(ASHA) == []


async def test_unknown_and_removed_sessions_are_none(store: Store) -> None:
    await store.sessions.save(a_session())
    await store.sessions.remove(SessionId("b1"))
    await store.sessions.remove(SessionId("b1"))

    assert await store.sessions.get(SessionId("b1"), NOW) is None
    assert await store.sessions.get(SessionId("none"), NOW) is None


async def test_session_ends_at_the_moment_at_which_it_expires(store: Store) -> None:
    session = a_session()
    await store.sessions.save(session)

    assert await store.sessions.get(session.id, session.expires_at - MILLISECOND) == session
    assert await store.sessions.get(session.id, session.expires_at) is None


async def test_times_of_a_session_are_utc_cut_to_the_millisecond(store: Store) -> None:
    await store.sessions.save(a_session(visited_at=NOW.replace(microsecond=123_999)))

    stored = await store.sessions.get(SessionId("b1"), NOW)

    assert stored is not None
    assert stored.visited_at == NOW.replace(microsecond=123_000)
    assert stored.visited_at.tzinfo is UTC


async def test_last_visit_never_moves_back(store: Store) -> None:
    await store.sessions.save(a_session(student_id=ASHA))

    await store.sessions.mark_visited(SessionId("b1"), after(hours=2))
    await store.sessions.mark_visited(SessionId("b1"), after(hours=1))

    assert await store.sessions.of_student(ASHA) == [a_session(student_id=ASHA, visited_at=after(hours=2))]


async def test_visit_does_not_bring_a_removed_session_back(store: Store) -> None:
    await store.sessions.save(a_session())
    await store.sessions.remove(SessionId("b1"))

    await store.sessions.mark_visited(SessionId("b1"), after(hours=1))

    assert await store.sessions.get(SessionId("b1"), NOW) is None


async def test_students_sessions_come_latest_visit_first(store: Store) -> None:
    await store.sessions.save(a_session("early", student_id=ASHA))
    await store.sessions.save(a_session("late", student_id=ASHA, visited_at=after(hours=2)))
    await store.sessions.save(a_session("also early", student_id=ASHA))
    await store.sessions.save(a_session("other", student_id=RAVI))

    assert ids(await store.sessions.of_student(ASHA)) == ["late", "early", "also early"]


async def test_given_sessions_are_the_other_students(store: Store) -> None:
    await store.sessions.save(a_session("1", student_id=ASHA))
    await store.sessions.save(a_session("2", student_id=RAVI, signed_in=True))

    await store.sessions.give(ASHA, RAVI)
    await store.sessions.give(ASHA, RAVI)

    assert await store.sessions.of_student(ASHA) == []
    assert ids(await store.sessions.of_student(RAVI)) == ["2", "1"]
    assert await store.sessions.get(SessionId("1"), NOW) == a_session("1", student_id=RAVI)


async def test_offered_sign_in_comes_back_as_it_was(store: Store) -> None:
    await store.sessions.offer(a_sign_in(label="Firefox"))

    assert await store.sessions.sign_in(SignInId("c1"), NOW) == a_sign_in(label="Firefox")
    assert await store.sessions.sign_in(SignInId("none"), NOW) is None


async def test_sign_in_cannot_be_used_once_it_expired(store: Store) -> None:
    await store.sessions.offer(confirmed())
    await store.sessions.offer(a_sign_in("c2"))
    end = confirmed().expires_at

    assert await store.sessions.sign_in(SignInId("c1"), end) is None
    assert await store.sessions.take(SignInId("c1"), end) is None
    assert not await store.sessions.confirm(SignInId("c2"), ASHA, end)
    assert await store.sessions.take(SignInId("c1"), end - MILLISECOND) == confirmed()


async def test_confirmed_sign_in_knows_its_student(store: Store) -> None:
    await store.sessions.offer(a_sign_in())

    assert await store.sessions.confirm(SignInId("c1"), ASHA, NOW)

    assert await store.sessions.take(SignInId("c1"), NOW) == a_sign_in(student_id=ASHA)


async def test_sign_in_is_confirmed_once(store: Store) -> None:
    await store.sessions.offer(a_sign_in())
    await store.sessions.confirm(SignInId("c1"), ASHA, NOW)

    assert not await store.sessions.confirm(SignInId("c1"), RAVI, NOW)
    assert not await store.sessions.confirm(SignInId("none"), RAVI, NOW)

    assert await store.sessions.sign_in(SignInId("c1"), NOW) == a_sign_in(student_id=ASHA)


async def test_refused_sign_in_can_be_neither_confirmed_nor_taken(store: Store) -> None:
    await store.sessions.offer(a_sign_in())

    assert await store.sessions.refuse(SignInId("c1"), NOW)

    assert not await store.sessions.refuse(SignInId("c1"), NOW)
    assert not await store.sessions.confirm(SignInId("c1"), ASHA, NOW)
    assert await store.sessions.take(SignInId("c1"), NOW) is None


async def test_confirmed_sign_in_is_not_refused_any_more(store: Store) -> None:
    await store.sessions.offer(confirmed())

    assert not await store.sessions.refuse(SignInId("c1"), NOW)

    assert await store.sessions.take(SignInId("c1"), NOW) == confirmed()


async def test_sign_in_without_a_student_is_not_taken(store: Store) -> None:
    await store.sessions.offer(a_sign_in())

    assert await store.sessions.take(SignInId("c1"), NOW) is None

    assert await store.sessions.sign_in(SignInId("c1"), NOW) == a_sign_in()


async def test_taken_sign_in_is_gone_for_good(store: Store) -> None:
    await store.sessions.offer(confirmed())
    await store.sessions.take(SignInId("c1"), NOW)

    await store.sessions.offer(confirmed())  # whose first answer was lost

    assert await store.sessions.take(SignInId("c1"), NOW) is None
    assert await store.sessions.sign_in(SignInId("c1"), NOW) is None
    assert not await store.sessions.confirm(SignInId("c1"), RAVI, NOW)


async def test_of_many_at_once_one_takes_the_sign_in(store: Store, store_url: str) -> None:
    other = await open_store(store_url)
    await store.sessions.offer(confirmed())

    async with asyncio.TaskGroup() as takers:
        asked = [takers.create_task(one.sessions.take(SignInId("c1"), NOW)) for one in (store, other) * (AT_ONCE // 2)]
    await other.close()

    assert [sign_in for task in asked if (sign_in := task.result())] == [confirmed()]


async def test_of_many_students_at_once_one_confirms(store: Store, store_url: str) -> None:
    other = await open_store(store_url)
    await store.sessions.offer(a_sign_in())
    students = [StudentId(f"s{number}") for number in range(AT_ONCE)]

    async with asyncio.TaskGroup() as confirming:
        asked = [
            confirming.create_task(one.sessions.confirm(SignInId("c1"), student, NOW))
            for one, student in zip((store, other) * (AT_ONCE // 2), students, strict=True)
        ]
    await other.close()

    (winner,) = [student for student, task in zip(students, asked, strict=True) if task.result()]
    assert await store.sessions.take(SignInId("c1"), NOW) == a_sign_in(student_id=winner)


async def test_cleaning_forgets_what_expired_and_nothing_else(store: Store) -> None:
    await store.sessions.save(a_session("over"))
    await store.sessions.save(a_session("runs", expires_at=after(days=2)))
    await store.sessions.offer(confirmed())
    await store.sessions.offer(a_sign_in("c2", expires_at=after(days=2)))

    assert await store.sessions.clean(after(days=1)) == 2

    assert await store.sessions.get(SessionId("over"), NOW) is None
    assert await store.sessions.get(SessionId("runs"), NOW) is not None
    assert await store.sessions.take(SignInId("c1"), NOW) is None
    assert await store.sessions.sign_in(SignInId("c2"), NOW) is not None
    assert await store.sessions.clean(after(days=1)) == 0


async def test_cleaning_is_done_in_slices(store: Store) -> None:
    async with asyncio.TaskGroup() as saving:
        for number in range(FORGOTTEN_AT_ONCE + 5):
            saving.create_task(store.sessions.offer(a_sign_in(str(number))))

    assert await store.sessions.clean(after(days=1)) == FORGOTTEN_AT_ONCE
    assert await store.sessions.clean(after(days=1)) == 5


def ids(sessions: list[Session]) -> list[str]:
    return [session.id for session in sessions]
