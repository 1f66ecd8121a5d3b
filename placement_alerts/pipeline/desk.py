"""Group commit: receipts and claims of one lane that wait at the same moment share one exchange with the store."""

import asyncio
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import structlog

from placement_alerts.core.delivery import Delivery, DeliveryState, Receipt
from placement_alerts.core.retry import receipt_of
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Claim, DeliveryRepository, OwnerId

RETRY_FIRST_S, RETRY_LONGEST_S = 0.2, 2.0  # between tries while the store is away; receipts wait in memory, one a slot

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Wish:
    receipt: Receipt | None
    claims: bool
    answer: asyncio.Future[Delivery | None]


class Desk:
    """One lane's way to the store. `run` must be under way while others call. batch: wishes served by one commit."""

    def __init__(
        self,
        deliveries: DeliveryRepository,
        channel: str,
        owner: OwnerId,
        now: Callable[[], datetime],
        resting: Callable[[], Collection[str]],
        batch: int,
    ) -> None:
        self._batch = batch
        self._deliveries = deliveries
        self._channel = channel
        self._owner = owner
        self._now = now
        self._resting = resting
        self._wishes: list[_Wish] = []
        self._wished = asyncio.Event()
        self._closing = False

    async def record(self, receipt: Receipt) -> None:
        """Return when the receipt is durable."""
        await self._ask(receipt, claims=False)

    async def record_and_claim(self, receipt: Receipt | None) -> Delivery | None:
        """Make the receipt durable and return the next delivery, now leased; None if nothing is due."""
        return await self._ask(receipt, claims=True)

    async def run(self) -> None:
        """Serve until `close`, and then what still waits."""
        while not (self._closing and not self._wishes):
            await self._wished.wait()
            await asyncio.sleep(0)  # let every slot that is ready now join this commit
            self._wished.clear()
            while self._wishes:
                wishes, self._wishes = self._wishes[: self._batch], self._wishes[self._batch :]
                await self._serve(wishes)

    def close(self) -> None:
        """Let `run` return once nobody waits."""
        self._closing = True
        self._wished.set()

    async def _ask(self, receipt: Receipt | None, *, claims: bool) -> Delivery | None:
        answer: asyncio.Future[Delivery | None] = asyncio.get_running_loop().create_future()
        self._wishes.append(_Wish(receipt, claims, answer))
        self._wished.set()
        return await answer

    async def _serve(self, wishes: list[_Wish]) -> None:
        receipts = [wish.receipt for wish in wishes if wish.receipt]
        claimers = [wish for wish in wishes if wish.claims and not wish.answer.done()]
        claim = None
        if claimers:
            token = secrets.token_hex(8)
            claim = Claim(self._channel, self._owner, token, len(claimers), self._now(), self._resting())
        claimed = iter(await self._exchange(receipts, claim))
        for wish in wishes:
            if not wish.answer.done():
                wish.answer.set_result(next(claimed, None) if wish.claims else None)
        left = [receipt_of(delivery, DeliveryState.DUE, self._now()) for delivery in claimed]
        if left:  # somebody went away while the store answered
            await self._exchange(left, None)

    async def _exchange(self, receipts: list[Receipt], claim: Claim | None) -> list[Delivery]:
        wait_s = RETRY_FIRST_S
        while True:
            try:
                return await self._deliveries.exchange(receipts, claim)
            except StoreUnavailable as error:
                log.warning("store.refused_exchange", channel=self._channel, error=str(error), wait_s=wait_s)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, RETRY_LONGEST_S)
