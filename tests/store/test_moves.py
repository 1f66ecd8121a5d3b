"""Any sequence of moves of one delivery, compared with the table of moves, on both stores."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placement_alerts.core.delivery import MOVES, RETRYABLE, WAITING, Delivery, DeliveryState
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.errors import DeliveryMoveError
from placement_alerts.store.base import OwnerId, Store
from tests.builders import NOW, a_delivery
from tests.store.wishes import a_claim, a_receipt

INITIAL = sorted([*WAITING, DeliveryState.SUPPRESSED])
NUMBERS = itertools.count()  # a delivery, a channel and an owner of its own for each sequence: they share the store


@dataclass
class Model:
    """What the delivery should be. lost: as it was claimed by a lease that ended since."""

    state: DeliveryState
    attempts: int = 0
    possibly_delivered: int = 0
    held: Delivery | None = None
    lost: Delivery | None = None

    def end_lease(self, state: DeliveryState) -> None:
        self.state, self.lost, self.held = state, self.held, None


class Sequence:
    """One delivery in the store, and its model. Every step does the same to both."""

    def __init__(self, store: Store, initial: DeliveryState) -> None:
        number = next(NUMBERS)
        self.deliveries = store.deliveries
        self.channel, self.owner = f"c{number}", OwnerId(f"o{number}")
        self.row = a_delivery(f"m{number}", f"n{number}", channel=self.channel, state=initial)
        self.model = Model(initial)

    async def claim(self) -> None:
        found = await self.deliveries.exchange([], a_claim(channel=self.channel, owner=self.owner))
        assert len(found) == (self.model.state in WAITING)
        for delivery in found:
            self.model.state, self.model.held = DeliveryState.SENDING, delivery

    async def receipt(self, state: DeliveryState) -> None:
        allowed = state in MOVES[DeliveryState.SENDING]
        claimed = self.model.held or self.model.lost or self.row
        receipt = a_receipt(
            claimed, state, attempts=self.model.attempts, possibly_delivered=self.model.possibly_delivered
        )
        try:
            await self.deliveries.exchange([receipt], None)
        except DeliveryMoveError:
            assert not allowed
            return
        assert allowed
        if self.model.held and state is not DeliveryState.SENDING:
            self.model.end_lease(state)

    async def late_receipt(self, state: DeliveryState) -> None:
        if self.model.lost and state in MOVES[DeliveryState.SENDING]:
            await self.deliveries.exchange([a_receipt(self.model.lost, state)], None)

    async def free(self, _: DeliveryState) -> None:
        freed = await self.deliveries.free([self.owner], NOW)
        assert freed == (self.model.state is DeliveryState.SENDING)
        if freed:
            self.model.end_lease(DeliveryState.DUE)
            self.model.attempts += 1
            self.model.possibly_delivered += 1

    async def supersede(self, _: DeliveryState) -> None:
        moved = await self.deliveries.close_waiting(self.row.notice_id, 2, DeliveryState.SUPERSEDED)
        self._all_waiting(moved, DeliveryState.SUPERSEDED)

    async def close_address(self, _: DeliveryState) -> None:
        assert self.row.address_id is not None
        moved = await self.deliveries.close_address(AddressId(self.row.address_id), "blocked", NOW)
        self._all_waiting(moved, DeliveryState.REFUSED)

    async def see(self, _: DeliveryState) -> None:
        seen = await self.deliveries.mark_seen(self.row.notice_id, StudentId(self.row.student_id), NOW)
        assert seen == (self.model.state is DeliveryState.SENT)
        self.model.state = DeliveryState.SEEN if seen else self.model.state

    async def retry(self, _: DeliveryState) -> None:
        retried = await self.deliveries.retry([self.row.id], NOW)
        assert retried == (self.model.state in RETRYABLE)
        if retried:
            self.model.state, self.model.attempts = DeliveryState.DUE, 0

    async def plan_again(self, _: DeliveryState) -> None:
        assert await self.deliveries.plan([self.row]) == 0

    async def claim_step(self, _: DeliveryState) -> None:
        await self.claim()

    async def check(self) -> None:
        stored = await self.deliveries.get(self.row.id)
        assert stored is not None
        assert stored.state is self.model.state
        assert (stored.attempts, stored.possibly_delivered) == (self.model.attempts, self.model.possibly_delivered)
        assert stored.lease == (self.model.held.lease if self.model.held else None)

    def _all_waiting(self, moved: int, state: DeliveryState) -> None:
        assert moved == (self.model.state in WAITING)
        if moved:
            self.model.state = state


Step = Callable[[Sequence, DeliveryState], Awaitable[None]]
STEPS: list[Step] = [
    Sequence.claim_step,
    Sequence.claim_step,
    Sequence.receipt,
    Sequence.receipt,
    Sequence.late_receipt,
    Sequence.free,
    Sequence.supersede,
    Sequence.close_address,
    Sequence.see,
    Sequence.retry,
    Sequence.plan_again,
]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    initial=st.sampled_from(INITIAL),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(DeliveryState)), max_size=15),
)
async def test_no_sequence_of_moves_leaves_the_table(
    store: Store, initial: DeliveryState, steps: list[tuple[Step, DeliveryState]]
) -> None:
    sequence = Sequence(store, initial)
    await store.deliveries.plan([sequence.row])

    for step, state in steps:
        await step(sequence, state)
        await sequence.check()
