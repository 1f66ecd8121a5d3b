"""Notices of the office that wait for their hour."""

from aiohttp import web

from placement_alerts.core.draft import DraftId
from placement_alerts.core.student import Student
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_names import names_of
from placement_alerts.web.pages.admin_room import AdminRoom

SHOWN = 100


class DraftPages:
    """`/admin/drafts`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/drafts", self._list),
            self._room.post("/admin/drafts/{id:[A-Za-z0-9_-]{1,64}}/give-up", self._give_up),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        drafts = await self._room.store.drafts.all(SHOWN)
        return await self._room.show(
            request,
            "admin_drafts.html",
            "drafts",
            drafts=drafts,
            names=await names_of(self._room.store, (draft.created_by for draft in drafts)),
            now=self._room.now(),
        )

    async def _give_up(self, request: web.Request, who: Student, _: Form) -> web.Response:
        draft_id = DraftId(request.match_info["id"])
        stored = await self._room.store.drafts.get(draft_id)
        if stored is None or stored.publish_at is None or stored.publish_at <= self._room.now():
            return self._room.done("/admin/drafts", "not_given_up")
        await self._room.audit(who, "draft.given_up", draft_id)
        gone = await self._room.services.office.give_up(draft_id)
        return self._room.done("/admin/drafts", "given_up" if gone else "not_given_up")
