"""Errors as RFC 9457 says them: `application/problem+json` with our stable codes (http-conventions.md, section 4)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web

REQUEST_ID = web.RequestKey("request_id", str)  # where the middleware puts it in a request


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value. pointer: RFC 6901 into the body, else the parameter's name."""

    pointer: str
    code: str
    detail: str


@dataclass
class Problem(Exception):
    """Raised by a handler; the middleware answers with it. code: stable, lower snake. detail: of this case."""

    status: int
    code: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after_s: int | None = None


def answer(request: web.Request, problem: Problem) -> web.Response:
    """Return the problem as an answer."""
    body: dict[str, Any] = {
        "type": f"/api/docs#problem-{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        "code": problem.code,
        "request_id": request.get(REQUEST_ID, ""),
    }
    if problem.errors:
        body["errors"] = [{"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in problem.errors]
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.retry_after_s is not None:
        body["retry_after_s"] = problem.retry_after_s
        headers["Retry-After"] = str(problem.retry_after_s)
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(),
        status=problem.status,
        headers=headers,
        content_type="application/problem+json",
    )
