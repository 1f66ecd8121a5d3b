"""The first admin page: how the process, its sources and channels are doing; and polling a source at once."""

import secrets
from dataclasses import dataclass

from aiohttp import web

from placement_alerts.core.delivery import RETRYABLE, WAITING, DeliveryState
from placement_alerts.core.student import Student
from placement_alerts.errors import NotFound
from placement_alerts.pipeline.errands import DUTY, ErrandKind
from placement_alerts.pipeline.vitals import PartState
from placement_alerts.store.base import PollState, Request, RequestId, RequestState
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_report import has_failed, report_rows
from placement_alerts.web.pages.admin_room import AdminRoom

COUNTED = 100  # open reviews and scheduled notices; beyond it "100+" is said
LOOK_AGAIN_S = "2"  # how often a browser looks how a run goes

_UNDER_WAY = (RequestState.ASKED, RequestState.RUNNING)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source and how its polls go."""

    name: str
    poll: PollState


class OverviewPages:
    """`/admin`, and how a poll goes that somebody asked for."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin", self._overview),
            self._room.post("/admin/sources/{name:[a-z_]{1,40}}/run", self._run),
            self._room.get("/admin/runs/{id:[0-9a-f]{1,40}}", self._progress),
        ]

    async def _overview(self, request: web.Request, _: Student) -> web.Response:
        store = self._room.store
        counts = await store.deliveries.counts()
        parts = await self._room.services.vitals.parts()
        return await self._room.show(
            request,
            "admin_overview.html",
            "overview",
            parts=[(name, part) for name, part in parts.items() if part.state is not PartState.OFF],
            off=[name for name, part in parts.items() if part.state is PartState.OFF],
            sources=[SourceRow(name, await store.sources.poll(name)) for name in self._room.services.settings.sources],
            rejected={name: await store.sources.rejected(name, 5) for name in self._room.services.settings.sources},
            reviews=len(await store.reviews.open(COUNTED)),
            drafts=len(await store.drafts.all(COUNTED)),
            counted=COUNTED,
            students=await store.students.counts(),
            waiting=sum(number for (_, state), number in counts.items() if state in WAITING),
            failed=sum(number for (_, state), number in counts.items() if state in RETRYABLE),
            arrived=sum(counts.get((name, state), 0) for name, state in counts if state in _ARRIVED),
        )

    async def _run(self, request: web.Request, who: Student, _: Form) -> web.Response:
        name = request.match_info["name"]
        if name not in self._room.services.settings.sources:
            raise NotFound(f"there is no source {name}")
        asked = Request(
            RequestId(secrets.token_hex(8)), ErrandKind.UPDATE, {"source": name}, RequestState.ASKED, self._room.now()
        )
        await self._room.audit(who, "source.asked", name)
        await self._room.store.requests.ask(asked)
        return web.Response(status=303, headers={"Location": f"/admin/runs/{asked.id}", "Cache-Control": "no-store"})

    async def _progress(self, request: web.Request, _: Student) -> web.Response:
        found = await self._room.store.requests.get(RequestId(request.match_info["id"]))
        if found is None:
            raise NotFound("this run is not remembered any more")
        under_way = found.state in _UNDER_WAY
        holder = await self._room.store.processes.holder(DUTY) if under_way else None
        response = await self._room.show(
            request,
            "admin_run.html",
            "overview",
            run=found,
            source=str(found.args.get("source") or "all sources"),
            report=report_rows(found.result or {}),
            failed=has_failed(found.result or {}),
            under_way=under_way,
            nobody=under_way and holder is None,
        )
        if under_way:
            response.headers["Refresh"] = LOOK_AGAIN_S
        return response


_ARRIVED = frozenset({DeliveryState.SENT, DeliveryState.SEEN})
