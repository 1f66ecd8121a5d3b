"""The API's routes, made from the one table of operations."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from aiohttp import web

from placement_alerts.web.api import (
    audits,
    deliveries,
    jobs,
    notices,
    offers,
    office,
    scheduled,
    sources,
    stats,
    students,
    tokens,
    webhooks,
)
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.cors import Cors
from placement_alerts.web.api.credentials import Credentials
from placement_alerts.web.api.docs import docs_routes
from placement_alerts.web.api.openapi import document_bytes
from placement_alerts.web.api.operation import Operation
from placement_alerts.web.api.prepared import PreparedNotices
from placement_alerts.web.api.serving import Handler, Serving
from placement_alerts.web.problems import answer
from placement_alerts.web.services import Services

ROOT = "/api/v1"
DOCUMENT = "/api/openapi.json"

RESOURCES: tuple[Callable[[Services], list[Operation]], ...] = (
    scheduled.operations,
    jobs.operations,
    offers.operations,
    students.operations,
    deliveries.operations,
    sources.operations,
    audits.operations,
    stats.operations,
    webhooks.operations,
)


def all_operations(services: Services, credentials: Credentials) -> list[Operation]:
    """Return the route table."""
    prepared = PreparedNotices(services.store.notices, services.monotonic)
    return [
        *notices.operations(services, prepared),
        *office.operations(services, prepared),
        *(operation for operations in RESOURCES for operation in operations(services)),
        *tokens.operations(services, credentials),
    ]


class ApiRoutes:
    """Everything under `/api/v1`, the document that describes it and its page. Add `routes()` to an application."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._cors = Cors(services.settings.cors_origins)
        self.credentials = Credentials(services.store, services.now, services.monotonic, services.settings.admins)
        self.operations = all_operations(services, self.credentials)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each GET answers HEAD too, what no route knows is a problem in JSON."""
        serving = Serving(self.services, self.credentials)
        by_path: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            by_path[operation.path].append(operation)
        paths = sorted(by_path, key=lambda path: "{" in path)  # "scheduled" is no notice's id
        document = document_bytes(self.operations, self.services.settings)
        return [
            *(_route(operation, serving) for path in paths for operation in by_path[path]),
            *(web.route("*", path, self._other_method(by_path[path])) for path in paths),
            web.get(DOCUMENT, self._document_route(document)),
            *docs_routes(DOCUMENT),
            web.route("*", ROOT + "/{path:.*}", _unknown),
        ]

    def _other_method(self, operations: Sequence[Operation]) -> Handler:
        methods = {operation.method for operation in operations}
        allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()) | {"OPTIONS"}))

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.method == "OPTIONS":
                response = web.Response(status=204, headers={"Allow": allowed, "Cache-Control": "no-store"})
                self._cors.tell_beforehand(request, response, allowed)
                return response
            headers = {"Allow": allowed}
            return answer(request, problem("method_not_allowed", f"this address knows {allowed}", headers=headers))

        return handle

    def _document_route(self, document: bytes) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            headers = {"Cache-Control": "public, max-age=300", "Content-Type": "application/json"}
            response = web.Response(body=document, headers=headers)
            self._cors.tell(request, response)
            return response

        return handle


def _route(operation: Operation, serving: Serving) -> web.RouteDef:
    handler = serving.handler(operation)
    if operation.method == "GET":
        return web.get(operation.path, handler)
    return web.route(operation.method, operation.path, handler)


async def _unknown(request: web.Request) -> web.StreamResponse:
    return answer(request, problem("not_found", "there is nothing at this address"))
