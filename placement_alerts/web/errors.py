"""What went wrong in a handler, told in the way the asker reads: a problem for programs, a page for people."""

import re
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from aiohttp import web

from placement_alerts.errors import Duplicate, NotFound, NotPossible, StoreError
from placement_alerts.web.pages.answers import wants_page
from placement_alerts.web.pages.query import BadQuery
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.problems import REQUEST_ID, Problem, answer
from placement_alerts.web.visiting import AdminsOnly, SignInNeeded

log = structlog.get_logger(__name__)

RETRY_S = 30

_TITLES = {
    400: "This address asks for something odd",
    401: "Sign-in is needed",
    403: "This cannot be done",
    404: "There is nothing here",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not able now",
}
_DETAILS = {
    404: "The address may be old or mistyped.",
    405: "This address does not know the method.",
    413: "The body is too large.",
}

_CODES = {413: "too_large", 500: "internal_error", 503: "unavailable"}  # of the API's list, where it is not the phrase


async def explain(request: web.Request, error: Exception, shell: Shell) -> web.StreamResponse:
    """Return the answer to an exception of a handler. Raises what is no error, and what nobody hears any more."""
    if isinstance(error, SignInNeeded) and _is_for_people(request):
        return _lead_to_sign_in(request)
    if isinstance(error, web.HTTPException) and error.status < 400:
        raise error
    if isinstance(error, ConnectionError) and request.transport is None:
        raise error
    problem = _problem_of(request, error)
    if not _is_for_people(request):
        return answer(request, problem)
    says = problem.detail if not problem.errors else " ".join(one.detail for one in problem.errors)
    title = _TITLES.get(problem.status, HTTPStatus(problem.status).phrase)
    response = await shell.trouble(request, problem.status, title, says)
    response.headers.update(problem.headers)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _is_for_people(request: web.Request) -> bool:
    return not is_api(request.path) and wants_page(request)


def is_api(path: str) -> bool:
    """Whether programs are expected there: answers are never pages."""
    return path == "/api" or (path.startswith("/api/") and not path.startswith("/api/docs"))


def _problem_of(request: web.Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case SignInNeeded():
            return Problem(401, "credential_needed", "Sign in first.", headers={"WWW-Authenticate": "Cookie"})
        case AdminsOnly():
            return Problem(404, "not_found", _DETAILS[404])
        case web.HTTPException():
            return _problem_of_status(error)
        case BadQuery():
            return Problem(400, "bad_parameter", f"{error}.")
        case NotFound():
            return Problem(404, "not_found", f"{error}.")
        case NotPossible() | Duplicate():
            return Problem(409, "not_possible", f"{error}.")
        case StoreError() | TimeoutError():
            log.warning("request.not_served", error=type(error).__name__, **_where(request))
            return Problem(503, "unavailable", "This cannot be done just now: try again soon.", retry_after_s=RETRY_S)
        case _:
            log.error("request.failed", exc_info=error, **_where(request))
            return Problem(500, "internal_error", "This is our fault, and it is written down.")


def _problem_of_status(error: web.HTTPException) -> Problem:
    status = error.status
    phrase = HTTPStatus(status).phrase
    code = _CODES.get(status) or re.sub(r"\W+", "_", phrase.lower())
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return Problem(status, code, _DETAILS.get(status, f"{phrase}."), headers=headers)


def _where(request: web.Request) -> dict[str, str]:
    """Return what may be logged of a request: the route, never its address, which may hold a secret."""
    resource = request.match_info.route.resource
    return {
        "method": request.method,
        "route": resource.canonical if resource is not None else "",
        "request": request.get(REQUEST_ID, ""),
    }


def _lead_to_sign_in(request: web.Request) -> web.Response:
    was_read = request.method in ("GET", "HEAD")  # what a form sent is lost, and that is said
    where = {"next": request.path_qs} if was_read else {"next": "/", "said": "ended"}
    return web.Response(status=303, headers={"Location": f"/sign-in?{urlencode(where)}", "Cache-Control": "no-store"})
