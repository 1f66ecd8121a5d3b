"""Deliveries: who got what, when, why not; and trying again what ended badly."""

from typing import Annotated, Literal

from pydantic import Field

from placement_alerts.core.delivery import RETRYABLE, Delivery, DeliveryId, DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import StudentId
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.store.base import DeliveryFilter, DeliveryRepository
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.delivery_views import (
    DELIVERY_EXAMPLE,
    CountsView,
    CountView,
    DeliveryPage,
    DeliveryView,
    delivery_view,
)
from placement_alerts.web.api.notices import NoticeGiven
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Paging, bad_cursor
from placement_alerts.web.api.values import Given, Identifier, PageGiven, Sent, View
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

ROOT = "/api/v1/deliveries"
AT_ONCE = 1_000  # deliveries that one call tries again; who wants more calls again

ChannelName = Annotated[str, Field(pattern=r"^[a-z]{0,30}$")]
ErrorClass = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_. -]+$")]


class DeliveriesGiven(PageGiven):
    """Which deliveries to list."""

    state: DeliveryState | None = None
    channel: ChannelName | None = None
    notice_id: Identifier | None = None
    student_id: Identifier | None = None
    error_class: ErrorClass | None = None


class DeliveryGiven(Given):
    """One delivery."""

    delivery_id: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\u0000-\u001f\u007f]+$")]


class RetrySent(Sent):
    """Which deliveries to try again; what is left out is no condition."""

    state: Literal[DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.EXPIRED]
    channel: ChannelName | None = None
    notice_id: Identifier | None = None
    student_id: Identifier | None = None
    error_class: ErrorClass | None = None


class RetriedView(View):
    """retried: how many are due again. more: there are others; call again with a fresh key."""

    retried: int
    more: bool


class Deliveries:
    """What is read of deliveries, and retried."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._deliveries = services.store.deliveries
        self._paging = Paging(services.store)

    async def list(self, call: Call[DeliveriesGiven, None]) -> Answer:
        """Answer a page."""
        start = await self._paging.start(call, parts=1)
        after = await last_of(self._deliveries, start)
        rows = await self._deliveries.find(_filter(call.given), after, call.given.limit + 1)
        return await self._paging.page(call, rows, delivery_view, _key)

    async def get(self, call: Call[DeliveryGiven, None]) -> Answer:
        """Answer one delivery."""
        shown = delivery_view(await self._delivery(call))
        return Answer(shown, etag=etag("delivery", shown.model_dump_json()))

    async def retry(self, call: Call[DeliveryGiven, None]) -> Answer:
        """Make one due again."""
        delivery = await self._delivery(call)
        if delivery.state not in RETRYABLE:
            raise problem("not_possible", f"a delivery that is {delivery.state.value} cannot be tried again")
        await audit(self._store, call.now, call.caller.actor, "delivery.retried", delivery.id)
        await self._deliveries.retry([delivery.id], call.now)
        return Answer(delivery_view(await self._delivery(call)))

    async def retry_many(self, call: Call[None, RetrySent]) -> Answer:
        """Make those that match due again, newest first."""
        rows = await self._deliveries.find(_filter(call.body), None, AT_ONCE + 1)
        details = " ".join(f"{name}={value}" for name, value in call.body.model_dump(exclude_none=True).items())
        await audit(self._store, call.now, call.caller.actor, "deliveries.retried", details=details)
        retried = await self._deliveries.retry([row.id for row in rows[:AT_ONCE]], call.now)
        return Answer(RetriedView(retried=retried, more=len(rows) > AT_ONCE))

    async def counts(self, call: Call[NoticeGiven, None]) -> Answer:
        """Answer how many of a notice's deliveries are in each state."""
        notice_id = NoticeId(call.given.notice_id)
        if await self._store.notices.get(notice_id) is None:
            raise not_found("notice")
        found = sorted((await self._deliveries.counts_of(notice_id)).items())
        items = [CountView(channel=channel, state=state, count=count) for (channel, state), count in found]
        return Answer(CountsView(items=tuple(items)))

    async def _delivery(self, call: Call[DeliveryGiven, None]) -> Delivery:
        delivery = await self._deliveries.get(DeliveryId(call.given.delivery_id))
        if delivery is None:
            raise not_found("delivery")
        return delivery


async def last_of(deliveries: DeliveryRepository, start: Key | None) -> Delivery | None:
    """Return the delivery that the page before ended with; None: there is no page before. Raises Problem 400."""
    if start is None:
        return None
    found = await deliveries.get(DeliveryId(str(start[0])))
    if found is None:
        raise bad_cursor()
    return found


def operations(services: Services) -> list[Operation]:
    """Return what can be asked about deliveries."""
    deliveries = Deliveries(services)
    return [*_reading(deliveries), *_retrying(deliveries)]


def _reading(deliveries: Deliveries) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ROOT,
            name="listDeliveries",
            tag="deliveries",
            summary="List who got what, when, and why not; latest planned first",
            handle=deliveries.list,
            answers={200: DeliveryPage},
            scope=Scope.DELIVERIES_READ,
            parameters=DeliveriesGiven,
            problems=("bad_cursor",),
            example={"items": [DELIVERY_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path=ROOT + "/{delivery_id}",
            name="getDelivery",
            tag="deliveries",
            summary="Read a delivery",
            handle=deliveries.get,
            answers={200: DeliveryView},
            scope=Scope.DELIVERIES_READ,
            parameters=DeliveryGiven,
            problems=("not_found",),
            example=DELIVERY_EXAMPLE,
            has_etag=True,
        ),
        Operation(
            method="GET",
            path="/api/v1/notices/{notice_id}/deliveries",
            name="countDeliveries",
            tag="deliveries",
            summary="Count a notice's deliveries by channel and state",
            handle=deliveries.counts,
            answers={200: CountsView},
            scope=Scope.DELIVERIES_READ,
            parameters=NoticeGiven,
            problems=("not_found",),
            example={"items": [{"channel": "telegram", "state": "sent", "count": 401}]},
        ),
    ]


def _retrying(deliveries: Deliveries) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=ROOT + "/{delivery_id}/retry",
            name="retryDelivery",
            tag="deliveries",
            summary="Try a delivery again that was refused, is dead or expired",
            handle=deliveries.retry,
            answers={200: DeliveryView},
            scope=Scope.DELIVERIES_RETRY,
            parameters=DeliveryGiven,
            problems=("not_found", "not_possible"),
            example={**DELIVERY_EXAMPLE, "state": "due"},
        ),
        Operation(
            method="POST",
            path=ROOT + "/retry",
            name="retryDeliveries",
            tag="deliveries",
            summary="Try deliveries again that ended badly",
            description=f"At most {AT_ONCE:,} at once, newest first.",
            handle=deliveries.retry_many,
            answers={200: RetriedView},
            scope=Scope.DELIVERIES_RETRY,
            body=RetrySent,
            example={"retried": 12, "more": False},
            sends={"state": "dead", "channel": "telegram"},
        ),
    ]


def _filter(given: DeliveriesGiven | RetrySent) -> DeliveryFilter:
    return DeliveryFilter(
        state=given.state,
        channel=given.channel,
        notice_id=None if given.notice_id is None else NoticeId(given.notice_id),
        student_id=None if given.student_id is None else StudentId(given.student_id),
        error_class=given.error_class,
    )


def _key(delivery: Delivery) -> Key:
    return (delivery.id,)
