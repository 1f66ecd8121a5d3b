"""Jobs, offers, students, deliveries, sources, tokens, audit and figures."""

from typing import Any

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.student import StudentId
from placement_alerts.core.token import Scope
from placement_alerts.store.base import PollState, RequestState
from tests.builders import NOW, YEAR, a_delivery, a_job, a_notice, a_student, after, an_offer
from tests.web.api.conftest import Stage, a_token


async def _pages(stage: Stage, path: str, *, token: str | None = "pa_admin") -> list[str]:
    """Return the ids of a list, walked two at a time."""
    sign = "&" if "?" in path else "?"
    reply = await stage.get(f"{path}{sign}limit=2", token=token)
    found = [item["id"] for item in reply.json["items"]]
    while reply.json["next"] is not None:
        reply = await stage.get(reply.headers["Link"].removeprefix("<").partition(">")[0], token=token)
        found += [item["id"] for item in reply.json["items"]]
    return found


async def test_jobs_come_latest_deadline_first_and_without_one_last(stage: Stage) -> None:
    for number in range(4):
        await stage.store.jobs.save(a_job(f"j{number}", deadline=after(hours=number)))
    await stage.store.jobs.save(a_job("j9", deadline=None))

    assert await _pages(stage, "/api/v1/jobs") == ["j3", "j2", "j1", "j0", "j9"]


async def test_jobs_are_searched(stage: Stage) -> None:
    await stage.store.jobs.save(a_job("j1", location="Pune"))
    await stage.store.jobs.save(a_job("j2", location="Noida", deadline=NOW))

    assert await _pages(stage, "/api/v1/jobs?q=pune") == ["j1"]
    assert await _pages(stage, "/api/v1/jobs?open=true") == ["j1"]


async def test_job_that_is_known_is_not_sent_again(stage: Stage) -> None:
    await stage.store.jobs.save(a_job())
    tag = (await stage.get("/api/v1/jobs/jp-208")).headers["ETag"]

    assert (await stage.get("/api/v1/jobs/jp-208", headers={"If-None-Match": tag})).status == 304


async def test_offers_name_students_to_admins_alone(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("stats", Scope.STATS_READ))
    await stage.store.offers.save(an_offer())

    counted = await stage.get("/api/v1/offers", token="pa_stats")
    named = await stage.get("/api/v1/offers")

    assert (counted.json["items"][0]["students_count"], counted.json["items"][0]["students"]) == (1, None)
    assert b"Asha" not in counted.raw
    assert named.json["items"][0]["students"][0]["name"] == "Asha Rao"


async def test_offers_are_walked_by_company(stage: Stage) -> None:
    for key in ("c", "a", "b"):
        await stage.store.offers.save(an_offer(key))

    assert await _pages(stage, "/api/v1/offers") == [f"offer:{YEAR}:{key}" for key in "abc"]
    assert (await stage.get(f"/api/v1/offers/offer:{YEAR}:b")).json["version"] == 1


async def test_student_reads_and_changes_their_own_profile(stage: Stage) -> None:
    _, student = await stage.store.students.join("telegram", "7", YEAR, {"first_name": "Asha"}, NOW)
    stage.visit(student)

    changed = await stage.call("PATCH", "/api/v1/students/me", json={"branch": "CSE", "cgpa": 8.25}, token=None)
    kept = await stage.call("PATCH", "/api/v1/students/me", json={"cgpa": None}, token=None)
    read = await stage.get("/api/v1/students/me", token=None)

    assert (changed.json["branch"], changed.json["cgpa"]) == ("CSE", 8.25)
    assert (kept.json["branch"], kept.json["cgpa"]) == ("CSE", None)
    assert (read.json["first_name"], read.json["addresses"][0]["channel"]) == ("Asha", "telegram")


@pytest.mark.parametrize(
    ("sent", "pointer"), [({"cgpa": 10.5}, "/cgpa"), ({"year": "209900"}, "/year"), ({"name": "x"}, "/name")]
)
async def test_odd_profile_is_refused(stage: Stage, sent: dict[str, Any], pointer: str) -> None:
    _, student = await stage.store.students.join("telegram", "7", YEAR, {}, NOW)
    stage.visit(student)

    reply = await stage.call("PATCH", "/api/v1/students/me", json=sent, token=None)

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)


async def test_token_has_no_profile(stage: Stage) -> None:
    reply = await stage.get("/api/v1/students/me")

    assert (reply.status, reply.code) == (403, "session_needed")


async def test_student_sees_their_own_deliveries_alone(stage: Stage) -> None:
    _, student = await stage.store.students.join("telegram", "7", YEAR, {}, NOW)
    mine = [a_delivery(notice=f"n{number}", student_id=student.id) for number in range(3)]
    await stage.store.deliveries.plan([*mine, a_delivery("8", student_id=StudentId("other"))])
    stage.visit(student)

    assert sorted(await _pages(stage, "/api/v1/students/me/deliveries", token=None)) == [one.id for one in mine]


async def test_students_are_listed_without_addresses_and_names_to_admins_alone(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("office", Scope.STUDENTS_READ))
    await stage.store.students.join("telegram", "chat-77", YEAR, {"first_name": "Asha"}, NOW)

    counted = await stage.get("/api/v1/students", token="pa_office")
    named = await stage.get("/api/v1/students")

    assert b"Asha" not in counted.raw
    assert b"chat-77" not in named.raw
    assert named.json["items"][0]["first_name"] == "Asha"
    assert (await stage.get(f"/api/v1/students/{named.json['items'][0]['id']}")).status == 200


async def test_students_are_walked(stage: Stage) -> None:
    for number in range(5):
        await stage.store.students.join("telegram", str(number), YEAR, {}, NOW)

    found = await _pages(stage, "/api/v1/students")

    assert (len(found), found) == (5, sorted(set(found)))


async def test_deliveries_say_who_got_what_and_why_not(stage: Stage) -> None:
    suppressed: dict[str, Any] = {"state": DeliveryState.SUPPRESSED, "channel": "", "target": "", "address_id": None}
    await stage.store.deliveries.plan([a_delivery("1"), a_delivery("2", **suppressed, reason="other branch")])

    reply = await stage.get("/api/v1/deliveries?state=suppressed")

    assert [(one["student_id"], one["reason"]) for one in reply.json["items"]] == [("s2", "other branch")]
    assert "target" not in reply.json["items"][0]


async def test_deliveries_are_walked_and_filtered(stage: Stage) -> None:
    rows = [a_delivery(str(number), planned_at=after(seconds=number)) for number in range(5)]
    await stage.store.deliveries.plan([*rows, a_delivery("9", notice="other")])

    assert await _pages(stage, "/api/v1/deliveries?notice_id=n1") == [row.id for row in reversed(rows)]


async def test_deliveries_of_a_notice_are_counted(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())
    await stage.store.deliveries.plan([a_delivery("1"), a_delivery("2")])

    reply = await stage.get("/api/v1/notices/n1/deliveries")

    assert reply.json["items"] == [{"channel": "telegram", "state": "due", "count": 2}]


async def test_dead_delivery_is_tried_again(stage: Stage) -> None:
    dead = a_delivery(state=DeliveryState.DEAD, attempts=8)
    await stage.store.deliveries.plan([dead])

    reply = await stage.call("POST", f"/api/v1/deliveries/{dead.id}/retry")

    assert (reply.status, reply.json["state"], reply.json["attempts"]) == (200, "due", 0)
    assert (await stage.store.audit.find(None, None, 1))[0].act == "delivery.retried"


async def test_delivery_that_is_under_way_is_not_tried_again(stage: Stage) -> None:
    await stage.store.deliveries.plan([a_delivery()])

    reply = await stage.call("POST", f"/api/v1/deliveries/{a_delivery().id}/retry")

    assert (reply.status, reply.code) == (409, "not_possible")


async def test_what_matches_is_tried_again(stage: Stage) -> None:
    rows = [a_delivery(str(at), notice=f"n{at % 2}", state=DeliveryState.DEAD) for at in range(4)]
    await stage.store.deliveries.plan(rows)

    reply = await stage.post("/api/v1/deliveries/retry", {"state": "dead", "notice_id": "n1"})

    assert reply.json == {"retried": 2, "more": False}


async def test_only_what_ended_badly_can_be_tried_again(stage: Stage) -> None:
    reply = await stage.post("/api/v1/deliveries/retry", {"state": "sent"})

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/state")


async def test_sources_say_how_they_are_doing(stage: Stage) -> None:
    await stage.store.sources.save_poll("superset", PollState(NOW, NOW, items=5, rejected=2))

    reply = await stage.get("/api/v1/sources")

    assert [(one["name"], one["items"], one["rejected"]) for one in reply.json["items"]] == [
        ("superset", 5, 2),
        ("mailbox", 0, 0),
    ]


async def test_source_is_read_on_demand(stage: Stage) -> None:
    asked = await stage.call("POST", "/api/v1/sources/superset/run")
    taken = await stage.store.requests.take()

    followed = await stage.get(asked.headers["Location"])

    assert asked.status == 202
    assert taken is not None
    assert (taken.kind, taken.args) == ("update", {"source": "superset"})
    assert followed.json["state"] == RequestState.RUNNING


async def test_source_is_asked_once_though_the_call_is_repeated(stage: Stage) -> None:
    for _ in range(2):
        await stage.call("POST", "/api/v1/sources/superset/run", headers={"Idempotency-Key": "once"})

    assert await stage.store.requests.take() is not None
    assert await stage.store.requests.take() is None


@pytest.mark.parametrize("path", ["/api/v1/sources/other/run", "/api/v1/sources/official/run"])
async def test_source_that_is_off_is_unknown(stage: Stage, path: str) -> None:
    assert (await stage.call("POST", path)).status == 404


async def test_new_token_works_and_is_listed_without_its_secret(stage: Stage) -> None:
    made = await stage.post("/api/v1/tokens", {"label": " college  app ", "scopes": ["notices:read"], "days": 30})
    listed = await stage.get("/api/v1/tokens")

    assert made.json["token"].startswith("pa_")
    assert len(made.json["token"]) == 46
    assert made.json["label"] == "college app"
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json["token"].encode() not in listed.raw
    assert (await stage.get("/api/v1/notices", token=made.json["token"])).status == 200
    assert (await stage.get("/api/v1/tokens", token=made.json["token"])).status == 403


async def test_revoked_token_is_refused_at_once(stage: Stage) -> None:
    made = await stage.post("/api/v1/tokens", {"label": "app", "scopes": ["notices:read"]})
    await stage.get("/api/v1/notices", token=made.json["token"])
    stage.moments.pass_by(seconds=0.1)

    revoked = await stage.call("DELETE", made.headers["Location"])

    assert revoked.status == 204
    assert (await stage.get("/api/v1/notices", token=made.json["token"])).status == 401
    assert [one.act for one in await stage.store.audit.find(None, None, 9)] == ["token.revoked", "token.created"]


@pytest.mark.parametrize(
    "sent",
    [{"label": " ", "scopes": ["admin"]}, {"label": "a", "scopes": []}, {"label": "a", "scopes": ["admin"], "days": 0}],
)
async def test_odd_token_is_refused(stage: Stage, sent: dict[str, Any]) -> None:
    assert (await stage.post("/api/v1/tokens", sent)).status == 422


async def test_audit_trail_is_walked_newest_first(stage: Stage) -> None:
    for number in range(5):
        await stage.post("/api/v1/tokens", {"label": f"app{number}", "scopes": ["notices:read"]})
        stage.moments.pass_by(seconds=1)

    found = await _pages(stage, "/api/v1/audit?actor=token:t-admin")

    assert (len(found), found) == (5, sorted(set(found), reverse=True))


async def test_figures_are_those_of_the_page(stage: Stage) -> None:
    await stage.store.offers.save(an_offer())

    reply = await stage.get("/api/v1/stats")

    assert reply.json == (await stage.services.figures.of(YEAR)).to_json()


async def test_year_without_figures_is_not_found(stage: Stage) -> None:
    assert (await stage.get("/api/v1/stats?year=202627")).status == 404


async def test_student_may_read_the_figures(stage: Stage) -> None:
    stage.visit(a_student())

    assert (await stage.get("/api/v1/stats", token=None)).status == 200
