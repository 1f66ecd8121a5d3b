"""Making deliveries due again that ended badly, many at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from placement_alerts.core.delivery import RETRYABLE
from placement_alerts.store.base import DeliveryFilter, DeliveryRepository

AT_ONCE = 500  # that one statement makes due again


async def retry_all(
    deliveries: DeliveryRepository, wanted: DeliveryFilter, now: Callable[[], datetime], most: int | None = None
) -> int:
    """Make due again what fits and ended badly; return how many. most: stop soon after so many; None: never."""
    states = sorted(RETRYABLE) if wanted.state is None else RETRYABLE & {wanted.state}
    number = 0
    for state in states:
        of_state, after = replace(wanted, state=state), None
        while (most is None or number < most) and (page := await deliveries.find(of_state, after, AT_ONCE)):
            after = page[-1]
            number += await deliveries.retry([row.id for row in page], now())
    return number
