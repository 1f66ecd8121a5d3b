"""The simulated portal keeps to what reference/portal.md says of the real one."""

import base64
from collections.abc import AsyncIterator

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from placement_alerts.sandbox.http_faults import status
from placement_alerts.sandbox.portal import Endpoint, PortalLogin, SimulatedPortal

LOGIN = PortalLogin("one@students.example", "pass word")
OTHER = PortalLogin("other@students.example", "pass word")
TENANT = {
    "x-requester-client": "webapp",
    "x-superset-tenant-id": "jaypee_in_in_it_16",
    "x-superset-tenant-type": "STUDENT",
}


@pytest.fixture
async def portal() -> AsyncIterator[SimulatedPortal]:
    async with SimulatedPortal([LOGIN, OTHER]) as portal:
        yield portal


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=TENANT) as session:
        yield session


async def log_in(portal: SimulatedPortal, session: aiohttp.ClientSession, password: str) -> tuple[int, dict[str, str]]:
    key = load_der_public_key(base64.b64decode(portal.public_key))
    assert isinstance(key, RSAPublicKey)
    secret = base64.b64encode(key.encrypt(password.encode(), PKCS1v15())).decode()
    content = {"username": LOGIN.email, "password": secret}
    async with session.post(f"{portal.base_url}/login", json=content) as answer:
        return answer.status, await answer.json()


async def get_status(session: aiohttp.ClientSession, url: str, token: str, **headers: str) -> int:
    async with session.get(url, headers={"Authorization": token, **headers}) as answer:
        return answer.status


async def test_login_needs_the_encrypted_password(portal: SimulatedPortal, session: aiohttp.ClientSession) -> None:
    right, reply = await log_in(portal, session, LOGIN.password)
    wrong, _ = await log_in(portal, session, "other")

    assert (right, wrong) == (200, 401)
    assert reply["sessionKey"].startswith("sk-")


async def test_reads_need_scheme_token_tenant_and_the_own_path(
    portal: SimulatedPortal, session: aiohttp.ClientSession
) -> None:
    _, reply = await log_in(portal, session, LOGIN.password)
    url = f"{portal.base_url}/students/{reply['uuid']}/job_profiles?_loader_=false"
    token = f"Custom {reply['sessionKey']}"

    assert await get_status(session, url, token) == 200
    assert await get_status(session, url, token.replace("Custom", "Bearer")) == 401
    assert await get_status(session, url, "Custom sk-0") == 401
    assert await get_status(session, url, token, **{"x-superset-tenant-id": "other"}) == 400
    assert await get_status(session, url.replace(reply["uuid"], "someone"), token) == 403


async def test_expired_token_is_refused(portal: SimulatedPortal, session: aiohttp.ClientSession) -> None:
    _, reply = await log_in(portal, session, LOGIN.password)
    portal.expire_tokens()

    url = f"{portal.base_url}/students/{reply['uuid']}/job_profiles"
    assert await get_status(session, url, f"Custom {reply['sessionKey']}") == 401


async def test_private_items_are_hidden_from_others(portal: SimulatedPortal, session: aiohttp.ClientSession) -> None:
    portal.post_job({"jobProfileIdentifier": "jp-1"}, audience=[OTHER.email])
    _, reply = await log_in(portal, session, LOGIN.password)

    url = f"{portal.base_url}/students/{reply['uuid']}/job_profiles"
    assert await get_status(session, f"{url}/jp-1", f"Custom {reply['sessionKey']}") == 404


async def test_fault_is_given_as_often_as_asked(portal: SimulatedPortal, session: aiohttp.ClientSession) -> None:
    portal.fail(Endpoint.LOGIN, status(503), times=1)

    first, _ = await log_in(portal, session, LOGIN.password)
    second, _ = await log_in(portal, session, LOGIN.password)

    assert (first, second, portal.counted(Endpoint.LOGIN)) == (503, 200, 2)
