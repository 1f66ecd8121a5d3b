from datetime import timedelta

import pytest

from placement_alerts.core.token import Scope
from placement_alerts.store.base import Store
from placement_alerts.web.api.routes import ApiRoutes
from tests.builders import NOW, YEAR, a_student
from tests.web.api.conftest import Moments, Stage, a_stage, a_token


async def _statuses(stage: Stage, **call: str | None) -> dict[str, int]:
    """Return what each operation answers, by its name."""
    found = {}
    for operation in ApiRoutes(stage.services).operations:
        stage.moments.pass_by(minutes=2)  # limits are tested elsewhere
        path = operation.path.replace("{", "").replace("}", "")
        found[operation.name] = (await stage.call(operation.method, path, **call)).status  # type: ignore[arg-type]
    return found


async def test_every_operation_needs_a_credential(stage: Stage) -> None:
    assert set((await _statuses(stage, token=None)).values()) == {401}


async def test_every_operation_refuses_a_wrong_token(stage: Stage) -> None:
    assert set((await _statuses(stage, token="pa_wrong")).values()) == {401}


async def test_every_operation_refuses_a_token_of_too_few_rights(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("weak", Scope.METRICS, expires_at=NOW + timedelta(days=3650)))

    assert set((await _statuses(stage, token="pa_weak")).values()) == {403}


async def test_challenge_names_realm_and_fault(stage: Stage) -> None:
    without = await stage.get("/api/v1/notices", token=None)
    wrong = await stage.get("/api/v1/notices", token="pa_wrong")

    assert without.headers["WWW-Authenticate"] == 'Bearer realm="placement_alerts"'
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="placement_alerts", error="invalid_token"'
    assert (without.code, wrong.code) == ("credential_needed", "credential_wrong")


async def test_challenge_names_the_missing_scope(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("reader", Scope.NOTICES_READ))

    reply = await stage.get("/api/v1/deliveries", token="pa_reader")

    assert reply.code == "scope_missing"
    assert 'error="insufficient_scope", scope="deliveries:read"' in reply.headers["WWW-Authenticate"]


async def test_api_key_is_the_same_token(stage: Stage) -> None:
    reply = await stage.get("/api/v1/notices", token=None, headers={"X-API-Key": "pa_admin"})

    assert reply.status == 200


@pytest.mark.parametrize(
    "sent", ["Basic cGE6eA==", "Bearer", "Bearer  ", "Bearer pa_", "pa_admin", "Bearer pa_" + "x" * 5000, "Bearer pa_é"]
)
async def test_what_is_no_token_is_a_wrong_credential(stage: Stage, sent: str) -> None:
    reply = await stage.get("/api/v1/notices", token=None, headers={"Authorization": sent})

    assert (reply.status, reply.code) == (401, "credential_wrong")


async def test_wrong_token_beside_a_session_is_refused(stage: Stage) -> None:
    stage.visit(a_student(), admin=True)

    assert (await stage.get("/api/v1/notices", token="pa_wrong")).status == 401


async def test_token_ends_at_its_hour(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("short", expires_at=NOW + timedelta(minutes=1)))
    before = await stage.get("/api/v1/notices", token="pa_short")
    stage.moments.pass_by(minutes=1)

    after = await stage.get("/api/v1/notices", token="pa_short")

    assert (before.status, after.status) == (200, 401)


async def test_token_revoked_elsewhere_ends_within_a_second(stage: Stage) -> None:
    token = a_token("short")
    await stage.store.tokens.add(token)
    await stage.get("/api/v1/notices", token="pa_short")
    await stage.store.tokens.revoke(token.id, NOW)
    stage.moments.pass_by(seconds=1)

    assert (await stage.get("/api/v1/notices", token="pa_short")).status == 401


async def test_token_ends_when_its_maker_is_no_admin_any_more(store: Store, moments: Moments) -> None:
    _, student = await store.students.join("telegram", "7", YEAR, {}, NOW)
    await store.tokens.add(a_token("made", created_by=student.id))

    async with a_stage(store, moments, admins=frozenset({7})) as stage:
        assert (await stage.get("/api/v1/notices", token="pa_made")).status == 200
    async with a_stage(store, moments, admins=frozenset({8})) as stage:
        assert (await stage.get("/api/v1/notices", token="pa_made")).status == 401


async def test_token_ends_with_the_token_that_made_it(stage: Stage) -> None:
    maker = a_token("maker", expires_at=NOW + timedelta(days=2))
    await stage.store.tokens.add(maker)
    sent = {"label": "made", "scopes": ["admin"], "days": 365}
    made = (await stage.post("/api/v1/tokens", sent, token="pa_maker")).json
    before = await stage.get("/api/v1/notices", token=made["token"])
    await stage.call("DELETE", f"/api/v1/tokens/{maker.id}")

    after = await stage.get("/api/v1/notices", token=made["token"])

    assert made["expires_at"] == "2025-11-12T06:30:00Z"
    assert (before.status, after.status) == (200, 401)


async def test_use_is_noted_by_the_minute(stage: Stage) -> None:
    stage.moments.pass_by(hours=1, seconds=25)

    await stage.get("/api/v1/notices")

    token = await stage.store.tokens.by_hash(a_token().hash)
    assert token is not None
    assert token.used_at == NOW + timedelta(hours=1)


async def test_admins_session_may_do_all(stage: Stage) -> None:
    stage.visit(a_student(), admin=True)

    assert (await stage.get("/api/v1/audit", token=None)).status == 200


async def test_students_session_may_not_do_what_needs_a_scope(stage: Stage) -> None:
    stage.visit(a_student())

    assert (await stage.get("/api/v1/students", token=None)).status == 403


async def test_limit_of_a_token_counts_down_and_recovers(stage: Stage) -> None:
    first = await stage.get("/api/v1/notices")
    second = await stage.get("/api/v1/notices")
    for _ in range(58):
        await stage.get("/api/v1/notices")
    refused = await stage.get("/api/v1/notices")
    stage.moments.pass_by(seconds=int(refused.headers["Retry-After"]))
    recovered = await stage.get("/api/v1/notices")

    assert first.headers["RateLimit-Policy"] == '"token";q=600;w=60'
    assert (first.headers["RateLimit"], second.headers["RateLimit"]) == ('"token";r=59;t=1', '"token";r=58;t=1')
    assert (refused.status, refused.code, refused.json["retry_after_s"]) == (429, "too_many_requests", 1)
    assert recovered.status == 200
