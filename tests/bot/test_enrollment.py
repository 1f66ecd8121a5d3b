import io
from datetime import timedelta

import pytest
from aiogram import Bot

from placement_alerts.bot.enrollment import REMEMBERED, Changes
from placement_alerts.core.notice import ListedStudent, NoticeKind
from placement_alerts.core.render import ShowNames
from placement_alerts.core.student import Student, StudentId
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.store.base import DeliveryFilter, Store
from tests.bot.conftest import ASHA, NOW, Desk, Telegram, a_message, open_desk
from tests.builders import a_notice, facts

NUMBER = "22103998"
RAVI = ASHA | {"id": 8}


async def asha(desk: Desk) -> Student:
    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    return student


async def hear(desk: Desk, *texts: str) -> str:
    """Let Asha write; return the last answer."""
    for text in texts:
        await desk.hear(message=a_message(text))
    return desk.telegram.said()[-1]


async def test_a_number_is_kept_as_a_hash_and_its_last_characters(desk: Desk, log: io.StringIO) -> None:
    said = await hear(desk, "/start", f"/enrollment {NUMBER}")

    student = await asha(desk)
    assert student.enrollment_hint == "998"
    assert student.enrollment_key is not None
    assert NUMBER not in repr(student)
    assert said.startswith("Noted: your enrollment number ends in 998.")
    assert "hash" in said
    assert NUMBER not in said
    assert NUMBER not in log.getvalue()


@pytest.mark.parametrize(
    "text", ["/enrollment 22 10 39 98", "/ENROLLMENT  22103998 ", "/enrollment@alerts_bot 22103998"]
)
async def test_spaces_and_case_make_no_other_number(desk: Desk, text: str) -> None:
    await hear(desk, "/start", f"/enrollment {NUMBER}")
    key = (await asha(desk)).enrollment_key

    await hear(desk, text)

    assert (await asha(desk)).enrollment_key == key


async def test_without_a_number_it_says_how_to_give_one(desk: Desk) -> None:
    said = await hear(desk, "/start", "/enrollment")

    assert said.startswith("I do not know your enrollment number.")
    assert "/enrollment 22103999" in said


async def test_what_is_known_is_the_hint_and_how_to_change_and_remove_it(desk: Desk) -> None:
    said = await hear(desk, "/start", f"/enrollment {NUMBER}", "/enrollment")

    assert said.startswith("Your enrollment number ends in 998.")
    assert "/enrollment remove" in said
    assert NUMBER not in said


async def test_status_shows_the_hint(desk: Desk) -> None:
    assert "ends in 998" in await hear(desk, "/start", f"/enrollment {NUMBER}", "/status")


async def test_a_removed_number_is_forgotten(desk: Desk) -> None:
    said = await hear(desk, "/start", f"/enrollment {NUMBER}", "/enrollment Remove")

    student = await asha(desk)
    assert (student.enrollment_key, student.enrollment_hint) == (None, None)
    assert said.startswith("Removed.")


async def test_without_a_number_there_is_nothing_to_remove(desk: Desk) -> None:
    assert (await hear(desk, "/start", "/enrollment remove")).startswith("There is no enrollment number")


@pytest.mark.parametrize("text", ["12", "my number", "22103998 22103999 22104000", "x" * 4000, "' OR 1=1"])
async def test_what_is_no_number_is_not_stored(desk: Desk, text: str) -> None:
    said = await hear(desk, "/start", f"/enrollment {text}")

    assert said.startswith("This does not look like an enrollment number.")
    assert (await asha(desk)).enrollment_key is None


async def test_a_number_that_another_student_gave_is_refused_without_saying_so(desk: Desk) -> None:
    await desk.hear(message=a_message("/start", chat=8, person=RAVI))
    await desk.hear(message=a_message(f"/enrollment {NUMBER}", chat=8, person=RAVI))

    said = await hear(desk, "/start", f"/enrollment {NUMBER}")

    assert said.startswith("This number cannot be set here.")
    assert "office" in said
    assert (await asha(desk)).enrollment_key is None


async def test_a_stranger_has_to_start_first(desk: Desk) -> None:
    assert await hear(desk, f"/enrollment {NUMBER}") == "Press /start first, so that I know you."


async def test_a_fourth_change_of_a_day_is_refused_and_the_next_day_it_is_not(
    telegram: Telegram, bot: Bot, store: Store
) -> None:
    moments = [NOW]
    async with open_desk(telegram, bot, store, now=lambda: moments[-1]) as desk:
        numbers = [f"2210399{digit}" for digit in range(5)]
        fourth = await hear(desk, "/start", *(f"/enrollment {number}" for number in numbers[:4]))
        hint = (await asha(desk)).enrollment_hint
        moments.append(NOW + timedelta(days=1))
        next_day = await hear(desk, f"/enrollment {numbers[4]}")

    assert fourth.startswith("You can set your number 3 times a day.")
    assert hint == "992"
    assert next_day.startswith("Noted")


async def test_numbers_cannot_be_tried_out(desk: Desk) -> None:
    await desk.hear(message=a_message("/start", chat=8, person=RAVI))
    await desk.hear(message=a_message(f"/enrollment {NUMBER}", chat=8, person=RAVI))

    said = await hear(desk, "/start", *[f"/enrollment {NUMBER}"] * 4)

    assert said.startswith("You can set your number 3 times a day.")


async def test_removing_is_always_possible(desk: Desk) -> None:
    said = await hear(desk, "/start", *(f"/enrollment 2210399{n}" for n in range(4)), "/enrollment remove")

    assert said.startswith("Removed.")


async def test_the_same_number_again_is_no_change(desk: Desk) -> None:
    assert (await hear(desk, "/start", *[f"/enrollment {NUMBER}"] * 5)).startswith("Noted")


async def test_earlier_lists_of_the_year_that_name_the_number_are_shown(desk: Desk) -> None:
    def a_list(identifier: str, number: str, **values: object) -> None:
        listed = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="A", enrollment=number),))
        notices.append(a_notice(identifier, title=f"Shortlist {identifier}", facts=listed, **values))

    notices = [a_notice("n0", title="No list", text=NUMBER)]
    a_list("mine", NUMBER)
    a_list("old", NUMBER, archived=True)
    a_list("gone", NUMBER, withdrawn=True)
    a_list("theirs", "22104000")
    a_list("elsewhere", NUMBER, year="202627")
    for notice in notices:
        await desk.store.notices.save(notice)

    said = await hear(desk, "/start", f"/enrollment {NUMBER}")

    assert "You are on 2 earlier lists:" in said
    assert "• Shortlist mine (November 10, 2025)" in said
    assert "• Shortlist old" in said
    assert not any(title in said for title in ("No list", "gone", "theirs", "elsewhere"))


async def test_what_is_published_from_then_on_is_planned_for_the_student_by_name(desk: Desk) -> None:
    await hear(desk, "/start", f"/enrollment {NUMBER}")
    listed = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="A", enrollment=NUMBER),))
    await desk.store.notices.save(a_notice(facts=listed, stored_at=NOW))

    showing = Showing(desk.store.notices, ShowNames.COUNT, lambda: NOW)
    await Planner(desk.store, [], showing, lambda: NOW).run_once()

    (row,) = await desk.store.deliveries.find(DeliveryFilter(), None, 10)
    assert (row.target, row.personal) == ("7", True)


async def test_many_earlier_lists_are_counted(desk: Desk) -> None:
    listed = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="A", enrollment=NUMBER),))
    for number in range(12):
        await desk.store.notices.save(a_notice(f"n{number}", title="T" * 300, facts=listed))

    said = await hear(desk, "/start", f"/enrollment {NUMBER}")

    assert "You are on 12 earlier lists:" in said
    assert said.endswith("and 2 more")


def test_only_so_many_students_are_remembered() -> None:
    changes = Changes()
    for number in range(REMEMBERED + 1):
        for _ in range(3):
            changes.note(StudentId(str(number)), NOW)

    assert not changes.are_used_up(StudentId("0"), NOW)
    assert changes.are_used_up(StudentId("1"), NOW)
