"""What the portal says about the account holder stays there (reference/portal.md, section 5.1)."""

import pytest
from structlog.testing import capture_logs

from placement_alerts.errors import PeerRefused
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint, PortalLogin, SimulatedPortal
from tests.sources.superset.builders import (
    FIRST,
    NOW,
    a_detail,
    a_job,
    a_source,
    remembered,
)


async def test_nothing_personal_is_kept_logged_or_raised(portal: SimulatedPortal, http: HttpClient) -> None:
    marker = "PERSONAL-MARKER"
    personal = {
        "jobApplicationStatus": marker,
        "jobApplicationCurrentStage": marker,
        "jobApplicationLastAppliedAt": marker,
        "rankByStudent": marker,
        "hasEligibilityDataChangedAfterApplying": marker,
        "isEligibleAfterDataChange": marker,
        "ineligibleBasedOnCustomQuestions": marker,
        "rejectedDueToEligibilityDataChange": marker,
        "eligibilityHistoryAvailable": marker,
    }
    login = PortalLogin(f"{marker}@students.example", marker, name=marker)
    async with SimulatedPortal([login]) as other:
        other.post_job(a_job("jp-1", **personal), {**a_detail(**personal), **personal})
        other.post_job(a_job("jp-2", companyName={"x": marker}, **personal))
        other.fail(Endpoint.NOTICES, http_faults.body(marker.encode()), times=1)
        source = a_source(other, http, login)
        with capture_logs() as lines:
            fetched = await source.fetch({}, NOW)
        wrong = a_source(other, http, PortalLogin(login.email, f"{marker}-wrong"))
        with pytest.raises(PeerRefused) as raised:
            await wrong.fetch({}, NOW)

    assert len(fetched.rejected) == len(fetched.failures) == 1
    assert marker not in fetched.model_dump_json() + repr(lines) + str(raised.value) + repr(source)


async def test_account_holder_fields_do_not_make_a_job_changed(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.post_job(a_job("jp-1", jobApplicationStatus="NOT_APPLIED"), a_detail())
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    portal.change_job("jp-1", jobApplicationStatus="APPLIED", rankByStudent=1)

    assert (await source.fetch(known, NOW)).changed == ()
