from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, delivery_id
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import Student
from tests.bot.conftest import NOW

NOTICE = NoticeId("n1")


def a_delivery(student: Student, *, state: DeliveryState = DeliveryState.DUE) -> Delivery:
    (address,) = student.addresses
    return Delivery(
        id=delivery_id(NOTICE, 1, address.id),
        notice_id=NOTICE,
        revision=1,
        year=student.year,
        student_id=student.id,
        address_id=address.id,
        channel="telegram",
        target=address.value,
        priority=Priority.NORMAL,
        state=state,
        due_at=NOW,
        planned_at=NOW,
        reason="concerned",
    )
