"""The audit trail: what admins and tokens did, newest first."""

from aiohttp import web

from placement_alerts.core.audit import AuditEntry, AuditId
from placement_alerts.core.student import Student
from placement_alerts.web.pages.admin_names import names_of
from placement_alerts.web.pages.admin_room import PAGE, AdminRoom, next_page

_ID_LIMIT = 60  # characters of what an address names


class AuditPage:
    """`/admin/audit`."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [self._room.get("/admin/audit", self._list)]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        actor = request.query.get("actor", "")[:_ID_LIMIT] or None
        last = request.query.get("after", "")[:_ID_LIMIT]
        after = AuditEntry(id=AuditId(last), at=self._room.now(), actor="", act="") if last else None
        entries = await self._room.store.audit.find(actor, after, PAGE + 1)
        shown = entries[:PAGE]
        students = [entry.actor.removeprefix("student:") for entry in shown if entry.actor.startswith("student:")]
        return await self._room.show(
            request,
            "admin_audit.html",
            "audit",
            entries=shown,
            actor=actor,
            names=await names_of(self._room.store, students),
            next=next_page(request, shown[-1].id if len(entries) > PAGE else None),
        )
