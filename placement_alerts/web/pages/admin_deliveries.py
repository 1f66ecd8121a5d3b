"""The queue and the receipts: deliveries by state, channel and error, and trying again what ended badly."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from placement_alerts.core.delivery import RETRYABLE, DeliveryId, DeliveryState
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import Student, StudentId
from placement_alerts.errors import NotFound
from placement_alerts.pipeline.retrying import retry_all
from placement_alerts.store.base import DeliveryFilter
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_names import names_of, titles_of
from placement_alerts.web.pages.admin_room import PAGE, AdminRoom, next_page

MOST = 20_000  # that one press makes due again, so that its answer does not take too long
_ID_LIMIT = 200  # characters
FILTERS = ("state", "channel", "error_class", "notice", "student")


class DeliveryPages:
    """`/admin/deliveries`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/deliveries", self._list),
            self._room.post("/admin/deliveries/retry", self._retry),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        store = self._room.store
        asked = {name: request.query.get(name, "").strip()[:_ID_LIMIT] for name in FILTERS}
        after = request.query.get("after", "")[:_ID_LIMIT]
        last = await store.deliveries.get(DeliveryId(after)) if after else None
        rows = await store.deliveries.find(_filter(asked), last, PAGE + 1)
        shown = rows[:PAGE]
        counts = await store.deliveries.counts()
        return await self._room.show(
            request,
            "admin_deliveries.html",
            "deliveries",
            rows=shown,
            asked=asked,
            filtered=any(asked.values()),
            table=_table(counts),
            channels=_channels(counts),
            states=list(DeliveryState),
            retryable=RETRYABLE,
            can_retry=_may_be_retried(asked),
            names=await names_of(store, (row.student_id for row in shown)),
            titles=await titles_of(store, (row.notice_id for row in shown)),
            next=next_page(request, shown[-1].id if len(rows) > PAGE else None),
        )

    async def _retry(self, request: web.Request, who: Student, form: Form) -> web.Response:
        asked = {name: form.one(name)[:_ID_LIMIT] for name in FILTERS}
        back = {name: value for name, value in asked.items() if value}
        one = form.one("id")[:_ID_LIMIT]
        deliveries = self._room.store.deliveries
        if one:
            await self._room.audit(who, "delivery.retried", one)
            number = await deliveries.retry([DeliveryId(one)], self._room.now())
        elif form.ticked("all"):
            await self._room.audit(who, "deliveries.retried", details=urlencode(back) or "all")
            number = await retry_all(deliveries, _filter(asked), self._room.now, MOST)
        else:
            raise NotFound("no delivery was named")
        return self._room.done("/admin/deliveries", "retried", number, **back)


def _filter(asked: Mapping[str, str]) -> DeliveryFilter:
    """Return what is wanted; a state that does not exist is taken for none."""
    state = DeliveryState(asked["state"]) if asked["state"] in list(DeliveryState) else None
    return DeliveryFilter(
        state,
        asked["channel"] or None,
        NoticeId(asked["notice"]) if asked["notice"] else None,
        StudentId(asked["student"]) if asked["student"] else None,
        asked["error_class"] or None,
    )


def _may_be_retried(asked: Mapping[str, str]) -> bool:
    """Whether any that fit may have ended badly."""
    return not asked["state"] or asked["state"] in RETRYABLE


def _channels(counts: Mapping[tuple[str, DeliveryState], int]) -> list[str]:
    return sorted({channel for channel, _ in counts if channel})


def _table(counts: Mapping[tuple[str, DeliveryState], int]) -> list[tuple[DeliveryState, dict[str, int], int]]:
    """Return for each state that there is: how many of each channel, and in all."""
    totals: Counter[DeliveryState] = Counter()
    for (_, state), number in counts.items():
        totals[state] += number
    channels = [*_channels(counts), ""]
    return [
        (state, {channel: counts.get((channel, state), 0) for channel in channels}, totals[state])
        for state in DeliveryState
        if totals[state]
    ]
