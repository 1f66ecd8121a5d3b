from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Store
from placement_alerts.web.api import jobs
from placement_alerts.web.api.credentials import Credentials
from placement_alerts.web.api.operation import Answer, Call
from placement_alerts.web.api.serving import Serving
from placement_alerts.web.server import make_application, serve
from tests.web.api.conftest import Moments, Stage, a_stage

A_NOTICE = {"year": "202526", "kind": "announcement", "title": "Office closed", "text": "On Friday."}


async def test_problem_has_its_shape(stage: Stage) -> None:
    reply = await stage.get("/api/v1/notices/n404", headers={"X-Request-Id": "abc-1"})

    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json == {
        "type": "/api/docs#problem-not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no such notice",
        "instance": "/api/v1/notices/n404",
        "code": "not_found",
        "request_id": "abc-1",
    }


async def test_unknown_address_is_a_problem(stage: Stage) -> None:
    reply = await stage.post("/api/v1/nothing/here", {})

    assert (reply.status, reply.code) == (404, "not_found")


async def test_other_method_is_told_which_ones_are_known(stage: Stage) -> None:
    reply = await stage.call("PATCH", "/api/v1/notices/n1")

    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"


async def test_method_override_is_ignored(stage: Stage) -> None:
    reply = await stage.get("/api/v1/tokens", headers={"X-HTTP-Method-Override": "DELETE"})

    assert reply.status == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
async def test_nothing_but_json_is_answered(stage: Stage, accept: str) -> None:
    reply = await stage.get("/api/v1/notices", headers={"Accept": accept})

    assert (reply.status, reply.code) == (406, "not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/*;q=0.5"])
async def test_whoever_takes_json_gets_it(stage: Stage, accept: str) -> None:
    assert (await stage.get("/api/v1/notices", headers={"Accept": accept})).status == 200


async def test_body_of_another_type_is_refused(stage: Stage) -> None:
    reply = await stage.call("POST", "/api/v1/notices", data="title=x", headers={"Content-Type": "text/plain"})

    assert (reply.status, reply.code) == (415, "unsupported_media_type")


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":1}x', b"\xff\xfe", b"[" * 5000, b'{"title":"\\ud800"}'])
async def test_what_is_no_json_is_refused(stage: Stage, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    reply = await stage.call("POST", "/api/v1/notices", data=body, headers=headers)

    assert (reply.status, reply.code) == (400, "bad_json")


async def test_body_over_the_limit_is_refused(stage: Stage) -> None:
    reply = await stage.post("/api/v1/notices", {**A_NOTICE, "text": "x" * 256 * 1024})

    assert (reply.status, reply.code) == (413, "too_large")


async def test_body_over_the_limit_without_a_length_is_refused(stage: Stage) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * 64 * 1024

    headers = {"Content-Type": "application/json"}
    reply = await stage.call("POST", "/api/v1/notices", data=pieces(), headers=headers)

    assert (reply.status, reply.code) == (413, "too_large")


async def test_all_failing_fields_are_told_at_once(stage: Stage) -> None:
    sent = {**A_NOTICE, "kind": "nonsense", "title": "", "audience": {"branches": [7], "a/b~c": 1}, "txt": ""}
    del sent["text"]

    reply = await stage.post("/api/v1/notices", sent)

    assert (reply.status, reply.code) == (422, "invalid_values")
    assert {(one["pointer"], one["code"]) for one in reply.json["errors"]} == {
        ("/kind", "unknown_value"),
        ("/title", "too_short"),
        ("/text", "required"),
        ("/txt", "unknown"),
        ("/audience/branches/0", "wrong_type"),
        ("/audience/a~1b~0c", "unknown"),
    }


async def test_wrong_values_are_not_echoed(stage: Stage) -> None:
    reply = await stage.post("/api/v1/tokens", {"label": "x", "scopes": ["pa_secret"], "days": "hunter2"})

    assert reply.status == 422
    assert b"pa_secret" not in reply.raw
    assert b"hunter2" not in reply.raw


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("limit=0", "limit", "too_small"),
        ("limit=101", "limit", "too_large"),
        ("limit=1.0", "limit", "invalid"),
        ("limit=1&limit=2", "limit", "repeated"),
        ("sort=asc", "sort", "unknown"),
        ("kind=nonsense", "kind", "unknown_value"),
        ("since=yesterday", "since", "invalid"),
        ("since=1762756200", "since", "invalid"),
        ("since=2025-11-10T06:30:00", "since", "invalid"),
        ("until=0001-01-01T00:00:00%2B14:00", "until", "invalid"),
        ("q=%00", "q", "bad_format"),
        ("year=2025", "year", "bad_format"),
    ],
)
async def test_odd_parameters_are_named(stage: Stage, query: str, name: str, code: str) -> None:
    reply = await stage.get(f"/api/v1/notices?{query}")

    assert (reply.status, reply.code) == (400, "bad_parameter")
    assert [(one["pointer"], one["code"]) for one in reply.json["errors"]] == [(name, code)]


@pytest.mark.parametrize("limit", [1, 100])
async def test_limit_goes_from_1_to_100(stage: Stage, limit: int) -> None:
    assert (await stage.get(f"/api/v1/notices?limit={limit}")).status == 200


@pytest.mark.parametrize("cursor", ["AAAA", "x", "0" * 1000])
async def test_cursor_that_is_none_of_ours_is_refused(stage: Stage, cursor: str) -> None:
    reply = await stage.get(f"/api/v1/notices?cursor={cursor}")

    assert (reply.status, reply.code) == (400, "bad_cursor")


async def test_store_that_is_away_is_a_503(stage: Stage) -> None:
    async def away(_: Call[Any, Any]) -> Answer:
        raise StoreUnavailable("no answer within 5 s from secret-host")

    credentials = Credentials(stage.store, stage.services.now, stage.services.monotonic)
    listing = next(one for one in jobs.operations(stage.services) if one.name == "listJobs")
    handler = Serving(stage.services, credentials).handler(replace(listing, handle=away))
    application = make_application(stage.services, [web.get("/api/v1/jobs", handler)])

    async with serve(application, "127.0.0.1", 0) as port:
        reply = await stage.get(f"http://127.0.0.1:{port}/api/v1/jobs")

    assert (reply.status, reply.code) == (503, "unavailable")
    assert int(reply.headers["Retry-After"]) > 0
    assert b"secret-host" not in reply.raw


@pytest.fixture
async def open_stage(store: Store, moments: Moments) -> AsyncIterator[Stage]:
    """A server that scripts of one other origin may call."""
    async with a_stage(store, moments, cors_origins=("https://app.example",)) as opened:
        yield opened


async def test_listed_origin_may_read(open_stage: Stage) -> None:
    reply = await open_stage.get("/api/v1/notices", headers={"Origin": "https://app.example"})

    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Access-Control-Allow-Credentials" not in reply.headers
    assert "Origin" in reply.headers["Vary"]


async def test_other_origin_may_not(open_stage: Stage) -> None:
    reply = await open_stage.get("/api/v1/notices", headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in reply.headers


async def test_no_origin_may_unless_one_is_listed(stage: Stage) -> None:
    reply = await stage.get("/api/v1/notices", headers={"Origin": "https://app.example"})

    assert "Access-Control-Allow-Origin" not in reply.headers


async def test_browser_that_asks_beforehand_is_told(open_stage: Stage) -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}

    reply = await open_stage.call("OPTIONS", "/api/v1/notices/n1", token=None, headers=headers)

    assert reply.status == 204
    assert "PUT" in reply.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in reply.headers["Access-Control-Allow-Headers"]


async def test_problem_may_be_read_by_a_listed_origin_too(open_stage: Stage) -> None:
    reply = await open_stage.get("/api/v1/notices", token=None, headers={"Origin": "https://app.example"})

    assert reply.status == 401
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"
