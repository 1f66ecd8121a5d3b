from datetime import timedelta

import pytest

from placement_alerts.core.notice import Change, ListedStudent, NoticeKind
from placement_alerts.core.token import Scope
from tests.builders import NOW, a_notice, a_student, after, facts
from tests.web.api.conftest import Stage, a_token


async def test_list_holds_the_notices_newest_first(stage: Stage) -> None:
    await stage.store.notices.save(a_notice("n1", published_at=NOW))
    await stage.store.notices.save(a_notice("n2", published_at=after(hours=1)))

    reply = await stage.get("/api/v1/notices")

    assert reply.status == 200
    assert [item["id"] for item in reply.json["items"]] == ["n2", "n1"]
    assert reply.json["next"] is None
    assert reply.headers["Cache-Control"] == "no-store"


async def test_pages_hold_every_notice_once_while_newer_ones_are_added(stage: Stage) -> None:
    for number in range(7):
        await stage.store.notices.save(a_notice(f"n{number}", published_at=after(hours=number)))

    path, found = "/api/v1/notices?limit=3", []
    while path:
        reply = await stage.get(path)
        found += [item["id"] for item in reply.json["items"]]
        await stage.store.notices.save(a_notice(f"later{len(found)}", published_at=after(days=1 + len(found))))
        path = reply.headers.get("Link", "").removeprefix("<").partition(">")[0]

    assert found == [f"n{number}" for number in reversed(range(7))]


async def test_page_goes_on_where_it_ended_though_that_notice_was_published_anew(stage: Stage) -> None:
    for number in range(4):
        await stage.store.notices.save(a_notice(f"n{number}", published_at=after(hours=number)))
    first = await stage.get("/api/v1/notices?limit=2")
    await stage.store.notices.save(a_notice("n2", revision=2, published_at=after(days=1)))

    second = await stage.get(f"/api/v1/notices?limit=2&cursor={first.json['next']}")

    assert [item["id"] for item in second.json["items"]] == ["n1", "n0"]


async def test_cursor_of_other_filters_is_refused(stage: Stage) -> None:
    for number in range(3):
        await stage.store.notices.save(a_notice(f"n{number}"))
    cursor = (await stage.get("/api/v1/notices?limit=1&year=202526")).json["next"]

    reply = await stage.get(f"/api/v1/notices?limit=1&year=202627&cursor={cursor}")

    assert (reply.status, reply.code) == (400, "bad_cursor")


async def test_filters_are_combined(stage: Stage) -> None:
    shortlist = facts(kind=NoticeKind.SHORTLIST)
    await stage.store.notices.save(a_notice("n1", facts=shortlist, text="Round two for Brightwave"))
    await stage.store.notices.save(a_notice("n2", facts=shortlist, text="Round one"))
    await stage.store.notices.save(a_notice("n3", text="Round two"))

    reply = await stage.get("/api/v1/notices?kind=shortlist&kind=offer&q=TWO&company=brightwave%20systems%20pvt%20ltd")

    assert [item["id"] for item in reply.json["items"]] == ["n1"]


async def test_since_is_inclusive_and_until_exclusive(stage: Stage) -> None:
    for number in range(3):
        await stage.store.notices.save(a_notice(f"n{number}", published_at=after(hours=number)))

    span = {"since": after(hours=0).isoformat(), "until": after(hours=2).isoformat()}
    reply = await stage.get("/api/v1/notices", params=span)

    assert [item["id"] for item in reply.json["items"]] == ["n1", "n0"]


async def test_open_leaves_out_what_is_over(stage: Stage) -> None:
    await stage.store.notices.save(a_notice("n1", facts=facts(deadline=NOW - timedelta(hours=1))))
    await stage.store.notices.save(a_notice("n2"))

    reply = await stage.get("/api/v1/notices?open=true")

    assert [item["id"] for item in reply.json["items"]] == ["n2"]


async def test_notice_that_is_known_is_not_sent_again(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())
    tag = (await stage.get("/api/v1/notices/n1")).headers["ETag"]

    reply = await stage.get("/api/v1/notices/n1", headers={"If-None-Match": tag})

    assert (reply.status, reply.raw) == (304, b"")
    assert reply.headers["ETag"] == tag
    assert reply.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in reply.headers["Vary"]


async def test_etag_changes_with_the_revision(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())
    before = (await stage.get("/api/v1/notices/n1")).headers["ETag"]
    await stage.store.notices.save(a_notice(revision=2, title="Anew"))
    stage.moments.pass_by(seconds=2)

    reply = await stage.get("/api/v1/notices/n1", headers={"If-None-Match": before})

    assert reply.status == 200
    assert reply.json["title"] == "Anew"


async def test_head_has_the_headers_alone(stage: Stage) -> None:
    await stage.store.notices.save(a_notice())

    reply = await stage.call("HEAD", "/api/v1/notices/n1")

    assert (reply.status, reply.raw) == (200, b"")
    assert "ETag" in reply.headers


async def test_revisions_say_what_changed(stage: Stage) -> None:
    change = Change(field="Deadline", before="12 Nov", after="14 Nov")
    await stage.store.notices.save(a_notice())
    await stage.store.notices.save(a_notice(revision=2, changes=(change,), announcement="Deadline moved"))

    reply = await stage.get("/api/v1/notices/n1/revisions")

    assert [item["revision"] for item in reply.json["items"]] == [1, 2]
    assert reply.json["items"][1]["changes"] == [{"field": "Deadline", "before": "12 Nov", "after": "14 Nov"}]


async def test_unknown_notice_is_a_problem(stage: Stage) -> None:
    reply = await stage.get("/api/v1/notices/n404")

    assert (reply.status, reply.code) == (404, "not_found")


LIST = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="Asha Rao", enrollment="21103001"),))
NAMING = a_notice(facts=LIST, text="Shortlisted:\nAsha Rao 21103001\nBe on time.", html="<p>Asha Rao</p>")


async def test_names_of_students_are_for_admins(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("reader", Scope.NOTICES_READ))
    await stage.store.notices.save(NAMING)

    reply = await stage.get("/api/v1/notices/n1", token="pa_reader")

    assert b"Asha" not in reply.raw
    assert b"21103001" not in reply.raw
    assert reply.json["students_named"] == 1
    assert reply.json["text"] == "Shortlisted:\nBe on time."


@pytest.mark.parametrize("path", ["/api/v1/notices", "/api/v1/notices/n1", "/api/v1/notices/n1/revisions"])
async def test_names_of_students_are_in_no_change_either(stage: Stage, path: str) -> None:
    await stage.store.tokens.add(a_token("reader", Scope.NOTICES_READ))
    change = Change(field="Text", before="Shortlisted:\nDevika Sehgal", after=NAMING.text)
    await stage.store.notices.save(NAMING)
    await stage.store.notices.save(NAMING.model_copy(update={"revision": 2, "changes": (change,)}))

    others, admins = await stage.get(path, token="pa_reader"), await stage.get(path)

    assert b'"field":"Text"' in others.raw
    assert b"Devika" not in others.raw
    assert b"Asha" not in others.raw
    assert b"Devika" in admins.raw


async def test_search_is_no_way_to_learn_whom_a_notice_names(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("reader", Scope.NOTICES_READ))
    await stage.store.notices.save(NAMING)

    found = [
        await stage.get(f"/api/v1/notices?q={word}", token="pa_reader") for word in ("shortlisted", "asha", "2110")
    ]

    assert [len(reply.json["items"]) for reply in found] == [1, 0, 0]


async def test_admin_sees_names_though_others_asked_before(stage: Stage) -> None:
    await stage.store.tokens.add(a_token("reader", Scope.NOTICES_READ))
    await stage.store.notices.save(NAMING)
    others = await stage.get("/api/v1/notices/n1", token="pa_reader")

    reply = await stage.get("/api/v1/notices/n1", headers={"If-None-Match": others.headers["ETag"]})

    assert reply.status == 200
    assert reply.json["students"] == [{"name": "Asha Rao", "enrollment": "21103001"}]


async def test_student_reads_what_is_public_alone(stage: Stage) -> None:
    await stage.store.notices.save(a_notice("n1", public=True))
    await stage.store.notices.save(a_notice("n2"))
    stage.visit(a_student())

    listed = await stage.get("/api/v1/notices", token=None)
    hidden = await stage.get("/api/v1/notices/n2", token=None)

    assert [item["id"] for item in listed.json["items"]] == ["n1"]
    assert hidden.status == 404
