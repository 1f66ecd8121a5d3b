"""Sources: how they are doing, reading one now, and how such a request goes on."""

from datetime import datetime
from typing import Any

from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.pipeline.errands import ErrandKind
from placement_alerts.store.base import PollState, Request, RequestId, RequestState
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.values import Given, Identifier, View
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

ROOT = "/api/v1/sources"
TASKS = "/api/v1/tasks"


class SourceView(View):
    """How a source is doing. error_class: of the last reading; null when it went well. rejected: kept aside, unread."""

    name: str
    last_poll_at: datetime | None
    last_success_at: datetime | None
    failures_in_a_row: int
    error_class: str | None
    items: int
    rejected: int


class SourcesView(View):
    """The sources that are configured."""

    items: tuple[SourceView, ...]


class SourceGiven(Given):
    """One source."""

    source: Identifier


class TaskView(View):
    """Something that the running process was asked to do. progress: a line for people. result: when it is done."""

    id: str
    kind: str
    state: RequestState
    asked_at: datetime
    progress: str
    result: dict[str, Any] | None


class TaskGiven(Given):
    """One task."""

    task_id: Identifier


SOURCE_EXAMPLE = {
    "name": "superset",
    "last_poll_at": "2025-11-10T06:30:00Z",
    "last_success_at": "2025-11-10T06:30:00Z",
    "failures_in_a_row": 0,
    "error_class": None,
    "items": 214,
    "rejected": 0,
}
TASK_EXAMPLE = {
    "id": "r2b6f2d3c1e0a9f87",
    "kind": "update",
    "state": "asked",
    "asked_at": "2025-11-10T06:30:00Z",
    "progress": "",
    "result": None,
}


class Sources:
    """What is asked of sources."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._names = services.settings.sources

    async def list(self, _: Call[None, None]) -> Answer:
        """Answer how each one is doing."""
        items = [_source(name, await self._store.sources.poll(name)) for name in self._names]
        return Answer(SourcesView(items=tuple(items)))

    async def get(self, call: Call[SourceGiven, None]) -> Answer:
        """Answer how one is doing."""
        name = self._known(call)
        return _tagged(_source(name, await self._store.sources.poll(name)))

    async def run(self, call: Call[SourceGiven, None]) -> Answer:
        """Ask the process that reads sources to read this one now."""
        name = self._known(call)
        asked = Request(RequestId(call.new_id("r")), ErrandKind.UPDATE, {"source": name}, RequestState.ASKED, call.now)
        await audit(self._store, call.now, call.caller.actor, "source.asked", name)
        await self._store.requests.ask(asked)
        return Answer(_task(asked), status=202, headers={"Location": f"{TASKS}/{asked.id}"})

    async def task(self, call: Call[TaskGiven, None]) -> Answer:
        """Answer how far a task is."""
        found = await self._store.requests.get(RequestId(call.given.task_id))
        if found is None:
            raise not_found("task")
        return _tagged(_task(found))

    def _known(self, call: Call[SourceGiven, None]) -> str:
        if call.given.source not in self._names:
            raise not_found("source")
        return call.given.source


def operations(services: Services) -> list[Operation]:
    """Return what can be asked about sources and tasks."""
    sources = Sources(services)
    return [*_of_sources(sources), *_of_tasks(sources)]


def _of_sources(sources: Sources) -> list[Operation]:
    one = ROOT + "/{source}"
    return [
        Operation(
            method="GET",
            path=ROOT,
            name="listSources",
            tag="sources",
            summary="List the sources and how they are doing",
            handle=sources.list,
            answers={200: SourcesView},
            scope=Scope.ADMIN,
            example={"items": [SOURCE_EXAMPLE]},
        ),
        Operation(
            method="GET",
            path=one,
            name="getSource",
            tag="sources",
            summary="Read how a source is doing",
            handle=sources.get,
            answers={200: SourceView},
            scope=Scope.ADMIN,
            parameters=SourceGiven,
            problems=("not_found",),
            example=SOURCE_EXAMPLE,
            has_etag=True,
        ),
        Operation(
            method="POST",
            path=one + "/run",
            name="runSource",
            tag="sources",
            summary="Read a source now",
            description="Answers at once with a task; `Location` says where it can be followed.",
            handle=sources.run,
            answers={202: TaskView},
            scope=Scope.ADMIN,
            parameters=SourceGiven,
            problems=("not_found",),
            example=TASK_EXAMPLE,
        ),
    ]


def _of_tasks(sources: Sources) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=TASKS + "/{task_id}",
            name="getTask",
            tag="tasks",
            summary="Read how far a task is",
            description="Tasks are forgotten after a day.",
            handle=sources.task,
            answers={200: TaskView},
            scope=Scope.ADMIN,
            parameters=TaskGiven,
            problems=("not_found",),
            example=TASK_EXAMPLE,
            has_etag=True,
        ),
    ]


def _tagged(shown: SourceView | TaskView) -> Answer:
    return Answer(shown, etag=etag(type(shown).__name__, shown.model_dump_json()))


def _source(name: str, state: PollState) -> SourceView:
    same = {field: getattr(state, field) for field in SourceView.model_fields if field != "name"}
    return SourceView(name=name, **same)


def _task(request: Request) -> TaskView:
    return TaskView(
        id=request.id,
        kind=request.kind,
        state=request.state,
        asked_at=request.asked_at,
        progress=request.progress,
        result=None if request.result is None else dict(request.result),
    )
