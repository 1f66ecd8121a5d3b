"""What several processes, and the death of one, do to a store: on both stores."""

from contextlib import ExitStack

from placement_alerts.core.delivery import DeliveryId, DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_delivery
from tests.store.children import child, read_line

PROCESSES = 4
DELIVERIES = 1_000
ACKNOWLEDGED = 150  # writes before the kill


async def test_four_processes_claim_each_of_a_thousand_deliveries_once(store: Store, store_url: str) -> None:
    planned = [a_delivery(str(number)) for number in range(DELIVERIES)]
    await store.deliveries.plan(planned)

    with ExitStack() as running:
        children = [running.enter_context(child("claim_all", store_url, f"o{number}")) for number in range(PROCESSES)]
        assert [read_line(process) for process in children] == ["ready"] * PROCESSES
        for process in children:
            print("go", file=process.stdin, flush=True)
        claimed = [line for process in children for line in process.communicate()[0].split()]
        assert [process.returncode for process in children] == [0] * PROCESSES

    assert sorted(claimed) == sorted(delivery.id for delivery in planned)
    assert await store.deliveries.counts() == {("telegram", DeliveryState.SENT): DELIVERIES}


async def test_kill_in_a_stream_of_writes_loses_nothing_that_was_acknowledged(store_url: str) -> None:
    with child("write_on", store_url) as writer:
        lines = [read_line(writer) for _ in range(ACKNOWLEDGED)]
        writer.kill()
        assert writer.stdout is not None
        lines += writer.stdout.read().splitlines()
    acknowledged = [line.split(" ") for line in lines if line]

    store = await open_store(store_url)
    notices = [await store.notices.get(NoticeId(identifier)) for what, identifier in acknowledged if what == "notice"]
    planned = [await store.deliveries.get(DeliveryId(name)) for what, name in acknowledged if what == "planned"]
    sent = [await store.deliveries.get(DeliveryId(name)) for what, name in acknowledged if what == "sent"]
    offers = [await store.offers.get(YEAR, key) for what, key in acknowledged if what == "offer"]
    pending = await store.offers.with_pending(9_999)
    await store.close()

    assert len(notices) + len(planned) + len(sent) + len(offers) >= ACKNOWLEDGED
    assert {offer.id for offer in offers if offer} <= {offer.id for offer in pending}
    assert None not in offers
    assert None not in notices
    assert None not in planned
    assert {delivery.state for delivery in sent if delivery} == {DeliveryState.SENT}
