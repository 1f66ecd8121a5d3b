"""The portal source logs in, stays logged in, and says why it cannot (reference/portal.md, section 10)."""

import pytest

from placement_alerts.errors import ConfigError, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.portal import Endpoint, PortalLogin, SimulatedPortal
from placement_alerts.sources.superset.source import SupersetSource
from tests.sources.superset.builders import (
    FIRST,
    FIRST_LABEL,
    NOW,
    SECOND,
    SECOND_LABEL,
    a_detail,
    a_job,
    a_notice,
    a_source,
    settings_for,
    what_failed,
)

FAST = {"read_timeout_s": 0.2, "deadline_s": 0.5}
WRONG = PortalLogin(SECOND.email, "wrong")


async def test_one_refused_login_leaves_the_other_account_alone(portal: SimulatedPortal, http: HttpClient) -> None:
    portal.publish_notice(a_notice("nt-1"))

    fetched = await a_source(portal, http, FIRST, WRONG).fetch({}, NOW)

    assert fetched.seen == {"notice:202526/nt-1": (FIRST_LABEL,)}
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
        (http_faults.html_page(), PeerNonsense, "text/html.*check sources.superset.base_url"),
        (http_faults.status(404), PeerNonsense, "no login at this address"),
        (http_faults.redirect("https://elsewhere.example/"), PeerNonsense, "no login at this address"),
        (http_faults.status(503), PeerUnreachable, "login not possible now: status 503"),
        (http_faults.status(429, retry_after="600"), PeerUnreachable, "login not possible now: status 429"),
        (http_faults.status(403), PeerRefused, "login refused with status 403"),
        (http_faults.json_body([]), PeerNonsense, "expected an object as login reply"),
        (http_faults.json_body({"uuid": "u-1"}), PeerNonsense, "without a usable sessionKey"),
        (http_faults.json_body({"sessionKey": "k"}), PeerNonsense, "without a usable uuid"),
        (http_faults.json_body({"sessionKey": "a\r\nb: c", "uuid": "u"}), PeerNonsense, "without a usable sessionK"),
        (http_faults.json_body({"sessionKey": "k", "uuid": ".."}), PeerNonsense, "without a usable uuid"),
        (http_faults.silence(), PeerUnreachable, "no answer within 0.2 s"),
        (http_faults.drip(), PeerUnreachable, "no complete answer within 0.5 s"),
        (http_faults.cut_off(), PeerUnreachable, "broke off"),
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
    portal.fail(endpoint, http_faults.status(code))

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert set(fetched.seen) == {"notice:202526/nt-1", "job:jp-1"}
    assert fetched.failures == ()
    assert portal.counted(Endpoint.LOGIN) == 2


async def test_tokens_that_expire_under_several_calls_cost_one_login(portal: SimulatedPortal, http: HttpClient) -> None:
    for number in range(6):
        portal.post_job(a_job(f"jp-{number}"), a_detail())
    portal.fail(Endpoint.DETAIL, http_faults.status(401), times=4)

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert fetched.failures == ()
    assert portal.counted(Endpoint.LOGIN) == 2


@pytest.mark.parametrize("code", [401, 403])
async def test_account_refused_again_after_its_second_login_is_out(
    portal: SimulatedPortal, http: HttpClient, code: int
) -> None:
    portal.post_job(a_job("jp-1"), a_detail())
    portal.fail(Endpoint.NOTICES, http_faults.status(code), times=99, email=FIRST.email)

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
    portal.fail(Endpoint.DETAIL, http_faults.status(403), times=2, path="jp-1")

    fetched = await a_source(portal, http, FIRST).fetch({}, NOW)

    assert {item.key: item.detailed_at for item in fetched.changed} == {"job:jp-1": None, "job:jp-2": NOW}
    assert what_failed(fetched) == [("account 1", "details of job jp-1", "refused")]


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
