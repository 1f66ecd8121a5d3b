import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from openapi_pydantic import parse_obj
from pydantic import BaseModel

from placement_alerts.web.api.codes import CODES
from placement_alerts.web.api.openapi import codes_of, document
from placement_alerts.web.api.routes import ApiRoutes
from tests.web.api.conftest import Stage


@pytest.fixture
def routes(stage: Stage) -> ApiRoutes:
    return ApiRoutes(stage.services)


async def test_every_route_is_documented_and_everything_documented_is_routed(routes: ApiRoutes) -> None:
    registered = {
        (route.method.lower(), route.path)
        for route in routes.routes()
        if route.path.startswith("/api/v1") and route.method != "*"
    }

    paths = document(routes.operations, routes.services.settings)["paths"]

    assert {(method, path) for path, methods in paths.items() for method in methods} == registered


async def test_document_is_openapi_3_1(stage: Stage) -> None:
    reply = await stage.get("/api/openapi.json", token=None)

    parsed = parse_obj(reply.json)

    assert parsed.openapi == "3.1.0"
    assert reply.headers["Cache-Control"] == "public, max-age=300"


async def test_every_operation_says_all_that_is_promised_of_it(routes: ApiRoutes) -> None:
    found = document(routes.operations, routes.services.settings)

    lacking = [operation["operationId"] for operation in _documented(found) if not _is_whole(operation)]

    assert lacking == []


async def test_names_of_operations_are_unique(routes: ApiRoutes) -> None:
    names = [operation.name for operation in routes.operations]

    assert len(names) == len(set(names))


async def test_every_reference_leads_to_a_schema(routes: ApiRoutes) -> None:
    found = document(routes.operations, routes.services.settings)

    missing = {ref for ref in _references(found) if ref.rpartition("/")[2] not in found["components"]["schemas"]}

    assert missing == set()


async def test_examples_are_what_the_models_say(routes: ApiRoutes) -> None:
    for operation in routes.operations:
        model = next(iter(operation.answers.values()))
        _check_example(model, operation.example)
        _check_example(operation.body, operation.sends)


async def test_every_problem_code_is_known(routes: ApiRoutes) -> None:
    used = {code for operation in routes.operations for code in codes_of(operation)}

    assert used <= set(CODES)


async def test_path_parameters_are_named_by_the_path(routes: ApiRoutes) -> None:
    for operation in routes.operations:
        named = set(web.DynamicResource(operation.path)._pattern.groupindex) if "{" in operation.path else set()
        assert named <= set(operation.parameters.model_fields if operation.parameters else ())


async def test_every_single_thing_has_an_etag(routes: ApiRoutes) -> None:
    single = [one for one in routes.operations if one.method == "GET" and one.path.endswith("}")]

    # a webhook's call is a row of a log that changes by itself
    assert {one.name for one in single if not one.has_etag} <= {"getWebhookCall"}


async def test_limits_are_said_in_words_of_json_schema(routes: ApiRoutes) -> None:
    found = document(routes.operations, routes.services.settings)

    limit = next(one for one in found["paths"]["/api/v1/notices"]["get"]["parameters"] if one["name"] == "limit")

    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


def _documented(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in found["paths"].values():
        yield from methods.values()


def _is_whole(operation: dict[str, Any]) -> bool:
    first = next(iter(operation["responses"].values()))
    has_example = "content" not in first or "example" in first["content"]["application/json"]
    refused = {"400", "401", "403", "406", "429", "500", "503"} <= set(operation["responses"])
    return bool(operation["summary"]) and has_example and refused


def _references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(found, list):
        for value in found:
            yield from _references(value)


def _check_example(model: type[BaseModel] | None, example: Any) -> None:
    if model is not None:
        model.model_validate_json(json.dumps(example))
