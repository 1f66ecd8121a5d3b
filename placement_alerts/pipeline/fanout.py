"""The fan-out: carries due deliveries, each channel in a lane of its own, and records what became of them.

A slot takes its next delivery only when the receipt of the last one is durable, and claims one only when it may be sent
at once. So a row that is SENDING is a send under way, and a crash repeats at most as many sends as there are slots.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from placement_alerts.channels.base import Channel, Parcel
from placement_alerts.core.brief import brief_of
from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent
from placement_alerts.core.retry import RetryPolicy, receipt_of, settle
from placement_alerts.core.student import AddressId, OffReason
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.desk import Desk
from placement_alerts.pipeline.showing import Showing
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import OwnerId, Store

IDLE_S = 1.0  # longest wait before the store is asked again: what other processes and operators make due rings no flag
STORE_WAIT = timedelta(seconds=2)
TURN_S = 5.0  # how often a slot that waits for its turn shows that it lives
UNCLEAR_REFUSALS = 5  # so many in a row switch an address off (reference/telegram.md, section 6)

log = structlog.get_logger(__name__)


class Lane:
    """One channel's slots."""

    def __init__(
        self,
        channel: Channel,
        store: Store,
        showing: Showing,
        owner: OwnerId,
        now: Callable[[], datetime],
        policy: RetryPolicy,
        batch: int,
    ) -> None:
        self.channel = channel
        self.flag = Flag()
        self.turned_at: datetime | None = None
        self.sent_at: datetime | None = None
        self._store = store
        self._showing = showing
        self._now = now
        self._policy = policy
        self._desk = Desk(store.deliveries, channel.name, owner, now, channel.gate.resting, batch)
        self._stopping = asyncio.Event()
        self._until_empty = False
        self._carrying = 0

    async def run(self) -> None:
        """Carry what is due until `stop`; return when every send under way is recorded."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._desk.run(), name=f"desk-{self.channel.name}")
            async with asyncio.TaskGroup() as slots:
                for number in range(self.channel.slots):
                    slots.create_task(self._slot(), name=f"slot-{self.channel.name}-{number}")
            self._desk.close()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping.set()
        self.flag.set()

    def stop_when_empty(self) -> None:
        """Stop once nothing is due: for `send`, which carries what is there and exits."""
        self._until_empty = True
        self.flag.set()

    async def _slot(self) -> None:
        receipt: Receipt | None = None
        while not self._stopping.is_set():
            since = self.flag.count
            if not self.channel.gate.try_turn():
                await self._record(receipt)
                receipt = None
                if not await self._take_turn():
                    break
            delivery = await self._desk.record_and_claim(receipt)
            receipt = None
            self.turned_at = self._now()
            if delivery is None:
                self.channel.gate.give_back()
                await self._rest(since)
            else:
                receipt = await self._carry(delivery)
        await self._record(receipt)

    async def _record(self, receipt: Receipt | None) -> None:
        if receipt is not None:
            await self._desk.record(receipt)

    async def _take_turn(self) -> bool:
        """Wait for a turn; False if the lane stops first."""
        turn = asyncio.create_task(self.channel.gate.turn(Priority.NORMAL))
        stop = asyncio.create_task(self._stopping.wait())
        try:
            while not (turn.done() or stop.done()):
                self.turned_at = self._now()
                await asyncio.wait({turn, stop}, timeout=TURN_S, return_when=asyncio.FIRST_COMPLETED)
            if stop.done() and turn.done() and not turn.cancelled():
                self.channel.gate.give_back()
            return not stop.done()
        finally:
            for task in (turn, stop):
                task.cancel()
            await asyncio.wait({turn, stop})

    async def _rest(self, since: int) -> None:
        rested_in = self.channel.gate.rested_in()
        if self._until_empty and not self._carrying and rested_in is None:
            self.stop()
        await self.flag.wait(since, min(IDLE_S, rested_in if rested_in is not None else IDLE_S))

    async def _carry(self, claimed: Delivery) -> Receipt:
        """Send one delivery and return its receipt. Whatever goes wrong stays with this delivery."""
        progress = _Progress(claimed, self._desk, self._now)
        self._carrying += 1
        try:
            outcome = await self._try(progress)
        except StoreUnavailable as error:
            log.warning("delivery.postponed", delivery=claimed.id, error=str(error))
            outcome = Deferred("store", wait=STORE_WAIT, counts=False)
        except Exception:  # bulkhead: one delivery's send
            log.exception("delivery.crashed", delivery=claimed.id)
            outcome = Deferred("bug")
        finally:
            self._carrying -= 1
            if not progress.handed_over:
                self.channel.gate.give_back()
        if isinstance(outcome, DeliveryState):
            return receipt_of(progress.delivery, outcome, self._now())
        receipt = settle(progress.delivery, outcome, self._now(), self._policy, random.random())  # noqa: S311 - jitter
        self._log(claimed, outcome, receipt)
        return receipt

    async def _try(self, progress: "_Progress") -> Outcome | DeliveryState:
        """Return what became of the send, or the state in which the delivery ends without one."""
        delivery = progress.delivery
        shown = await self._showing.of(delivery.notice_id, delivery.revision)
        if shown is None:
            return Refused("notice_missing", our_fault=True)
        if shown.notice.revision > delivery.revision:
            return DeliveryState.SUPERSEDED
        if not shown.notice.withdrawn and shown.notice.expires_at <= self._now():
            return DeliveryState.EXPIRED
        if (reason := await self._switched_off(delivery)) is not None:
            return Refused(reason)
        earlier = await self._earlier(delivery) if delivery.revision > 1 else []
        messages = _shown_by(earlier)
        if shown.notice.withdrawn and not messages and not any(row.possibly_delivered for row in earlier):
            return DeliveryState.WITHDRAWN
        line = await self._showing.line_for(shown, earlier, personal=delivery.personal) if messages else None
        parcel = Parcel(
            target=delivery.target,
            message=shown.personal if delivery.personal else shown.message,
            delivery_id=delivery.id,
            brief=brief_of(
                shown.notice,
                urgent=delivery.priority is Priority.URGENT,
                change=line,
                personal=delivery.personal,
            ),
            announcement=line,
            shown=messages,
            done=delivery.message_ids,
            announced_id=delivery.announced_id,
        )
        progress.handed_over = True
        outcome = await self.channel.deliver(parcel, delivery.priority, progress.record)
        try:
            await self._keep_address(delivery, outcome)
        except StoreUnavailable as error:  # the outcome must not be lost over it; the next answer will ask the same
            log.warning("address.not_kept", delivery=delivery.id, error=str(error))
        return outcome

    async def _earlier(self, delivery: Delivery) -> list[Delivery]:
        if delivery.address_id is None:
            return []
        rows = await self._store.deliveries.of_address(delivery.notice_id, delivery.address_id)
        return [row for row in rows if row.revision < delivery.revision]

    async def _switched_off(self, delivery: Delivery) -> str | None:
        """Return why the address is off; asked only where time has passed: what waits is closed with its address."""
        if not (delivery.attempts or delivery.possibly_delivered or delivery.error_class):
            return None
        student = await self._store.students.get(delivery.student_id)
        addresses = student.addresses if student else ()
        return next((address.off for address in addresses if address.id == delivery.address_id), None)

    async def _keep_address(self, delivery: Delivery, outcome: Outcome) -> None:
        """Do to the address what the peer's answer asks for."""
        address_id = delivery.address_id
        if address_id is None:
            return
        if isinstance(outcome, Refused):
            reason = outcome.switch_off
            if reason is None and outcome.unclear and await self._refused_often(delivery):
                reason = OffReason.GONE
            if reason is not None and await self._store.students.switch_off(address_id, reason):
                closed = await self._store.deliveries.close_address(address_id, outcome.error_class, self._now())
                log.info("address.switched_off", address=address_id, reason=reason, closed=closed)
        elif outcome.moved_to is not None:
            await self._follow(delivery, address_id, outcome.moved_to)

    async def _follow(self, delivery: Delivery, address_id: AddressId, value: str) -> None:
        await self._store.students.move(address_id, value)
        student = await self._store.students.get(delivery.student_id)
        moved = [address for address in student.addresses if address.id == address_id] if student else []
        if any(address.off for address in moved):  # somebody started there already, who gets everything anyway
            await self._store.deliveries.close_address(address_id, OffReason.GONE.value, self._now())
        else:
            await self._store.deliveries.retarget(address_id, value)
        log.info("address.moved", address=address_id)

    async def _refused_often(self, delivery: Delivery) -> bool:
        """Say whether this refusal is the last of a row that ends an address."""
        if delivery.address_id is None:
            return False
        before = UNCLEAR_REFUSALS - 1
        states = await self._store.deliveries.last_states(delivery.address_id, before)
        return states == [DeliveryState.REFUSED] * before

    def _log(self, claimed: Delivery, outcome: Outcome, receipt: Receipt) -> None:
        if isinstance(outcome, Sent):
            self.sent_at = receipt.sent_at
            log.debug("delivery.sent", delivery=claimed.id, channel=claimed.channel)
        elif receipt.state is DeliveryState.DEAD:
            log.error("delivery.died", delivery=claimed.id, channel=claimed.channel, error_class=receipt.error_class)
        elif isinstance(outcome, Deferred) and not outcome.counts:
            log.debug("delivery.put_off", delivery=claimed.id, channel=claimed.channel, error_class=receipt.error_class)
        else:
            log.info(
                "delivery.failed", delivery=claimed.id, channel=claimed.channel, error_class=receipt.error_class,
                state=receipt.state, attempts=receipt.attempts,
            )  # fmt: skip


def _shown_by(earlier: Sequence[Delivery]) -> tuple[str, ...]:
    """Return the messages in which earlier revisions stand; one that was cut short covers only the first of them."""
    messages: tuple[str, ...] = ()
    for row in earlier:
        whole = row.state in (DeliveryState.SENT, DeliveryState.SEEN)
        messages = row.message_ids if whole else row.message_ids + messages[len(row.message_ids) :]
    return messages


class _Progress:
    """A claimed delivery as it stands while its parts are sent. handed_over: the channel has it, and its turn."""

    def __init__(self, claimed: Delivery, desk: Desk, now: Callable[[], datetime]) -> None:
        self.delivery = claimed
        self.handed_over = False
        self._desk = desk
        self._now = now

    async def record(self, message_ids: tuple[str, ...], announced_id: str | None) -> None:
        """Make it durable that these parts were sent."""
        self.delivery = replace(self.delivery, message_ids=message_ids, announced_id=announced_id)
        await self._desk.record(receipt_of(self.delivery, DeliveryState.SENDING, self._now()))
