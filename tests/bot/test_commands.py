from datetime import timedelta

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.student import OffReason
from tests.bot.conftest import ASHA, NOW, Desk, a_message
from tests.bot.rows import a_delivery


async def address_off(desk: Desk) -> OffReason | None:
    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    return student.addresses[0].off


async def test_start_registers_a_student_of_the_default_year(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))

    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    assert (student.year, student.first_name, student.username) == ("202526", "Asha", "asha")
    assert student.addresses[0].off is None
    (said,) = desk.telegram.said()
    assert said.startswith("Welcome! You are on the list.")
    assert "2025-26" in said
    assert "/stop" in said
    assert "Timetable" in said


async def test_answers_are_text_with_entities_and_without_previews(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))

    (sent,) = desk.telegram.named("sendMessage")
    assert "parse_mode" not in sent
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert {"type": "text_link", "url": "https://timetable.example.test/"}.items() <= sent["entities"][-1].items()


async def test_three_starts_have_three_answers(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/stop"))
    await desk.hear(message=a_message("/start"))

    first, second, _, fourth = desk.telegram.said()
    assert first.startswith("Welcome!")
    assert second.startswith("You are on the list already")
    assert fourth.startswith("Welcome back!")


@pytest.mark.parametrize("payload", ["n-4471", "A" * 64, "A" * 65, "x' OR 1=1 --", "<b>"])
async def test_deep_link_registers_whatever_it_carries(desk: Desk, payload: str) -> None:
    await desk.hear(message=a_message(f"/start {payload}"))

    assert desk.telegram.said()[0].startswith("Welcome!")


async def test_stop_takes_effect_at_once_and_gives_up_what_was_due(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    delivery = a_delivery(student)
    await desk.store.deliveries.plan([delivery])

    await desk.hear(message=a_message("/stop"))

    assert await address_off(desk) is OffReason.STOPPED
    kept = await desk.store.deliveries.get(delivery.id)
    assert kept is not None
    assert kept.state is DeliveryState.REFUSED
    assert desk.telegram.said()[-1].startswith("Stopped:")


async def test_second_stop_says_that_there_is_nothing_to_stop(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/stop"))
    await desk.hear(message=a_message("/stop"))

    assert desk.telegram.said()[-1].startswith("You were not getting notices")


async def test_stop_of_a_stranger_is_answered(desk: Desk) -> None:
    await desk.hear(message=a_message("/stop"))

    assert desk.telegram.said()[-1].startswith("You were not getting notices")


async def test_status_of_an_active_student(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/status"))

    assert desk.telegram.said()[-1].splitlines() == [
        "You get notices here.",
        "Registered on: January 28, 2026",
        "User id: 7",
        "Placement year: 2025-26",
        "Status: active",
    ]


async def test_status_of_an_inactive_student_points_to_start(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/stop"))
    await desk.hear(message=a_message("/status"))

    said = desk.telegram.said()[-1]
    assert said.startswith("You are registered, but get no notices.")
    assert "User id: 7" in said
    assert "/start" in said


async def test_status_of_a_stranger_points_to_start(desk: Desk) -> None:
    await desk.hear(message=a_message("/status"))

    assert desk.telegram.said() == ["There is no registration for you yet. /start creates one."]


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("/help", "I bring you the placement office's notices."),
        ("/HELP", "I bring you the placement office's notices."),
        ("/help@alerts_bot", "I bring you the placement office's notices."),
        ("/web", "Links"),
        ("/nonsense", "I do not know this command."),
        ("/", "I do not know this command."),
        ("hello?", "I only bring notices"),
        (None, "I only bring notices"),
    ],
)
async def test_everything_a_student_writes_is_answered(desk: Desk, text: str | None, beginning: str) -> None:
    await desk.hear(message=a_message(text))

    (said,) = desk.telegram.said()
    assert said.startswith(beginning)


async def test_command_for_another_bot_is_left_alone(desk: Desk) -> None:
    await desk.hear(message=a_message("/start@other_bot"))

    assert desk.telegram.said() == []
    assert await desk.store.students.by_address("telegram", "7") is None


@pytest.mark.parametrize("text", ["/start", "/help", "hello", "/start@other_bot", None])
async def test_group_talk_is_left_alone(desk: Desk, text: str | None) -> None:
    await desk.hear(message=a_message(text, chat=-100, kind="supergroup"))

    assert desk.telegram.said() == []
    assert await desk.store.students.by_address("telegram", "-100") is None


async def test_command_for_us_in_a_group_is_answered_there(desk: Desk) -> None:
    await desk.hear(message=a_message("/start@Alerts_Bot", chat=-100, kind="supergroup"))

    (sent,) = desk.telegram.named("sendMessage")
    assert sent["chat_id"] == -100
    assert "@alerts_bot" in sent["text"]


async def test_answer_that_fails_loses_nothing(desk: Desk) -> None:
    desk.telegram.failing["sendMessage"] = 403

    await desk.hear(message=a_message("/start"))

    assert await address_off(desk) is None


async def test_changed_name_is_kept(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/start", person=ASHA | {"first_name": "Asha R."}))

    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    assert student.first_name == "Asha R."
    assert student.joined_at == NOW
    assert NOW - student.joined_at < timedelta(seconds=1)
