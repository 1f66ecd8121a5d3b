"""The portal source when job details cannot be read (reference/portal.md, section 10)."""

from datetime import timedelta

import pytest

from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from tests.sources.superset.builders import (
    FIRST,
    NOW,
    a_detail,
    a_job,
    a_source,
    remembered,
    what_failed,
)

FAST = {"read_timeout_s": 0.2, "deadline_s": 0.5}


async def test_new_job_without_details_is_told_at_once_and_completed_later(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.status(500), times=3)
    source = a_source(portal, http, FIRST)

    first = await source.fetch({}, NOW)
    second = await source.fetch(remembered(first.changed), NOW)

    assert [(item.key, item.detailed_at) for item in first.changed] == [("job:jp-1", None)]
    assert what_failed(first) == [("account 1", "details of job jp-1", "unreachable")]
    assert [(item.key, item.detailed_at) for item in second.changed] == [("job:jp-1", NOW)]


async def test_known_job_tells_its_extended_deadline_although_its_details_fail(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    later = NOW + timedelta(days=9)
    portal.change_job("jp-1", jobProfileApplicationDeadline=to_ms(later))
    portal.fail(Endpoint.DETAIL, http_faults.status(500), times=3)

    failed = await source.fetch(known, NOW)
    repaired = await source.fetch(remembered(failed.changed), NOW)

    assert [(item.job.deadline, item.job.detailed) for item in failed.changed if item.job] == [(later, False)]
    assert len(failed.failures) == 1
    assert [item.job.detailed for item in repaired.changed if item.job] == [True]


async def test_known_job_whose_details_fail_when_nothing_else_changed_is_left_for_the_next_run(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.fail(Endpoint.DETAIL, http_faults.status(500), times=3)

    failed = await source.fetch(known, NOW + timedelta(hours=7))

    assert (failed.changed, len(failed.failures)) == ((), 1)


async def test_job_that_never_had_details_tells_its_extended_deadline_without_them(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.status(404), times=99)
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    later = NOW + timedelta(days=9)
    portal.change_job("jp-1", jobProfileApplicationDeadline=to_ms(later))

    again = await source.fetch(known, NOW)

    assert [item.job.deadline for item in again.changed if item.job] == [later]


async def test_silent_details_do_not_hold_the_run_up(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(40):
        portal.post_job(a_job(f"jp-{number}"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.silence(), times=999)

    fetched = await a_source(portal, http, FIRST, **FAST).fetch({}, NOW)

    assert len(fetched.changed) == 40
    assert fetched.failures[-1].reason.endswith("jobs left for the next run, the portal does not answer")
    assert portal.counted(Endpoint.DETAIL) < 30


@pytest.mark.parametrize("content", [[], {}, {"error": "x"}, {"jobProfile": None}, {"jobProfile": []}, 7, None])
async def test_detail_that_is_no_detail_is_a_failure_and_invents_nothing(
    portal: SimulatedPortal, http: HttpClient, content: object
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.json_body(content))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert [item.detailed_at for item in fetched.changed] == [None]
    assert what_failed(fetched) == [("account 1", "details of job jp-1", "nonsense")]
