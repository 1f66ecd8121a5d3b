from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from placement_alerts.core.token import Scope
from placement_alerts.core.webhook import CallState, EndpointId, WebhookEndpoint
from placement_alerts.core.webhook_signing import signed_headers
from tests.builders import NOW, a_call, a_student, an_endpoint
from tests.web.api.conftest import Reply, Stage, a_token

ROOT = "/api/v1/webhooks"
NEW = {"url": "https://hooks.example.org/in", "label": "Companion site", "events": ["notice.created"]}


async def made(stage: Stage, body: Mapping[str, Any] = NEW, **more: Any) -> Reply:
    reply = await stage.post(ROOT, dict(body), **more)
    assert reply.status == 201
    return reply


async def stored(stage: Stage, identifier: str) -> WebhookEndpoint:
    found = await stage.store.webhooks.get(EndpointId(identifier))
    assert found is not None
    return found


def matching(reply: Reply) -> dict[str, str]:
    return {"If-Match": reply.headers["ETag"]}


async def test_secret_is_shown_when_it_is_made_and_never_again(stage: Stage) -> None:
    reply = await made(stage)

    again = await stage.get(reply.headers["Location"])
    listed = await stage.get(ROOT)

    assert reply.json["secret"].startswith("whsec_")
    assert "secret" not in again.json
    assert reply.json["secret"] not in (again.raw + listed.raw).decode()


async def test_shown_secret_verifies_what_is_signed(stage: Stage) -> None:
    reply = await made(stage)
    now = datetime.now(UTC)

    call = a_call(body='{"a":1}')
    headers = signed_headers(call, await stored(stage, reply.json["id"]), now)

    assert Webhook(reply.json["secret"]).verify(call.body, dict(headers)) == {"a": 1}


async def test_repeated_creation_makes_one_and_hides_the_secret(stage: Stage) -> None:
    headers = {"Idempotency-Key": '"once"'}
    first = await made(stage, headers=headers)

    second = await stage.post(ROOT, NEW, headers=headers)

    assert (second.status, second.code) == (409, "secret_shown_once")
    assert first.json["secret"] not in second.raw.decode()
    assert len(await stage.store.webhooks.all()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/in",
        "https://127.0.0.1/in",
        "https://[::ffff:127.0.0.1]/in",
        "https://2130706433/in",
        "https://0x7f.1/in",
        "https://localhost/in",
        "https://user:word@hooks.example.org/in",
        "https://hooks.example.org:8443/in",
        "https://hooks/in",
        "",
    ],
)
async def test_address_that_may_not_be_called_is_refused(stage: Stage, url: str) -> None:
    reply = await stage.post(ROOT, {**NEW, "url": url})

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/url")
    assert await stage.store.webhooks.all() == []


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"events": ["notice.eaten"]}, "/events/0"),
        ({"label": ""}, "/label"),
        ({"label": "x" * 101}, "/label"),
        ({"colour": "red"}, "/colour"),
        ({"events": "notice.created"}, "/events"),
    ],
)
async def test_wrong_values_are_named(stage: Stage, wrong: dict[str, Any], pointer: str) -> None:
    reply = await stage.post(ROOT, {**NEW, **wrong})

    assert reply.status == 422
    assert pointer in {error["pointer"] for error in reply.json["errors"]}


async def test_change_needs_the_etag_that_was_read(stage: Stage) -> None:
    reply = await made(stage)
    path = reply.headers["Location"]

    without = await stage.call("PATCH", path, json={"label": "B"})
    right = await stage.call("PATCH", path, json={"label": "B"}, headers=matching(reply))
    stale = await stage.call("PATCH", path, json={"label": "C"}, headers=matching(reply))

    assert [one.status for one in (without, right, stale)] == [428, 200, 412]
    assert (await stored(stage, reply.json["id"])).label == "B"


async def test_unchanged_webhook_is_not_sent_again(stage: Stage) -> None:
    reply = await made(stage)

    again = await stage.get(reply.headers["Location"], headers={"If-None-Match": reply.headers["ETag"]})

    assert (again.status, again.raw) == (304, b"")


async def test_change_that_changes_nothing_keeps_the_etag(stage: Stage) -> None:
    reply = await made(stage)

    same = await stage.call("PATCH", reply.headers["Location"], json={"label": NEW["label"]}, headers=matching(reply))

    assert same.headers["ETag"] == reply.headers["ETag"]


async def test_webhook_is_switched_off_and_on(stage: Stage) -> None:
    reply = await made(stage)
    path = reply.headers["Location"]

    off = await stage.call("PATCH", path, json={"enabled": False}, headers=matching(reply))
    on = await stage.call("PATCH", path, json={"enabled": True}, headers=matching(off))

    assert (off.json["enabled"], off.json["off_reason"]) == (False, "by hand")
    assert (on.json["enabled"], on.json["off_reason"]) == (True, None)


async def test_rotation_shows_a_new_secret_and_keeps_the_old_for_a_day(stage: Stage) -> None:
    reply = await made(stage)

    rotated = await stage.post(reply.headers["Location"] + "/rotate-secret", None, headers=matching(reply))

    assert rotated.status == 200
    endpoint = await stored(stage, reply.json["id"])
    assert (endpoint.secret, endpoint.old_secret) == (rotated.json["secret"], reply.json["secret"])
    assert endpoint.old_secret_until == NOW + timedelta(hours=24)


async def test_rotation_needs_the_etag(stage: Stage) -> None:
    reply = await made(stage)

    without = await stage.post(reply.headers["Location"] + "/rotate-secret", None)

    assert without.status == 428


async def test_repeated_rotation_does_not_lose_the_old_secret(stage: Stage) -> None:
    reply = await made(stage)
    path, headers = reply.headers["Location"] + "/rotate-secret", {**matching(reply), "Idempotency-Key": "k"}
    await stage.post(path, None, headers=headers)

    again = await stage.post(path, None, headers=headers)

    assert again.code == "secret_shown_once"
    assert (await stored(stage, reply.json["id"])).old_secret == reply.json["secret"]


async def test_deleted_webhook_is_gone_with_its_calls(stage: Stage) -> None:
    reply = await made(stage)
    path = reply.headers["Location"]
    await stage.post(path + "/test", None)

    gone = await stage.call("DELETE", path, headers=matching(reply))

    assert gone.status == 204
    assert (await stage.get(path)).status == 404
    assert await stage.store.webhooks.due(NOW, 10) == []


async def test_test_is_accepted_and_found_in_the_log(stage: Stage) -> None:
    path = (await made(stage)).headers["Location"]

    reply = await stage.post(path + "/test", None)

    assert reply.status == 202
    found = await stage.get(reply.headers["Location"])
    assert '"type":"webhook.test"' in found.json["body"]
    assert [item["id"] for item in (await stage.get(path + "/calls")).json["items"]] == [reply.json["id"]]


async def test_log_goes_back_page_by_page(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint())
    made_at = [NOW + timedelta(minutes=number) for number in range(5)]
    await stage.store.webhooks.add_calls([a_call(f"w{n}", created_at=at) for n, at in enumerate(made_at)])

    first = await stage.get(f"{ROOT}/ep1/calls?limit=3")
    second = await stage.get(f"{ROOT}/ep1/calls?limit=3&cursor={first.json['next']}")

    found = [item["id"] for item in first.json["items"] + second.json["items"]]
    assert found == ["w4", "w3", "w2", "w1", "w0"]
    assert second.json["next"] is None


async def test_list_goes_back_page_by_page(stage: Stage) -> None:
    for number in range(3):
        await stage.store.webhooks.save(an_endpoint(f"ep{number}"))

    first = await stage.get(f"{ROOT}?limit=2")
    second = await stage.get(f"{ROOT}?limit=2&cursor={first.json['next']}")

    assert [item["id"] for item in first.json["items"] + second.json["items"]] == ["ep2", "ep1", "ep0"]


async def test_ended_call_is_sent_again(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint())
    await stage.store.webhooks.add_calls([a_call(state=CallState.FAILED, tries=10)])

    reply = await stage.post(f"{ROOT}/ep1/calls/w1/resend", None)
    again = await stage.post(f"{ROOT}/ep1/calls/w1/resend", None)

    assert (reply.status, reply.json["state"], reply.json["tries"]) == (202, "waiting", 0)
    assert again.status == 409


async def test_call_of_another_webhook_is_unknown(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint("ep1"))
    await stage.store.webhooks.save(an_endpoint("ep2"))
    await stage.store.webhooks.add_calls([a_call()])

    assert (await stage.get(f"{ROOT}/ep2/calls/w1")).status == 404


async def test_nothing_is_sent_again_to_a_webhook_that_is_off(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint(off_reason="gone"))
    await stage.store.webhooks.add_calls([a_call(state=CallState.FAILED)])

    one = await stage.post(f"{ROOT}/ep1/calls/w1/resend", None)
    some = await stage.post(f"{ROOT}/ep1/resend", {"since": "2025-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})

    assert (one.status, some.status) == (409, 409)


async def test_range_is_sent_again(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint())
    calls = [a_call(f"w{n}", state=CallState.FAILED, created_at=NOW + timedelta(hours=n)) for n in range(4)]
    await stage.store.webhooks.add_calls(calls)

    body = {"since": "2025-11-10T07:30:00Z", "until": "2025-11-10T09:30:00Z"}
    reply = await stage.post(f"{ROOT}/ep1/resend", body)

    assert (reply.status, reply.json) == (202, {"resent": 2})


async def test_range_that_ends_before_it_starts_is_refused(stage: Stage) -> None:
    await stage.store.webhooks.save(an_endpoint())

    reply = await stage.post(f"{ROOT}/ep1/resend", {"since": "2026-01-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"})

    assert reply.status == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ROOT),
        ("POST", ROOT),
        ("GET", f"{ROOT}/ep1"),
        ("PATCH", f"{ROOT}/ep1"),
        ("DELETE", f"{ROOT}/ep1"),
        ("POST", f"{ROOT}/ep1/rotate-secret"),
        ("POST", f"{ROOT}/ep1/test"),
        ("POST", f"{ROOT}/ep1/resend"),
        ("GET", f"{ROOT}/ep1/calls"),
        ("GET", f"{ROOT}/ep1/calls/w1"),
        ("POST", f"{ROOT}/ep1/calls/w1/resend"),
    ],
)
async def test_every_route_needs_the_scope(stage: Stage, method: str, path: str) -> None:
    await stage.store.tokens.add(a_token("weak", Scope.NOTICES_READ))

    nobody = await stage.call(method, path, token=None)
    weak = await stage.call(method, path, token="pa_weak")

    assert (nobody.status, weak.status) == (401, 403)


async def test_student_is_refused_and_admin_is_not(stage: Stage) -> None:
    stage.visit(a_student())
    student = await stage.get(ROOT, token=None)
    stage.visit(a_student(), admin=True)
    admin = await stage.get(ROOT, token=None)

    assert (student.status, admin.status) == (403, 200)


async def test_audit_trail_names_who_did_what_without_the_address(stage: Stage) -> None:
    reply = await made(stage)
    await stage.post(reply.headers["Location"] + "/rotate-secret", None, headers=matching(reply))

    entries = await stage.store.audit.find(None, None, 10)

    assert {entry.act for entry in entries} == {"webhook.created", "webhook.rotated"}
    assert {entry.actor for entry in entries} == {"token:t-admin"}
    assert "hooks.example.org" not in str(entries)
