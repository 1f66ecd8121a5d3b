import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from placement_alerts.core.token import Scope
from placement_alerts.web.api import office
from placement_alerts.web.api.credentials import Credentials
from placement_alerts.web.api.idempotency import LEASE
from placement_alerts.web.api.operation import Answer, Call
from placement_alerts.web.api.prepared import PreparedNotices
from placement_alerts.web.api.serving import WORK_S, Serving
from placement_alerts.web.problems import Problem
from placement_alerts.web.server import make_application, serve
from tests.web.api.conftest import Reply, Stage, a_token

A_NOTICE = {"year": "202526", "kind": "announcement", "title": "Office closed", "text": "On Friday."}
KEY = {"Idempotency-Key": '"k-1"'}


async def _notices(stage: Stage) -> int:
    return len(await stage.store.notices.latest(None, 100))


async def test_repetition_is_answered_as_before(stage: Stage) -> None:
    first = await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)
    second = await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)

    assert (first.status, second.status) == (201, 201)
    assert first.raw == second.raw
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["ETag"] == first.headers["ETag"]
    assert await _notices(stage) == 1


async def test_key_may_come_without_quotes(stage: Stage) -> None:
    await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)

    reply = await stage.post("/api/v1/notices", A_NOTICE, headers={"Idempotency-Key": "k-1"})

    assert reply.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", '""', '"open', "x" * 256, '"' + "x" * 256 + '"', "café"])
async def test_odd_key_is_refused(stage: Stage, key: str) -> None:
    reply = await stage.post("/api/v1/notices", A_NOTICE, headers={"Idempotency-Key": key})

    assert (reply.status, reply.code) == (400, "bad_key")


@pytest.mark.parametrize("key", ["x" * 255, '"' + "x" * 255 + '"', r'"a\"b\\c"'])
async def test_key_has_up_to_255_characters(stage: Stage, key: str) -> None:
    reply = await stage.post("/api/v1/notices", A_NOTICE, headers={"Idempotency-Key": key})

    assert reply.status == 201


async def test_key_of_another_request_is_refused(stage: Stage) -> None:
    await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)

    reply = await stage.post("/api/v1/notices", {**A_NOTICE, "title": "Other"}, headers=KEY)

    assert (reply.status, reply.code) == (422, "key_reused")


async def test_same_key_on_another_route_is_another_key(stage: Stage) -> None:
    await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)

    reply = await stage.post("/api/v1/notices/preview", {"year": "202526"}, headers=KEY)

    assert reply.status == 200


async def test_same_key_of_another_credential_is_another_key(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("writer", Scope.NOTICES_WRITE))
    await stage.post("/api/v1/notices", A_NOTICE, headers=KEY)

    reply = await stage.post("/api/v1/notices", A_NOTICE, headers=KEY, token="pa_writer")

    assert "Idempotency-Replayed" not in reply.headers
    assert await _notices(stage) == 2


async def test_problem_is_repeated_too(stage: Stage) -> None:
    sent = {**A_NOTICE, "year": "209900"}
    await stage.post("/api/v1/notices", sent, headers=KEY)

    reply = await stage.post("/api/v1/notices", sent, headers=KEY)

    assert (reply.status, reply.headers["Idempotency-Replayed"]) == (422, "true")
    assert reply.headers["Content-Type"] == "application/problem+json"


async def test_key_is_forgotten_after_a_day(stage: Stage) -> None:
    await stage.post("/api/v1/notices/preview", {"year": "202526"}, headers=KEY)
    stage.moments.pass_by(hours=24)

    reply = await stage.post("/api/v1/notices/preview", {"year": "202627"}, headers=KEY)

    assert reply.status == 200


class Scripted:
    """An operation whose handler does what a test says, served by itself."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self.ids: list[str] = []
        self.raised: list[Exception] = []
        self.does_the_work = False
        prepared = PreparedNotices(stage.store.notices, stage.services.monotonic)
        created = office.operations(stage.services, prepared)
        self.create = next(one for one in created if one.name == "createNotice")

    async def handle(self, call: Call[Any, Any]) -> Answer:
        self.ids.append(call.new_id("n"))
        if self.does_the_work:
            await self.create.handle(call)
        self.reached.set()
        if len(self.ids) == 1:
            await self.go_on.wait()
        if self.raised:
            raise self.raised.pop()
        return Answer(b'{"done":true}', status=201)

    async def post(self, port: int) -> Reply:
        return await self.stage.post(f"http://127.0.0.1:{port}/api/v1/notices", A_NOTICE, headers=KEY)

    def application(self) -> web.Application:
        services = self.stage.services
        serving = Serving(services, Credentials(self.stage.store, services.now, services.monotonic))
        handler = serving.handler(replace(self.create, handle=self.handle))
        return make_application(services, [web.post("/api/v1/notices", handler)])


@pytest.fixture
def scripted(stage: Stage) -> Scripted:
    return Scripted(stage)


async def test_repetition_meanwhile_is_told_to_wait(scripted: Scripted) -> None:
    async with serve(scripted.application(), "127.0.0.1", 0) as port, asyncio.TaskGroup() as calls:
        first = calls.create_task(scripted.post(port))
        await scripted.reached.wait()

        second = await scripted.post(port)
        scripted.go_on.set()

    assert (second.status, second.code, second.headers["Retry-After"]) == (409, "request_in_progress", "1")
    assert first.result().status == 201
    assert len(scripted.ids) == 1


async def test_of_many_at_once_one_does_the_work(scripted: Scripted) -> None:
    scripted.go_on.set()
    async with serve(scripted.application(), "127.0.0.1", 0) as port, asyncio.TaskGroup() as calls:
        replies = [calls.create_task(scripted.post(port)) for _ in range(10)]

    assert len(scripted.ids) == 1
    assert {reply.result().status for reply in replies} <= {201, 409}


@pytest.mark.parametrize(
    "failure", [Problem(503, "unavailable", "away"), Problem(429, "too_many_requests", "slow down"), OSError("bug")]
)
async def test_failure_of_ours_is_not_kept(scripted: Scripted, failure: Exception) -> None:
    scripted.go_on.set()
    scripted.raised = [failure]
    async with serve(scripted.application(), "127.0.0.1", 0) as port:
        failed = await scripted.post(port)
        repeated = await scripted.post(port)

    assert failed.status in (429, 500, 503)
    assert repeated.status == 201


async def test_repetition_after_a_crash_makes_nothing_twice(scripted: Scripted, stage: Stage) -> None:
    scripted.does_the_work = True
    async with serve(scripted.application(), "127.0.0.1", 0) as port, asyncio.TaskGroup() as calls:
        calls.create_task(scripted.post(port))
        await scripted.reached.wait()  # the notice is stored, and no answer: here the process ends
        stage.moments.pass_by(seconds=61)
        repeated = await scripted.post(port)
        scripted.go_on.set()

    assert repeated.status == 201
    assert "Idempotency-Replayed" not in repeated.headers
    assert scripted.ids[0] == scripted.ids[1]
    assert await _notices(stage) == 1


async def test_token_made_before_a_crash_is_the_same_after_it(stage: Stage) -> None:
    sent = {"label": "app", "scopes": ["notices:read"]}
    first = await stage.post("/api/v1/tokens", sent, headers=KEY)
    # a crash between making it and keeping the answer: the lease is what remains
    stage.moments.pass_by(hours=25)
    second = await stage.post("/api/v1/tokens", sent, headers=KEY)

    assert (first.json["id"], first.json["token"]) == (second.json["id"], second.json["token"])
    assert len(await stage.store.tokens.all()) == 2


async def test_secret_is_neither_kept_nor_shown_again(stage: Stage) -> None:
    sent = {"label": "app", "scopes": ["notices:read"]}
    first = await stage.post("/api/v1/tokens", sent, headers=KEY)

    second = await stage.post("/api/v1/tokens", sent, headers=KEY)

    assert (second.status, second.code) == (409, "secret_shown_once")
    assert second.headers["Location"] == first.headers["Location"]
    assert first.json["token"].encode() not in second.raw
    assert first.json["id"] in second.json["detail"]


async def test_secret_is_not_in_the_store(stage: Stage, tmp_path: Any) -> None:
    reply = await stage.post("/api/v1/tokens", {"label": "app", "scopes": ["notices:read"]}, headers=KEY)

    files = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]

    assert files
    assert not any(reply.json["token"].encode() in content for content in files)


async def test_lease_outlives_the_longest_work() -> None:
    assert timedelta(seconds=WORK_S) < LEASE
