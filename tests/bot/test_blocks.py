from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.student import OffReason, Student
from tests.bot.conftest import Desk, a_membership, a_message
from tests.bot.rows import a_delivery


async def student_of(desk: Desk) -> Student:
    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    return student


async def test_blocked_bot_switches_the_address_off_and_gives_up_what_was_due(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    delivery = a_delivery(await student_of(desk))
    await desk.store.deliveries.plan([delivery])

    await desk.hear(my_chat_member=a_membership("kicked"))

    assert (await student_of(desk)).addresses[0].off is OffReason.BLOCKED
    kept = await desk.store.deliveries.get(delivery.id)
    assert kept is not None
    assert (kept.state, kept.error_class) == (DeliveryState.REFUSED, "blocked")


async def test_student_who_comes_back_gets_notices_again(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(my_chat_member=a_membership("kicked"))

    await desk.hear(my_chat_member=a_membership("member", before="kicked"))

    assert (await student_of(desk)).addresses[0].off is None


async def test_who_said_stop_stays_off_when_coming_back(desk: Desk) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/stop"))
    await desk.hear(my_chat_member=a_membership("kicked"))

    await desk.hear(my_chat_member=a_membership("member", before="kicked"))

    assert (await student_of(desk)).addresses[0].off is OffReason.STOPPED


async def test_stranger_who_blocks_changes_nothing(desk: Desk) -> None:
    await desk.hear(my_chat_member=a_membership("kicked", chat=99))

    assert (await desk.store.students.counts())["total"] == 0
