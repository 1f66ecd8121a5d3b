"""The OpenAPI 3.1 document, made from the table of operations and the pydantic models; it cannot say otherwise."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from placement_alerts.web.api.codes import CODES
from placement_alerts.web.api.operation import Operation
from placement_alerts.web.api.problem_view import PROBLEM_EXAMPLE, ProblemView
from placement_alerts.web.services import WebSettings

_REF = "#/components/schemas/{model}"
_ALWAYS = ("bad_request", "credential_wrong", "scope_missing", "not_acceptable", "request_timeout")
_ALWAYS_LAST = ("too_many_requests", "internal_error", "unavailable")
_BODY = ("bad_json", "too_large", "unsupported_media_type", "invalid_values")
_KEY = ("bad_key", "request_in_progress", "key_reused")
_MATCH = ("bad_etag", "stale", "match_needed")

_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "pa_..."},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same token."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "pa_session",
        "description": "A signed-in browser; changes need X-CSRF-Token.",
    },
}
_ABOUT = """\
Placement notices, who got them and why not. Errors are `application/problem+json` (RFC 9457); every `code` is
explained on the page of this documentation. Lists are walked by `next`; what can be repeated safely takes
`Idempotency-Key`; times are RFC 3339 in UTC.
"""


def document_bytes(operations: Sequence[Operation], settings: WebSettings) -> bytes:
    """Return the document as JSON."""
    return json.dumps(document(operations, settings), ensure_ascii=False, separators=(",", ":")).encode()


def document(operations: Sequence[Operation], settings: WebSettings) -> dict[str, Any]:
    """Return the document."""
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method.lower()] = _operation(operation, schemas)
    used = {operation.parameters.__name__ for operation in operations if operation.parameters}
    return {
        "openapi": "3.1.0",
        "info": {"title": "placement_alerts", "version": settings.version, "description": _ABOUT},
        "servers": [{"url": settings.public_url or "/"}],
        "security": [{"token": []}, {"key": []}, {"session": []}],
        "paths": dict(paths),
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in used},
            "securitySchemes": _SECURITY,
        },
    }


def codes_of(operation: Operation) -> list[str]:
    """Return every problem code that the operation may answer with."""
    codes = [*_ALWAYS, *operation.problems]
    if operation.scope is None:
        codes.append("session_needed")
    codes.append("credential_needed")
    codes.append("bad_parameter")
    if operation.body is not None:
        codes += _BODY
    if operation.method == "POST":
        codes += _KEY
    if operation.method != "GET":
        codes.append("csrf")
    if operation.needs_match:
        codes += _MATCH
    return sorted({*codes, *_ALWAYS_LAST}, key=list(CODES).index)


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    wanted: dict[tuple[type[BaseModel], Literal["validation", "serialization"]], None] = {
        (ProblemView, "serialization"): None
    }
    for operation in operations:
        for read in (operation.parameters, operation.body):
            if read is not None:
                wanted[read, "validation"] = None
        for shown in operation.answers.values():
            if shown is not None:
                wanted[shown, "serialization"] = None
    _, schema = models_json_schema(list(wanted), ref_template=_REF)
    found: dict[str, Any] = schema["$defs"]
    return found


def _operation(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n\n".join(filter(None, (operation.description, _right(operation)))),
        "parameters": [*_parameters(operation, schemas), *_headers(operation)],
        "responses": {**_answers(operation), **_problems(operation)},
    }
    if operation.body is not None:
        content: dict[str, Any] = {"schema": {"$ref": _REF.format(model=operation.body.__name__)}}
        if operation.sends is not None:
            content["example"] = operation.sends
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _right(operation: Operation) -> str:
    if operation.scope is None:
        return "Needs a signed-in browser."
    also = " A signed-in student may call it too." if operation.students else ""
    return f"Needs the scope `{operation.scope.value}`.{also}"


def _parameters(operation: Operation, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
    if operation.parameters is None:
        return []
    schema = schemas[operation.parameters.__name__]
    needed = schema.get("required", [])
    return [
        _parameter(name, value, in_path=f"{{{name}}}" in operation.path, required=name in needed)
        for name, value in schema["properties"].items()
    ]


def _parameter(name: str, schema: Mapping[str, Any], *, in_path: bool, required: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "in": "path" if in_path else "query",
        "required": in_path or required,
        "schema": _without_null(schema),
    }
    if "description" in schema:
        found["description"] = schema["description"]
    return found


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a value that is left out rather than null."""
    kept = {name: value for name, value in schema.items() if name not in ("title", "description")}
    if kept.get("default", "") is None:
        del kept["default"]
    choices = [one for one in kept.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        del kept["anyOf"]
        kept |= choices[0]
    return kept


def _headers(operation: Operation) -> list[dict[str, Any]]:
    found = []
    if operation.method == "POST":
        says = "The same key: the same answer, and nothing made twice. A string in quotes, or bare."
        found.append(_header("Idempotency-Key", says))
    if operation.needs_match:
        found.append(_header("If-Match", "The ETag that was read, in quotes.", r'^"[!#-~]*"$'))
    if operation.has_etag and operation.method == "GET":
        found.append(_header("If-None-Match", "An ETag: 304 if it is still so."))
    return found


def _header(name: str, says: str, pattern: str | None = None) -> dict[str, Any]:
    schema = {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": False, "description": says, "schema": schema}


def _answers(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, model in operation.answers.items():
        one: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        if model is not None:
            content: dict[str, Any] = {"schema": {"$ref": _REF.format(model=model.__name__)}}
            if operation.example is not None and status == next(iter(operation.answers)):
                content["example"] = operation.example
            one["content"] = {"application/json": content}
        if operation.has_etag:
            one["headers"] = {"ETag": {"schema": {"type": "string"}}}
        if status in (201, 202):
            one.setdefault("headers", {})["Location"] = {"schema": {"type": "string"}}
        found[str(status)] = one
    if operation.has_etag and operation.method == "GET":
        found["304"] = {"description": "Not Modified", "headers": {"ETag": {"schema": {"type": "string"}}}}
    return found


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes_of(operation):
        by_status[CODES[code].status].append(code)
    return {str(status): _problem(codes) for status, codes in sorted(by_status.items())}


def _problem(codes: Iterable[str]) -> dict[str, Any]:
    codes = list(codes)
    status = CODES[codes[0]].status
    example = {**PROBLEM_EXAMPLE, "status": status, "title": HTTPStatus(status).phrase, "code": codes[0]}
    example["type"] = f"/api/docs#problem-{codes[0]}"
    lines = "\n".join(f"- `{code}`: {CODES[code].means}" for code in codes)
    content = {"schema": {"$ref": _REF.format(model=ProblemView.__name__)}, "example": example}
    return {"description": lines, "content": {"application/problem+json": content}}
