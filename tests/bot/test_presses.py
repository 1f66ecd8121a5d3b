import pytest

from placement_alerts.core.delivery import DeliveryState, Receipt
from placement_alerts.core.student import Student
from placement_alerts.store.base import Claim, OwnerId
from tests.bot.conftest import ASHA, NOW, Desk, a_message, a_press
from tests.bot.rows import NOTICE, a_delivery

STRANGER = ASHA | {"id": 8}


async def a_sent_notice(desk: Desk) -> Student:
    await desk.hear(message=a_message("/start"))
    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    await desk.store.deliveries.plan([a_delivery(student)])
    (claimed,) = await desk.store.deliveries.exchange([], Claim("telegram", OwnerId("me"), "token", 1, NOW))
    receipt = Receipt(
        delivery_id=claimed.id,
        lease="token",
        state=DeliveryState.SENT,
        due_at=NOW,
        attempts=0,
        possibly_delivered=0,
        message_ids=("1",),
        announced_id=None,
        error_class=None,
        error=None,
        sent_at=NOW,
    )
    await desk.store.deliveries.exchange([receipt], None)
    return student


async def state_of(desk: Desk, student: Student) -> DeliveryState:
    delivery = await desk.store.deliveries.get(a_delivery(student).id)
    assert delivery is not None
    return delivery.state


async def test_got_it_marks_the_notice_seen(desk: Desk) -> None:
    student = await a_sent_notice(desk)

    await desk.hear(callback_query=a_press(f"seen:{NOTICE}"))

    assert await state_of(desk, student) is DeliveryState.SEEN
    assert desk.telegram.notified() == ["Noted: you have seen it."]


async def test_second_press_is_answered_the_same(desk: Desk) -> None:
    await a_sent_notice(desk)

    await desk.hear(callback_query=a_press(f"seen:{NOTICE}"))
    await desk.hear(callback_query=a_press(f"seen:{NOTICE}"))

    assert desk.telegram.notified() == ["Noted: you have seen it."] * 2


async def test_press_of_another_person_marks_nothing_of_ours(desk: Desk) -> None:
    student = await a_sent_notice(desk)

    await desk.hear(callback_query=a_press(f"seen:{NOTICE}", person=STRANGER))

    assert await state_of(desk, student) is DeliveryState.SENT
    assert desk.telegram.notified() == ["Press /start first, so that I know you."]


@pytest.mark.parametrize(
    "data", ["seen:", "seen:unknown", "seen:x y", "seen:' OR 1=1", "placement_year:1", "\ud83d\ude00"]
)
async def test_button_we_do_not_know_is_out_of_date(desk: Desk, data: str) -> None:
    await a_sent_notice(desk)

    await desk.hear(callback_query=a_press(data))

    assert desk.telegram.notified() == ["This button is out of date."]


async def test_press_on_a_vanished_message_counts(desk: Desk) -> None:
    student = await a_sent_notice(desk)
    press = a_press(f"seen:{NOTICE}")
    press["message"] = {"chat": {"id": 7, "type": "private"}, "message_id": 5, "date": 0}

    await desk.hear(callback_query=press)

    assert await state_of(desk, student) is DeliveryState.SEEN


async def test_press_answered_too_late_still_counts(desk: Desk) -> None:
    student = await a_sent_notice(desk)
    desk.telegram.failing["answerCallbackQuery"] = 400

    await desk.hear(callback_query=a_press(f"seen:{NOTICE}"))

    assert await state_of(desk, student) is DeliveryState.SEEN
