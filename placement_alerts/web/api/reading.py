"""What a request brings, read by the models of its operation: parameters and body. All faults are told at once."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.operation import Operation
from placement_alerts.web.problems import FieldError, Problem

BODY_BYTES_MAX = 256 * 1024
ERRORS_SHOWN = 100

# pydantic's words are not ours to promise: codes and details of our own, by its type of error
_WORDS = {
    "missing": ("required", "is needed"),
    "extra_forbidden": ("unknown", "is not known here"),
    "string_too_short": ("too_short", "should have at least {min_length} characters"),
    "string_too_long": ("too_long", "should have at most {max_length} characters"),
    "too_short": ("too_short", "should have at least {min_length} items"),
    "too_long": ("too_long", "should have at most {max_length} items"),
    "string_pattern_mismatch": ("bad_format", "should match {pattern}"),
    "string_type": ("wrong_type", "should be a text"),
    "string_unicode": ("wrong_type", "should be a text in UTF-8"),
    "int_type": ("wrong_type", "should be a whole number"),
    "int_parsing": ("wrong_type", "should be a whole number"),
    "int_from_float": ("wrong_type", "should be a whole number"),
    "float_type": ("wrong_type", "should be a number"),
    "float_parsing": ("wrong_type", "should be a number"),
    "finite_number": ("wrong_type", "should be a finite number"),
    "bool_type": ("wrong_type", "should be true or false"),
    "bool_parsing": ("wrong_type", "should be true or false"),
    "list_type": ("wrong_type", "should be a list"),
    "tuple_type": ("wrong_type", "should be a list"),
    "model_type": ("wrong_type", "should be an object"),
    "model_attributes_type": ("wrong_type", "should be an object"),
    "datetime_type": ("wrong_type", "should be a time as RFC 3339 has it"),
    "datetime_parsing": ("bad_format", "should be a time as RFC 3339 has it"),
    "datetime_from_date_parsing": ("bad_format", "should be a time as RFC 3339 has it"),
    "timezone_aware": ("bad_format", "should name its zone, such as Z"),
    "enum": ("unknown_value", "should be one of {expected}"),
    "literal_error": ("unknown_value", "should be one of {expected}"),
    "greater_than_equal": ("too_small", "should be at least {ge}"),
    "less_than_equal": ("too_large", "should be at most {le}"),
    "greater_than": ("too_small", "should be above {gt}"),
    "less_than": ("too_large", "should be below {lt}"),
    "value_error": ("invalid", "{error}"),
}


def read_parameters(operation: Operation, request: web.Request) -> Any:
    """Return the operation's parameters. Raises Problem 400."""
    model = operation.parameters
    if model is None:
        if request.query_string:
            _refuse_unknown(request.query)
        return None
    values: dict[str, Any] = dict(request.match_info)
    if request.query_string:
        _add_query(values, model, request)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise problem(
            "bad_parameter", "parameters cannot be read", errors=_field_errors(error, pointers=False)
        ) from None


async def read_body(operation: Operation, request: web.Request) -> tuple[Any, bytes]:
    """Return the body, and its bytes; (None, b"") where none is taken. Raises Problem 400, 413, 415 or 422."""
    if operation.body is None:
        return None, b""
    if request.content_type != "application/json":
        raise problem("unsupported_media_type", "the body should be application/json")
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise _too_large()
    raw = await _read(request)
    try:
        return operation.body.model_validate_json(raw), raw
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False, include_input=False)):
            raise problem("bad_json", "the body is not JSON in UTF-8") from None
        raise problem("invalid_values", "the body breaks rules", errors=_field_errors(error, pointers=True)) from None


async def _read(request: web.Request) -> bytes:
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > BODY_BYTES_MAX:
            raise _too_large()
    return bytes(raw)


def _too_large() -> Problem:
    return problem("too_large", f"the body should have at most {BODY_BYTES_MAX // 1024} KiB")


def _add_query(values: dict[str, Any], model: type[BaseModel], request: web.Request) -> None:
    lists = _lists(model)
    wrong = []
    for name in request.query:
        given = request.query.getall(name)
        if name not in model.model_fields or name in request.match_info:
            wrong.append(FieldError(_short(name), "unknown", "is not known here"))
        elif name in lists:
            values[name] = given
        elif len(given) > 1:
            wrong.append(FieldError(name, "repeated", "should be given once"))
        else:
            values[name] = given[0]
    if wrong:
        raise problem("bad_parameter", "parameters cannot be read", errors=tuple(dict.fromkeys(wrong))[:ERRORS_SHOWN])


def _refuse_unknown(names: Iterable[str]) -> None:
    wrong = [FieldError(_short(name), "unknown", "is not known here") for name in dict.fromkeys(names)]
    raise problem("bad_parameter", "parameters cannot be read", errors=wrong[:ERRORS_SHOWN])


@cache
def _lists(model: type[BaseModel]) -> frozenset[str]:
    """Return the parameters that may be repeated."""
    properties = model.model_json_schema().get("properties", {})
    return frozenset(name for name, schema in properties.items() if schema.get("type") == "array")


def _field_errors(error: ValidationError, *, pointers: bool) -> list[FieldError]:
    found = error.errors(include_url=False, include_input=False)
    return [_field_error(one, pointers=pointers) for one in found[:ERRORS_SHOWN]]


def _field_error(one: ErrorDetails, *, pointers: bool) -> FieldError:
    code, words = _WORDS.get(one["type"], ("invalid", "is not what the documentation says"))
    context = {name: str(value) for name, value in one.get("ctx", {}).items()}
    place = _pointer(one["loc"]) if pointers else _short(str(one["loc"][0])) if one["loc"] else ""
    return FieldError(place, code, words.format_map(context))


def _pointer(path: tuple[int | str, ...]) -> str:
    """Return the place in the body as RFC 6901 writes it."""
    return "".join("/" + _short(str(part)).replace("~", "~0").replace("/", "~1") for part in path)


def _short(name: str) -> str:
    """Return a name that a caller chose, fit to be shown: no longer than ours, and no half characters."""
    return name[:100].encode(errors="replace").decode()
