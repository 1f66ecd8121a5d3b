"""How every operation is served: asked type, credential, parameters, body, key, work, answer; one way for all."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.hdrs import ACCEPT, ETAG, VARY

from placement_alerts.errors import NotFound, NotPossible, StoreBusy, StoreUnavailable
from placement_alerts.web import limits
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.cors import Cors
from placement_alerts.web.api.credentials import Credentials, check_scope
from placement_alerts.web.api.idempotency import BY_CHANCE, Idempotency
from placement_alerts.web.api.operation import Answer, Call, Caller, Operation
from placement_alerts.web.api.reading import read_body, read_parameters
from placement_alerts.web.etags import known_tag
from placement_alerts.web.problems import Problem, answer
from placement_alerts.web.services import Services

WORK_S = 20.0  # for a change; what takes longer is a task with 202
RETRY_S = 5
JSON = "application/json"

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Serving:
    """Makes an aiohttp handler of an operation."""

    def __init__(self, services: Services, credentials: Credentials) -> None:
        self._now = services.now
        self._credentials = credentials
        self._idempotency = Idempotency(services.store, services.now)
        self._cors = Cors(services.settings.cors_origins)

    def handler(self, operation: Operation) -> Handler:
        """Return the handler. Problems are answered here, so that they are JSON whatever is around it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            response = await self._response(operation, request)
            self._cors.tell(request, response)
            return response

        return handle

    async def _response(self, operation: Operation, request: web.Request) -> web.Response:
        try:
            if operation.method == "GET":  # the store's own deadlines are enough, and there is no lease to outlive
                return await self._serve(operation, request)
            async with asyncio.timeout(WORK_S):
                return await self._serve(operation, request)
        except Problem as found:
            return answer(request, found)
        except (StoreUnavailable, TimeoutError) as error:
            log.warning("api.failed", operation=operation.name, error=type(error).__name__)
            return answer(request, problem("unavailable", "the store does not answer", retry_after_s=RETRY_S))

    async def _serve(self, operation: Operation, request: web.Request) -> web.Response:
        _check_accept(request)
        caller = await self._credentials.caller(request)
        _check_right(operation, caller)
        if operation.limit is not None:
            limits.take(request, operation.limit, caller.actor)
        given = read_parameters(operation, request)
        body, raw = (None, b"") if operation.body is None else await read_body(operation, request)
        if operation.method != "POST":
            call = Call(request, caller, given, body, self._now(), BY_CHANCE.new_id, BY_CHANCE.new_secret)
            return (await _work(operation, call))[0]
        making = await self._idempotency.making(operation, request, caller)
        call = Call(request, caller, given, body, self._now(), making.new_id, making.new_secret)
        return await self._idempotency.once(making, request, raw, lambda: _work_or_problem(operation, call))


async def _work_or_problem(operation: Operation, call: Call[object, object]) -> tuple[web.Response, bool]:
    """Return the answer, a problem's too: it is kept for repetitions like any other."""
    try:
        return await _work(operation, call)
    except Problem as found:
        return answer(call.request, found), False


async def _work(operation: Operation, call: Call[object, object]) -> tuple[web.Response, bool]:
    try:
        found = await operation.handle(call)
    except NotFound as error:
        raise problem("not_found", str(error)) from error
    except (NotPossible, StoreBusy) as error:
        raise problem("not_possible", str(error)) from error
    return _response(call.request, found), found.shows_secret


def _response(request: web.Request, found: Answer) -> web.Response:
    headers = {"Cache-Control": found.caching, **found.headers}
    if found.etag is not None:
        headers[ETAG] = f'"{found.etag}"'
        headers[VARY] = "Authorization, X-API-Key, Cookie"
        if found.status == HTTPStatus.OK and known_tag(request, found.etag) is not None:
            return web.Response(status=304, headers=headers)
    if found.body is None:
        return web.Response(status=found.status, headers=headers)
    body = found.body if isinstance(found.body, bytes) else found.body.model_dump_json().encode()
    headers["Content-Type"] = JSON
    return web.Response(body=body, status=found.status, headers=headers)


def _check_accept(request: web.Request) -> None:
    accept = request.headers.get(ACCEPT)
    if accept is None or "*/*" in accept or JSON in accept or "application/*" in accept:
        return
    raise problem("not_acceptable", "only application/json is answered here")


def _check_right(operation: Operation, caller: Caller) -> None:
    if operation.scope is None:
        if caller.student is None:
            raise problem("session_needed", "this is about the student who asks; a token is nobody")
    elif not (operation.students and caller.student is not None):
        check_scope(caller, operation.scope)
