from typing import Any

import pytest

from placement_alerts.core.token import Scope
from tests.builders import NOW, YEAR, a_notice, a_student, after
from tests.web.api.conftest import Reply, Stage, a_token

A_NOTICE: dict[str, Any] = {"year": YEAR, "kind": "announcement", "title": "Office closed", "text": "On *Friday*."}


async def _created(stage: Stage, **values: Any) -> Reply:
    reply = await stage.post("/api/v1/notices", {**A_NOTICE, **values})
    assert reply.status in (201, 202)
    return reply


async def test_notice_is_published_at_once(stage: Stage) -> None:
    reply = await stage.post("/api/v1/notices", {**A_NOTICE, "audience": {"branches": ["CSE"]}})

    notice = await stage.store.notices.get(reply.json["id"])
    assert reply.status == 201
    assert reply.headers["Location"] == f"/api/v1/notices/{reply.json['id']}"
    assert notice is not None
    assert notice.audience is not None
    assert notice.audience.branches == ("CSE",)


async def test_publishing_stands_in_the_audit_trail(stage: Stage) -> None:
    reply = await _created(stage)

    entry = (await stage.store.audit.find(None, None, 1))[0]
    assert (entry.actor, entry.act, entry.subject) == ("token:t-admin", "notice.published", reply.json["id"])


async def test_notice_with_an_hour_waits(stage: Stage) -> None:
    reply = await _created(stage, publish_at=after(hours=2).isoformat())

    assert reply.status == 202
    assert reply.headers["Location"] == f"/api/v1/notices/scheduled/{reply.json['id']}"
    assert await stage.store.notices.latest(None, 10) == []
    listed = await stage.get("/api/v1/notices/scheduled")
    assert [one["id"] for one in listed.json["items"]] == [reply.json["id"]]


async def test_faults_that_the_office_finds_are_named(stage: Stage) -> None:
    sent = {**A_NOTICE, "year": "209900", "enrollments": ["x"], "public": True}

    reply = await stage.post("/api/v1/notices", sent)

    assert reply.status == 422
    assert {one["pointer"] for one in reply.json["errors"]} == {"/year", "/enrollments", "/public"}


async def test_change_needs_the_etag(stage: Stage) -> None:
    made = await _created(stage)

    reply = await stage.call("PUT", made.headers["Location"], json=A_NOTICE)

    assert (reply.status, reply.code) == (428, "match_needed")


@pytest.mark.parametrize("sent", ['"other"', "*", 'W/"other"'])
async def test_change_with_another_etag_is_refused(stage: Stage, sent: str) -> None:
    made = await _created(stage)

    reply = await stage.call("PUT", made.headers["Location"], json=A_NOTICE, headers={"If-Match": sent})

    assert (reply.status, reply.code) == (412, "stale")


async def test_etag_without_quotes_is_bad_syntax(stage: Stage) -> None:
    made = await _created(stage)

    reply = await stage.call("PUT", made.headers["Location"], json=A_NOTICE, headers={"If-Match": "abc"})

    assert (reply.status, reply.code) == (400, "bad_etag")


async def test_change_is_read_at_once(stage: Stage) -> None:
    made = await _created(stage)
    path = made.headers["Location"]
    await stage.get(path)

    changed = await stage.call(
        "PUT", path, json={**A_NOTICE, "title": "Office open"}, headers={"If-Match": made.headers["ETag"]}
    )

    read = await stage.get(path)
    assert (changed.status, changed.json["revision"]) == (200, 2)
    assert read.json["title"] == "Office open"
    assert read.headers["ETag"] == changed.headers["ETag"] != made.headers["ETag"]


async def test_second_of_two_changes_of_one_state_is_refused(stage: Stage) -> None:
    made = await _created(stage)
    seen = {"If-Match": made.headers["ETag"]}
    await stage.call("PUT", made.headers["Location"], json={**A_NOTICE, "title": "One"}, headers=seen)

    reply = await stage.call("PUT", made.headers["Location"], json={**A_NOTICE, "title": "Two"}, headers=seen)

    assert (reply.status, reply.code) == (412, "stale")


async def test_notice_of_a_source_cannot_be_changed(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())
    read = await stage.get("/api/v1/notices/n1")

    reply = await stage.call("PUT", "/api/v1/notices/n1", json=A_NOTICE, headers={"If-Match": read.headers["ETag"]})

    assert (reply.status, reply.code) == (409, "not_possible")


async def test_withdrawn_notice_stays_readable(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())

    first = await stage.call("DELETE", "/api/v1/notices/n1")
    second = await stage.call("DELETE", "/api/v1/notices/n1")

    assert (first.status, second.status) == (200, 200)
    assert (await stage.get("/api/v1/notices/n1")).json["withdrawn"] is True


async def test_unknown_notice_cannot_be_withdrawn(stage: Stage) -> None:
    assert (await stage.call("DELETE", "/api/v1/notices/n404")).status == 404


async def test_preview_counts_whom_it_would_reach(stage: Stage) -> None:
    await stage.store.students.join("telegram", "1", YEAR, {}, NOW)
    await stage.store.students.join("telegram", "2", "202627", {}, NOW)

    reply = await stage.post("/api/v1/notices/preview", {"year": YEAR})

    assert (reply.status, reply.json["students"], reply.json["concerned"]) == (200, 1, 1)
    assert reply.json["by_channel"] == {"telegram": 1}


async def test_preview_of_an_unknown_year_is_refused(stage: Stage) -> None:
    reply = await stage.post("/api/v1/notices/preview", {"year": "209900"})

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "/year")


async def test_waiting_notice_is_changed_with_its_etag(stage: Stage) -> None:
    hour = {"publish_at": after(hours=2).isoformat()}
    made = await _created(stage, **hour)

    changed = await stage.call(
        "PUT",
        made.headers["Location"],
        json={**A_NOTICE, **hour, "title": "Open"},
        headers={"If-Match": made.headers["ETag"]},
    )
    stale = await stage.call(
        "PUT", made.headers["Location"], json={**A_NOTICE, **hour}, headers={"If-Match": made.headers["ETag"]}
    )

    assert (changed.status, changed.json["version"], changed.json["title"]) == (200, 2, "Open")
    assert stale.status == 412


async def test_waiting_notice_is_given_up(stage: Stage) -> None:
    made = await _created(stage, publish_at=after(hours=2).isoformat())

    reply = await stage.call("DELETE", made.headers["Location"])

    assert (reply.status, reply.raw) == (204, b"")
    assert (await stage.get(made.headers["Location"])).status == 404


async def test_publishing_has_a_limit_of_its_own(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("writer", Scope.NOTICES_WRITE))
    statuses = [(await stage.post("/api/v1/notices", A_NOTICE, token="pa_writer")).status for _ in range(21)]

    assert statuses == [201] * 20 + [429]


async def test_text_of_a_notice_is_cleaned(stage: Stage) -> None:
    reply = await _created(stage, text="<script>alert(1)</script> [x](javascript:alert(1)) **bold**")

    assert "<script" not in reply.json["html"]
    assert 'href="javascript' not in reply.json["html"]


async def test_session_of_an_admin_is_the_author(stage: Stage) -> None:
    stage.visit(a_student(), admin=True)

    await stage.post("/api/v1/notices", A_NOTICE, token=None)

    assert (await stage.store.audit.find("student:s7", None, 1))[0].act == "notice.published"
