"""How a delivery stands in its row."""

import json
from collections.abc import Iterable
from typing import Any

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt
from placement_alerts.store.sqlite.connection import Row
from placement_alerts.store.sqlite.values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

# in the order of the fields of core.delivery.Delivery
COLUMNS = (
    "id, notice_id, revision, year, student_id, address_id, channel, target, priority, state, due_at, planned_at,"
    " reason, personal, attempts, possibly_delivered, message_ids, announced_id, error_class, error, sent_at,"
    " shown_at, seen_at, owner, lease"
)
PLACES = ", ".join("?" for _ in COLUMNS.split(","))


def states_sql(states: Iterable[DeliveryState]) -> str:
    """Return the condition that the state is one of these."""
    return "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(states)))


def to_row(delivery: Delivery) -> tuple[Any, ...]:
    """Return the values of COLUMNS."""
    return (
        delivery.id,
        delivery.notice_id,
        delivery.revision,
        delivery.year,
        delivery.student_id,
        delivery.address_id,
        delivery.channel,
        delivery.target,
        int(delivery.priority),
        delivery.state.value,
        to_ms(delivery.due_at),
        to_ms(delivery.planned_at),
        delivery.reason,
        delivery.personal,
        delivery.attempts,
        delivery.possibly_delivered,
        json.dumps(delivery.message_ids),
        delivery.announced_id,
        delivery.error_class,
        delivery.error,
        to_ms_or_none(delivery.sent_at),
        to_ms_or_none(delivery.shown_at),
        to_ms_or_none(delivery.seen_at),
        delivery.owner,
        delivery.lease,
    )


def from_row(row: Row) -> Delivery:
    """Return the delivery that stands in a row of COLUMNS."""
    return Delivery(
        id=row[0],
        notice_id=row[1],
        revision=row[2],
        year=row[3],
        student_id=row[4],
        address_id=row[5],
        channel=row[6],
        target=row[7],
        priority=Priority(row[8]),
        state=DeliveryState(row[9]),
        due_at=from_ms(row[10]),
        planned_at=from_ms(row[11]),
        reason=row[12],
        personal=bool(row[13]),
        attempts=row[14],
        possibly_delivered=row[15],
        message_ids=tuple(json.loads(row[16])),
        announced_id=row[17],
        error_class=row[18],
        error=row[19],
        sent_at=from_ms_or_none(row[20]),
        shown_at=from_ms_or_none(row[21]),
        seen_at=from_ms_or_none(row[22]),
        owner=row[23],
        lease=row[24],
    )


def to_receipt_row(receipt: Receipt) -> dict[str, Any]:
    """Return the named values of a receipt."""
    return {
        "id": receipt.delivery_id,
        "lease": receipt.lease,
        "state": receipt.state.value,
        "due_at": to_ms(receipt.due_at),
        "attempts": receipt.attempts,
        "possibly_delivered": receipt.possibly_delivered,
        "message_ids": json.dumps(receipt.message_ids),
        "announced_id": receipt.announced_id,
        "error_class": receipt.error_class,
        "error": receipt.error,
        "sent_at": to_ms_or_none(receipt.sent_at),
        "keeps_lease": receipt.state is DeliveryState.SENDING,
    }
