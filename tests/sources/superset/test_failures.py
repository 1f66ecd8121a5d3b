"""The portal source when the portal's lists misbehave (reference/portal.md, section 10)."""

import pytest

from placement_alerts.core.item import Failure
from placement_alerts.errors import PeerUnreachable
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.portal import Endpoint, SimulatedPortal
from tests.sources.superset.builders import (
    FIRST,
    FIRST_LABEL,
    NOW,
    SECOND_LABEL,
    a_detail,
    a_job,
    a_notice,
    a_source,
    what_failed,
)

FAST = {"read_timeout_s": 0.2, "deadline_s": 0.5}


async def test_lists_that_all_fail_are_a_failure_and_not_an_empty_portal(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.fail(Endpoint.NOTICES, http_faults.status(500), times=9)
    portal.fail(Endpoint.JOBS, http_faults.status(500), times=9)

    with pytest.raises(PeerUnreachable, match="the portal is in trouble: status 500"):
        await a_source(portal, http, FIRST).fetch({}, NOW)


@pytest.mark.parametrize(
    "fault",
    [
        http_faults.status(500),
        http_faults.html_page(),
        http_faults.json_body({"notices": []}),
        http_faults.body(b"[{"),
        http_faults.bomb(2_000_000),
        http_faults.silence(),
        http_faults.drip(),
        http_faults.cut_off(),
    ],
    ids=lambda fault: fault.name,
)
async def test_list_that_fails_for_one_account_leaves_the_rest(
    portal: SimulatedPortal, http: HttpClient, fault: Fault
) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.NOTICES, fault, times=3, email=FIRST.email)

    fetched = await a_source(portal, http, max_bytes=1_000_000, **FAST).fetch({}, NOW)

    assert fetched.seen == {"notice:202526/nt-1": (SECOND_LABEL,), "job:jp-1": (FIRST_LABEL, SECOND_LABEL)}
    assert fetched.complete == {(FIRST_LABEL, "jobs"), (SECOND_LABEL, "notices"), (SECOND_LABEL, "jobs")}
    assert [(one.account, one.part) for one in fetched.failures] == [("account 1", "notices")]


async def test_page_that_fails_keeps_what_earlier_pages_had_and_completes_nothing(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.fail(Endpoint.NOTICES, http_faults.json_body([a_notice("nt-1"), a_notice("nt-2")]))
    portal.fail(Endpoint.NOTICES, http_faults.status(500), times=3)

    fetched = await a_source(portal, http, FIRST, page_size=2).fetch({}, NOW)

    assert set(fetched.seen) == {"notice:202526/nt-1", "notice:202526/nt-2"}
    assert fetched.complete == {(FIRST_LABEL, "jobs")}


async def test_list_that_leads_to_another_host_is_nonsense(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.fail(Endpoint.NOTICES, http_faults.redirect("https://elsewhere.example/"))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert what_failed(fetched) == [("account 1", "notices", "nonsense")]
    assert "check base_url" in fetched.failures[0].reason


async def test_busy_portal_is_waited_for(portal: SimulatedPortal, http: HttpClient, waits: list[float]) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.fail(Endpoint.NOTICES, http_faults.status(429, retry_after="3"))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert (set(fetched.seen), waits) == ({"notice:202526/nt-1"}, [3.0])


async def test_short_trouble_of_the_portal_is_ridden_out(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.fail(Endpoint.NOTICES, http_faults.status(502), times=2)

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert (set(fetched.seen), fetched.failures) == ({"notice:202526/nt-1"}, ())


async def test_bad_elements_are_kept_aside_and_the_rest_goes_on(portal: SimulatedPortal, http: HttpClient) -> None:
    nameless = {"title": "No id"}
    timeless = a_notice("nt-2", publishedAt=None, lastModifiedOn=None)
    portal.fail(Endpoint.NOTICES, http_faults.json_body([nameless, timeless, 7, a_notice("nt-3"), a_notice("nt-4")]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert {item.key for item in fetched.changed} == {"notice:202526/nt-2", "notice:202526/nt-3", "notice:202526/nt-4"}
    assert [(one.listing, one.identifier, one.reason) for one in fetched.rejected] == [
        ("notices", None, "identifier: missing"),
        ("notices", None, "element: model_type"),
    ]
    assert (FIRST_LABEL, "notices") in fetched.complete


async def test_element_that_became_bad_is_still_seen(portal: SimulatedPortal, http: HttpClient) -> None:
    bad = a_notice("nt-1", content={"html": "?"})
    portal.fail(Endpoint.NOTICES, http_faults.json_body([bad, a_notice("nt-2")]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert [one.identifier for one in fetched.rejected] == ["nt-1"]
    assert fetched.seen == {"notice:202526/nt-1": (FIRST_LABEL,), "notice:202526/nt-2": (FIRST_LABEL,)}


async def test_list_without_any_id_proves_nothing_about_absence(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.fail(Endpoint.NOTICES, http_faults.json_body([{"id": 1}, {"id": 2}]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert fetched.complete == {(FIRST_LABEL, "jobs")}
    assert fetched.failures == (
        Failure(account="account 1", part="notices", error_class="nonsense", reason="2 of 2 elements cannot be read"),
    )
