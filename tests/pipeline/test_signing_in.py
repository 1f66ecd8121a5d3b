import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from placement_alerts.core.session import Session, SessionId
from placement_alerts.core.student import Student, StudentId
from placement_alerts.pipeline.signing_in import CHOICES, Confirmation, Offered, SigningIn
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR

BROWSER, OTHER_BROWSER = SessionId("browser"), SessionId("other browser")


@dataclass
class Moment:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path}/signing_in.db")
    yield opened
    await opened.close()


@pytest.fixture
def signing_in(store: Store, moment: Moment) -> SigningIn:
    return SigningIn(store, moment)


@pytest.fixture
async def asha(store: Store) -> Student:
    _, student = await store.students.join("telegram", "7", YEAR, {"first_name": "Asha"}, NOW)
    return student


async def press(signing_in: SigningIn, offered: Offered, student: Student) -> Confirmation:
    """Press the right number."""
    return await signing_in.confirm(offered.code, student.id, offered.sign_in.digits)


async def test_link_signs_in_who_confirmed_it(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "Firefox on Android")
    asked = await signing_in.asked(offered.code)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", offered.code)  # what Telegram hands over
    assert re.fullmatch(r"[1-9]\d", offered.sign_in.digits)
    assert asked == offered.sign_in
    assert await signing_in.is_confirmed(offered.code, BROWSER) is False
    assert await press(signing_in, offered, asha) is Confirmation.DONE
    assert await signing_in.is_confirmed(offered.code, BROWSER) is True
    assert await signing_in.take(offered.code, session_id=BROWSER) == asha


async def test_link_that_nobody_confirmed_signs_nobody_in(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "")

    assert await signing_in.take(offered.code, session_id=BROWSER) is None
    assert await press(signing_in, offered, asha) is Confirmation.DONE  # it is still there


@pytest.mark.parametrize("thief", [OTHER_BROWSER, None])
async def test_link_works_for_the_browser_that_showed_it_alone(
    signing_in: SigningIn, asha: Student, thief: SessionId | None
) -> None:
    offered = await signing_in.offer_link(BROWSER, "")
    await press(signing_in, offered, asha)

    assert await signing_in.take(offered.code, session_id=thief) is None
    assert await signing_in.is_confirmed(offered.code, OTHER_BROWSER) is None
    assert await signing_in.take(offered.code, session_id=BROWSER) == asha


async def test_page_loaded_again_shows_the_same_link(signing_in: SigningIn, moment: Moment, asha: Student) -> None:
    first = await signing_in.offer_link(BROWSER, "")
    moment.now += timedelta(minutes=9)
    again = await signing_in.offer_link(BROWSER, "")
    other = await signing_in.offer_link(OTHER_BROWSER, "")

    assert again == first
    assert other.code != first.code


async def test_link_that_was_used_is_followed_by_a_new_one(signing_in: SigningIn, asha: Student) -> None:
    first = await signing_in.offer_link(BROWSER, "")
    await press(signing_in, first, asha)
    await signing_in.take(first.code, session_id=BROWSER)
    again = await signing_in.offer_link(BROWSER, "")

    assert again.code != first.code
    assert await signing_in.is_confirmed(again.code, BROWSER) is False


async def test_link_lives_ten_minutes(signing_in: SigningIn, moment: Moment, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "")
    moment.now += timedelta(minutes=10)

    assert await signing_in.asked(offered.code) is None
    assert await press(signing_in, offered, asha) is Confirmation.TOO_LATE
    assert (await signing_in.offer_link(BROWSER, "")).code != offered.code


async def test_link_is_confirmed_by_one_student_only(signing_in: SigningIn, store: Store, asha: Student) -> None:
    _, ravi = await store.students.join("telegram", "8", YEAR, {}, NOW)
    offered = await signing_in.offer_link(BROWSER, "")

    assert await press(signing_in, offered, asha) is Confirmation.DONE
    assert await press(signing_in, offered, ravi) is Confirmation.TOO_LATE
    assert await press(signing_in, offered, asha) is Confirmation.DONE  # pressed twice
    assert await signing_in.take(offered.code, session_id=BROWSER) == asha


async def test_wrong_number_ends_the_link(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "")
    wrong = next(one for one in await signing_in.choices(offered.sign_in) if one != offered.sign_in.digits)

    assert await signing_in.confirm(offered.code, asha.id, wrong) is Confirmation.WRONG
    assert await press(signing_in, offered, asha) is Confirmation.TOO_LATE
    assert await signing_in.take(offered.code, session_id=BROWSER) is None
    assert (await signing_in.offer_link(BROWSER, "")).code != offered.code


async def test_wrong_number_after_the_right_one_changes_nothing(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "")
    await press(signing_in, offered, asha)

    assert await signing_in.confirm(offered.code, asha.id, "0") is Confirmation.TOO_LATE
    assert not await signing_in.refuse(offered.code)
    assert await signing_in.take(offered.code, session_id=BROWSER) == asha


async def test_link_that_was_refused_is_over(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_link(BROWSER, "")

    assert await signing_in.refuse(offered.code)
    assert await press(signing_in, offered, asha) is Confirmation.TOO_LATE
    assert await signing_in.is_confirmed(offered.code, BROWSER) is None


async def test_right_number_stands_anywhere_among_different_ones(signing_in: SigningIn) -> None:
    offered = [(await signing_in.offer_link(SessionId(str(number)), "")).sign_in for number in range(40)]
    choices = [await signing_in.choices(one) for one in offered]

    assert {len(set(one)) for one in choices} == {CHOICES}
    assert all(re.fullmatch(r"[1-9]\d", number) for one in choices for number in one)
    places = {numbers.index(sign_in.digits) for numbers, sign_in in zip(choices, offered, strict=True)}
    assert places == set(range(CHOICES))


async def test_question_asked_again_offers_the_same_numbers(signing_in: SigningIn) -> None:
    offered = await signing_in.offer_link(BROWSER, "")

    assert await signing_in.choices(offered.sign_in) == await signing_in.choices(offered.sign_in)


@pytest.mark.parametrize("code", ["", "in_", "in_" + "A" * 22, "in_" + "A" * 21 + "é", "x" * 5000, "ABCDEFGH"])
async def test_unknown_codes_are_nobodys(signing_in: SigningIn, asha: Student, code: str) -> None:
    assert await signing_in.asked(code) is None
    assert await signing_in.confirm(code, asha.id, "47") is Confirmation.TOO_LATE
    assert await signing_in.take(code, session_id=BROWSER) is None


async def test_code_from_the_bot_signs_in_whoever_types_it(signing_in: SigningIn, asha: Student) -> None:
    offered = await signing_in.offer_code(asha.id)

    assert re.fullmatch(r"[A-HJKMNP-TV-Z2-9]{8}", offered.code)
    assert await signing_in.take(offered.code, session_id=BROWSER) == asha
    assert await signing_in.take(offered.code, session_id=BROWSER) is None


@pytest.mark.parametrize("shape", ["{0}-{1}", " {0} {1} ", "{0}{1}\n"])
async def test_code_may_be_typed_as_people_do(signing_in: SigningIn, asha: Student, shape: str) -> None:
    code = (await signing_in.offer_code(asha.id)).code
    typed = shape.format(code[:4].lower(), code[4:])

    assert await signing_in.take(typed, session_id=BROWSER) == asha


async def test_code_from_the_bot_is_no_deep_link(signing_in: SigningIn, store: Store, asha: Student) -> None:
    _, ravi = await store.students.join("telegram", "8", YEAR, {}, NOW)
    code = (await signing_in.offer_code(asha.id)).code

    assert await signing_in.asked(code) is None
    assert await signing_in.confirm(code, ravi.id, "47") is Confirmation.TOO_LATE
    assert await signing_in.take(code) == asha


async def test_code_lives_ten_minutes(signing_in: SigningIn, moment: Moment, asha: Student) -> None:
    offered = await signing_in.offer_code(asha.id)
    moment.now += timedelta(minutes=10)

    assert await signing_in.take(offered.code) is None


async def test_fifty_who_type_one_code_at_once_are_one(signing_in: SigningIn, asha: Student) -> None:
    code = (await signing_in.offer_code(asha.id)).code
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(signing_in.take(code)) for _ in range(50)]

    assert [task.result() for task in tasks if task.result() is not None] == [asha]


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_neither_codes_nor_what_makes_a_cookie_are_stored(
    signing_in: SigningIn, asha: Student, tmp_path: Path
) -> None:
    link = await signing_in.offer_link(BROWSER, "")
    code = await signing_in.offer_code(asha.id)

    kept = await asyncio.to_thread(everything_in, tmp_path)
    assert link.sign_in.id.encode() in kept
    assert link.code.encode() not in kept
    assert code.code.encode() not in kept


async def an_anonymous(store: Store) -> Student:
    """Return a student whose browser gets web push."""
    student = Student(id=StudentId("anonymous"), year=YEAR, joined_at=NOW)
    await store.students.add(student)
    await store.students.attach(student.id, "webpush", "w1", NOW)
    session = Session(
        id=BROWSER, student_id=student.id, created_at=NOW, visited_at=NOW, expires_at=NOW + timedelta(days=90)
    )
    await store.sessions.save(session)
    return student


async def test_anonymous_browser_becomes_the_students(signing_in: SigningIn, store: Store, asha: Student) -> None:
    anonymous = await an_anonymous(store)
    code = (await signing_in.offer_code(asha.id)).code
    student = await signing_in.take(code, anonymous.id, BROWSER)

    assert student is not None
    assert {(one.channel, one.value) for one in student.addresses} == {("telegram", "7"), ("webpush", "w1")}
    assert await store.students.get(anonymous.id) is None
    assert [one.id for one in await store.sessions.of_student(asha.id)] == [BROWSER]


async def test_student_who_proved_who_they_are_is_never_merged(
    signing_in: SigningIn, store: Store, asha: Student
) -> None:
    _, ravi = await store.students.join("telegram", "8", YEAR, {}, NOW)
    code = (await signing_in.offer_code(asha.id)).code

    assert await signing_in.take(code, ravi.id, BROWSER) == asha
    assert await store.students.get(ravi.id) == ravi


async def test_wrong_code_leaves_the_anonymous_browser_alone(signing_in: SigningIn, store: Store) -> None:
    anonymous = await an_anonymous(store)

    assert await signing_in.take("ABCDEFGH", anonymous.id, BROWSER) is None
    assert await store.students.get(anonymous.id) is not None
