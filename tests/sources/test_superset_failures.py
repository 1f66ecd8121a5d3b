"""The portal source when the portal misbehaves (reference/portal.md, section 10)."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.item import Failure, Fetched
from placement_alerts.errors import ConfigError, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import portal_faults
from placement_alerts.sandbox.portal import Endpoint, PortalLogin, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sandbox.portal_faults import Fault
from placement_alerts.sources.superset import SupersetSource
from tests.sources.superset_builders import (
    FIRST,
    FIRST_LABEL,
    NOW,
    SECOND,
    SECOND_LABEL,
    a_detail,
    a_job,
    a_notice,
    a_source,
    remembered,
    settings_for,
)

FAST = {"read_timeout_s": 0.2, "deadline_s": 0.5}
WRONG = PortalLogin(SECOND.email, "wrong")


def what_failed(fetched: Fetched) -> list[tuple[str, str, str]]:
    return [(one.account, one.part, one.error_class) for one in fetched.failures]


async def test_one_refused_login_leaves_the_other_account_alone(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))

    fetched = await a_source(portal, http, FIRST, WRONG).fetch({}, NOW)

    assert fetched.seen == {"notice:nt-1": (FIRST_LABEL,)}
    assert what_failed(fetched) == [("account 2", "login", "refused")]
    assert "check e-mail and password" in fetched.failures[0].reason


async def test_refused_login_is_not_repeated_in_the_same_run(portal: SimulatedPortal, http: HttpClient) -> None:
    await a_source(portal, http, FIRST, WRONG).fetch({}, NOW)

    assert portal.counted(Endpoint.LOGIN, WRONG.email) == 1


async def test_no_account_logged_in_is_a_failure_and_not_an_empty_portal(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    with pytest.raises(
        PeerRefused, match=r"no account could be read: account 1 \(202526\): login failed: login refuse"
    ):
        await a_source(portal, http, WRONG).fetch({}, NOW)


async def test_lists_that_all_fail_are_a_failure_and_not_an_empty_portal(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.fail(Endpoint.NOTICES, portal_faults.status(500), times=9)
    portal.fail(Endpoint.JOBS, portal_faults.status(500), times=9)

    with pytest.raises(PeerUnreachable, match="the portal is in trouble: status 500"):
        await a_source(portal, http, FIRST).fetch({}, NOW)


async def test_replaced_key_looks_like_a_refused_login_and_is_hinted_at(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    source = a_source(portal, http, FIRST)
    portal.replace_key()

    with pytest.raises(PeerRefused, match="or the portal has a new public_key"):
        await source.fetch({}, NOW)


@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        (portal_faults.html_page(), PeerNonsense, "text/html.*check sources.superset.base_url"),
        (portal_faults.status(404), PeerNonsense, "no login at this address"),
        (portal_faults.redirect("https://elsewhere.example/"), PeerNonsense, "no login at this address"),
        (portal_faults.status(503), PeerUnreachable, "login not possible now: status 503"),
        (portal_faults.status(429, retry_after="600"), PeerUnreachable, "login not possible now: status 429"),
        (portal_faults.status(403), PeerRefused, "login refused with status 403"),
        (portal_faults.json_body([]), PeerNonsense, "expected an object as login reply"),
        (portal_faults.json_body({"uuid": "u-1"}), PeerNonsense, "without a usable sessionKey"),
        (portal_faults.json_body({"sessionKey": "k"}), PeerNonsense, "without a usable uuid"),
        (portal_faults.json_body({"sessionKey": "a\r\nb: c", "uuid": "u"}), PeerNonsense, "without a usable sessionK"),
        (portal_faults.json_body({"sessionKey": "k", "uuid": ".."}), PeerNonsense, "without a usable uuid"),
        (portal_faults.silence(), PeerUnreachable, "no answer within 0.2 s"),
        (portal_faults.drip(), PeerUnreachable, "no complete answer within 0.5 s"),
        (portal_faults.cut_off(), PeerUnreachable, "broke off"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
async def test_login_that_fails_names_the_cause(
    portal: SimulatedPortal, http: HttpClient, fault: Fault, kind: type[PeerError], text: str
) -> None:
    portal.fail(Endpoint.LOGIN, fault)

    with pytest.raises(kind, match=text):
        await a_source(portal, http, FIRST, **FAST).check()


async def test_second_factor_is_named_with_its_fix(http: HttpClient) -> None:
    guarded = PortalLogin(FIRST.email, FIRST.password, asks_second_factor=True)
    async with SimulatedPortal([guarded]) as portal:
        with pytest.raises(PeerRefused, match="switch MFA off for this account"):
            await a_source(portal, http, guarded).check()


async def test_unreachable_portal_is_named(portal: SimulatedPortal, http: HttpClient) -> None:
    source = a_source(portal, http, FIRST)
    await portal.stop()

    with pytest.raises(PeerUnreachable, match="connection refused or lost"):
        await source.check()


async def test_check_tells_accounts_that_work_from_those_that_do_not(portal: SimulatedPortal, http: HttpClient) -> None:
    lines = await a_source(portal, http, FIRST, WRONG).check()

    assert lines[0] == "account 1 (202526): ok, 0 notices, 0 jobs"
    assert lines[1].startswith("account 2 (202526): login failed: login refused with status 401")


@pytest.mark.parametrize("endpoint", [Endpoint.NOTICES, Endpoint.JOBS, Endpoint.DETAIL])
@pytest.mark.parametrize("code", [401, 403])
async def test_expired_session_is_renewed_once_in_the_middle_of_a_run(
    portal: SimulatedPortal, http: HttpClient, endpoint: Endpoint, code: int
) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(endpoint, portal_faults.status(code))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert set(fetched.seen) == {"notice:nt-1", "job:jp-1"}
    assert fetched.failures == ()
    assert portal.counted(Endpoint.LOGIN) == 2


async def test_tokens_that_expire_under_several_calls_cost_one_login(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(6):
        portal.post_job(a_job(f"jp-{number}"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.status(401), times=4)

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert fetched.failures == ()
    assert portal.counted(Endpoint.LOGIN) == 2


@pytest.mark.parametrize("code", [401, 403])
async def test_account_refused_again_after_its_second_login_is_out(
    portal: SimulatedPortal, http: HttpClient, code: int
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.NOTICES, portal_faults.status(code), times=99, email=FIRST.email)

    fetched = await a_source(portal, http).fetch({}, NOW)

    assert what_failed(fetched) == [("account 1", "notices", "refused"), ("account 1", "jobs", "refused")]
    assert portal.counted(Endpoint.LOGIN, FIRST.email) == 2
    assert portal.counted(Endpoint.JOBS, FIRST.email) == 0
    assert fetched.seen == {"job:jp-1": (SECOND_LABEL,)}


async def test_one_job_hidden_from_the_account_does_not_end_the_account(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.post_job(a_job("jp-2"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.status(403), times=2, path="jp-1")

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert {item.key: item.detailed_at for item in fetched.changed} == {"job:jp-1": None, "job:jp-2": NOW}
    assert what_failed(fetched) == [("account 1", "details of job jp-1", "refused")]


@pytest.mark.parametrize(
    "fault",
    [
        portal_faults.status(500),
        portal_faults.html_page(),
        portal_faults.json_body({"notices": []}),
        portal_faults.body(b"[{"),
        portal_faults.bomb(2_000_000),
        portal_faults.silence(),
        portal_faults.drip(),
        portal_faults.cut_off(),
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

    assert fetched.seen == {"notice:nt-1": (SECOND_LABEL,), "job:jp-1": (FIRST_LABEL, SECOND_LABEL)}
    assert fetched.complete == {(FIRST_LABEL, "jobs"), (SECOND_LABEL, "notices"), (SECOND_LABEL, "jobs")}
    assert [(one.account, one.part) for one in fetched.failures] == [("account 1", "notices")]


async def test_page_that_fails_keeps_what_earlier_pages_had_and_completes_nothing(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.fail(Endpoint.NOTICES, portal_faults.json_body([a_notice("nt-1"), a_notice("nt-2")]))
    portal.fail(Endpoint.NOTICES, portal_faults.status(500), times=3)

    fetched = await a_source(portal, http, FIRST, page_size=2).fetch({}, NOW)

    assert set(fetched.seen) == {"notice:nt-1", "notice:nt-2"}
    assert fetched.complete == {(FIRST_LABEL, "jobs")}


async def test_list_that_leads_to_another_host_is_nonsense(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.fail(Endpoint.NOTICES, portal_faults.redirect("https://elsewhere.example/"))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert what_failed(fetched) == [("account 1", "notices", "nonsense")]
    assert "check base_url" in fetched.failures[0].reason


async def test_busy_portal_is_waited_for(portal: SimulatedPortal, http: HttpClient, waits: list[float]) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.fail(Endpoint.NOTICES, portal_faults.status(429, retry_after="3"))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert (set(fetched.seen), waits) == ({"notice:nt-1"}, [3.0])


async def test_short_trouble_of_the_portal_is_ridden_out(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))
    portal.fail(Endpoint.NOTICES, portal_faults.status(502), times=2)

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert (set(fetched.seen), fetched.failures) == ({"notice:nt-1"}, ())


async def test_new_job_without_details_is_told_at_once_and_completed_later(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.status(500), times=3)
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
    portal.fail(Endpoint.DETAIL, portal_faults.status(500), times=3)

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
    portal.fail(Endpoint.DETAIL, portal_faults.status(500), times=3)

    failed = await source.fetch(known, NOW + timedelta(hours=7))

    assert (failed.changed, len(failed.failures)) == ((), 1)


async def test_job_that_never_had_details_tells_its_extended_deadline_without_them(
    portal: SimulatedPortal, http: HttpClient
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.status(404), times=99)
    source = a_source(portal, http, FIRST)
    known = remembered((await source.fetch({}, NOW)).changed)
    later = NOW + timedelta(days=9)
    portal.change_job("jp-1", jobProfileApplicationDeadline=to_ms(later))

    again = await source.fetch(known, NOW)

    assert [item.job.deadline for item in again.changed if item.job] == [later]


async def test_silent_details_do_not_hold_the_run_up(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(40):
        portal.post_job(a_job(f"jp-{number}"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.silence(), times=999)

    fetched = await a_source(portal, http, FIRST, **FAST).fetch({}, NOW)

    assert len(fetched.changed) == 40
    assert fetched.failures[-1].reason.endswith("jobs left for the next run, the portal does not answer")
    assert portal.counted(Endpoint.DETAIL) < 30


@pytest.mark.parametrize("content", [[], {}, {"error": "x"}, {"jobProfile": None}, {"jobProfile": []}, 7, None])
async def test_detail_that_is_no_detail_is_a_failure_and_invents_nothing(
    portal: SimulatedPortal, http: HttpClient, content: object
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.DETAIL, portal_faults.json_body(content))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert [item.detailed_at for item in fetched.changed] == [None]
    assert what_failed(fetched) == [("account 1", "details of job jp-1", "nonsense")]


async def test_bad_elements_are_kept_aside_and_the_rest_goes_on(portal: SimulatedPortal, http: HttpClient) -> None:
    nameless = {"title": "No id"}
    timeless = a_notice("nt-2", publishedAt=None, lastModifiedOn=None)
    portal.fail(Endpoint.NOTICES, portal_faults.json_body([nameless, timeless, 7, a_notice("nt-3"), a_notice("nt-4")]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert {item.key for item in fetched.changed} == {"notice:nt-2", "notice:nt-3", "notice:nt-4"}
    assert [(one.listing, one.identifier, one.reason) for one in fetched.rejected] == [
        ("notices", None, "identifier: missing"),
        ("notices", None, "element: model_type"),
    ]
    assert (FIRST_LABEL, "notices") in fetched.complete


async def test_element_that_became_bad_is_still_seen(portal: SimulatedPortal, http: HttpClient) -> None:
    bad = a_notice("nt-1", content={"html": "?"})
    portal.fail(Endpoint.NOTICES, portal_faults.json_body([bad, a_notice("nt-2")]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert [one.identifier for one in fetched.rejected] == ["nt-1"]
    assert fetched.seen == {"notice:nt-1": (FIRST_LABEL,), "notice:nt-2": (FIRST_LABEL,)}


async def test_list_without_any_id_proves_nothing_about_absence(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.fail(Endpoint.NOTICES, portal_faults.json_body([{"id": 1}, {"id": 2}]))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert fetched.complete == {(FIRST_LABEL, "jobs")}
    assert fetched.failures == (
        Failure(account="account 1", part="notices", error_class="nonsense", reason="2 of 2 elements cannot be read"),
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
        other.fail(Endpoint.NOTICES, portal_faults.body(marker.encode()), times=1)
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


async def test_key_of_another_kind_is_named_at_construction(portal: SimulatedPortal, http: HttpClient) -> None:
    ed25519 = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
    settings = settings_for(portal, FIRST, public_key=ed25519)

    with pytest.raises(ConfigError, match=r"^sources\.superset\.public_key: expected base64 of an RSA public key"):
        SupersetSource(settings, http)


async def test_password_that_does_not_fit_is_named_without_its_value(portal: SimulatedPortal, http: HttpClient) -> None:
    settings = settings_for(portal, FIRST, PortalLogin("third@students.example", "x" * 118))

    with pytest.raises(ConfigError) as raised:
        SupersetSource(settings, http)

    assert str(raised.value) == "sources.superset.accounts[1].password: longer than 117 bytes"


async def test_longest_password_logs_in(http: HttpClient) -> None:
    login = PortalLogin("long@students.example", "é" * 58 + "x")
    async with SimulatedPortal([login]) as portal:
        assert await a_source(portal, http, login).check() == ["account 1 (202526): ok, 0 notices, 0 jobs"]


async def test_source_without_accounts_is_a_wrong_setting(portal: SimulatedPortal, http: HttpClient) -> None:
    settings = settings_for(portal).model_copy(update={"accounts": ()})

    with pytest.raises(ConfigError, match="expected at least one account"):
        SupersetSource(settings, http)
