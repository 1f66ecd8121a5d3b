"""Notices for the office: all of them, and of one what became of its deliveries; and withdrawing it."""

from aiohttp import web

from placement_alerts.core.delivery import RETRYABLE, DeliveryId, DeliveryState
from placement_alerts.core.draft import OFFICE
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import badge
from placement_alerts.core.student import Student
from placement_alerts.errors import NotFound
from placement_alerts.store.base import DeliveryFilter, NoticeFilter
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_names import names_of
from placement_alerts.web.pages.admin_receipts import segments
from placement_alerts.web.pages.admin_room import PAGE, AdminRoom, next_page

NOTICE_ID = r"{id:[\w.:@~-]{1,200}}"
_WORDS_MOST = 8
_QUERY_LIMIT = 200  # characters


class NoticePages:
    """`/admin/notices`, `/admin/notices/{id}`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/notices", self._list),
            self._room.get(f"/admin/notices/{NOTICE_ID}", self._receipts),
            self._room.post(f"/admin/notices/{NOTICE_ID}/withdraw", self._withdraw),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        notices = self._room.store.notices
        words = request.query.get("q", "")[:_QUERY_LIMIT]
        source = request.query.get("source", "")[:_QUERY_LIMIT]
        after = request.query.get("after", "")[:_QUERY_LIMIT]
        wanted = NoticeFilter(words=tuple(words.split()[:_WORDS_MOST]), source=source or None)
        found = await notices.find(wanted, await notices.get(NoticeId(after)) if after else None, PAGE + 1)
        shown = found[:PAGE]
        return await self._room.show(
            request,
            "admin_notices.html",
            "notices",
            notices=shown,
            badge=badge,
            q=words,
            source=source,
            sources=[OFFICE, *self._room.services.settings.sources],
            next=next_page(request, shown[-1].id if len(found) > PAGE else None),
        )

    async def _receipts(self, request: web.Request, _: Student) -> web.Response:
        store = self._room.store
        notice = await self._notice(request)
        asked = request.query.get("state", "")
        state = DeliveryState(asked) if asked in list(DeliveryState) else None
        after = request.query.get("after", "")[:_QUERY_LIMIT]
        last = await store.deliveries.get(DeliveryId(after)) if after else None
        rows = await store.deliveries.find(DeliveryFilter(state=state, notice_id=notice.id), last, PAGE + 1)
        shown = rows[:PAGE]
        counts = await store.deliveries.counts_of(notice.id)
        return await self._room.show(
            request,
            "admin_notice.html",
            "notices",
            notice=notice,
            badge=badge,
            planned=await store.notices.is_planned(notice.id, notice.revision),
            counts=counts,
            total=sum(counts.values()),
            segments=segments(counts),
            state=state,
            states=list(DeliveryState),
            retryable=RETRYABLE,
            of_office=notice.source == OFFICE,
            rows=shown,
            names=await names_of(store, (row.student_id for row in shown)),
            next=next_page(request, shown[-1].id if len(rows) > PAGE else None),
        )

    async def _withdraw(self, request: web.Request, who: Student, _: Form) -> web.Response:
        notice = await self._notice(request)
        if not notice.withdrawn:
            await self._room.audit(who, "notice.withdrawn", notice.id, f"revision {notice.revision + 1}")
            await self._room.services.office.withdraw(notice.id)
        return self._room.done(f"/admin/notices/{notice.id}", "withdrawn")

    async def _notice(self, request: web.Request) -> Notice:
        found = await self._room.store.notices.get(NoticeId(request.match_info["id"]))
        if found is None:
            raise NotFound("there is no such notice")
        return found
