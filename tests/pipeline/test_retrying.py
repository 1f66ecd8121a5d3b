import pytest

from placement_alerts.core.delivery import DeliveryState as S
from placement_alerts.pipeline.retrying import retry_all
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import NOW, a_delivery


@pytest.mark.parametrize(
    ("wanted", "most", "retried"),
    [
        (DeliveryFilter(), None, {"arefused", "adead", "aexpired"}),
        (DeliveryFilter(state=S.DEAD), None, {"adead"}),
        (DeliveryFilter(state=S.SENT), None, set()),
        (DeliveryFilter(channel="webpush"), None, set()),
        (DeliveryFilter(), 1, {"adead"}),
    ],
)
async def test_only_what_ended_badly_and_fits_is_due_again(
    store: Store, wanted: DeliveryFilter, most: int | None, retried: set[str]
) -> None:
    await store.deliveries.plan(
        [a_delivery(state.value, state=state) for state in (S.REFUSED, S.DEAD, S.EXPIRED, S.SENT, S.SUPPRESSED)]
    )

    number = await retry_all(store.deliveries, wanted, lambda: NOW, most)
    due = await store.deliveries.find(DeliveryFilter(state=S.DUE), None, 10)

    assert {row.address_id for row in due} == retried
    assert number == len(retried)
