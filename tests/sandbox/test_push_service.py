"""The simulated push services refuse what real ones refuse, so that a test against them proves something."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from py_vapid import Vapid02  # type: ignore[import-untyped]  # the package ships no types
from pywebpush import WebPusher, webpush_async  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.sandbox.push_rules import Refusal, base64url, check_headers, verify
from placement_alerts.sandbox.push_service import Browser, SimulatedPushServices

ORIGIN = "https://push.example"
SUBJECT = "mailto:office@college.example"
NOW = 1_700_000_000


@pytest.fixture(scope="module")
def key() -> Vapid02:
    vapid = Vapid02()
    vapid.generate_keys()
    return vapid


@pytest.fixture
async def services() -> AsyncIterator[SimulatedPushServices]:
    async with SimulatedPushServices(origins=2) as services:
        yield services


def public_of(key: Vapid02) -> str:
    numbers = key.public_key.public_numbers()
    return base64url(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


async def send(services: SimulatedPushServices, browser: Browser, key: Vapid02) -> int:
    """Send with pywebpush; return the status."""
    info = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    connector = aiohttp.TCPConnector(ssl=services.authority.client_context())
    async with aiohttp.ClientSession(connector=connector) as session:
        headers = key.sign({"aud": services.origins[0], "sub": SUBJECT})
        pusher = WebPusher(info, aiohttp_session=session)
        answer = await pusher.send_async('{"a": 1}', headers, ttl=60, timeout=aiohttp.ClientTimeout(5))
    return int(answer.status)


async def test_message_of_pywebpush_arrives(services: SimulatedPushServices, key: Vapid02) -> None:
    browser = services.subscribe(public_of(key))

    assert await send(services, browser, key) == 201
    assert browser.messages == [{"a": 1}]


async def test_webpush_async_is_accepted(services: SimulatedPushServices, key: Vapid02) -> None:
    browser = services.subscribe(public_of(key))
    info = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    connector = aiohttp.TCPConnector(ssl=services.authority.client_context())

    async with aiohttp.ClientSession(connector=connector) as session:
        await webpush_async(info, "{}", key, {"sub": SUBJECT}, ttl=60, aiohttp_session=session)

    assert browser.messages == [{}]


async def test_token_of_another_origin_is_refused(services: SimulatedPushServices, key: Vapid02) -> None:
    assert await send(services, services.subscribe(public_of(key), 1), key) == 403


async def test_key_that_the_browser_did_not_subscribe_with_is_refused(
    services: SimulatedPushServices, key: Vapid02
) -> None:
    assert await send(services, services.subscribe("another key"), key) == 403


async def test_browser_that_is_gone_is_said_to_be(services: SimulatedPushServices, key: Vapid02) -> None:
    browser = services.subscribe(public_of(key))
    browser.gone = True

    assert await send(services, browser, key) == 410


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"TTL": "-1"}, 400),
        ({"TTL": "1", "Urgency": "urgent"}, 400),
        ({"TTL": "1", "Topic": "x" * 33}, 400),
        ({"TTL": "1", "Topic": "ä"}, 400),
        ({"TTL": "1", "Content-Encoding": "gzip"}, 415),
    ],
)
def test_headers_that_the_standard_does_not_allow_are_refused(headers: Mapping[str, str], status: int) -> None:
    with pytest.raises(Refusal) as refused:
        check_headers(headers)

    assert refused.value.status == status


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ORIGIN, "exp": NOW + 90_000, "sub": SUBJECT},
        {"aud": ORIGIN, "exp": NOW - 1, "sub": SUBJECT},
        {"aud": f"{ORIGIN}:443", "exp": NOW + 60, "sub": SUBJECT},
        {"aud": ORIGIN, "exp": NOW + 60, "sub": "mailto:root@localhost"},
    ],
    ids=["too long", "over", "another origin", "no contact"],
)
def test_claims_that_services_refuse_are_refused(key: Vapid02, claims: dict[str, object]) -> None:
    header = key.sign(claims)["Authorization"]

    with pytest.raises(Refusal):
        verify(header, ORIGIN, NOW)


def test_forged_token_is_refused(key: Vapid02) -> None:
    header = key.sign({"aud": ORIGIN, "exp": NOW + 60, "sub": SUBJECT})["Authorization"]
    other = Vapid02()
    other.generate_keys()

    with pytest.raises(Refusal, match="signature"):
        verify(header.partition(",k=")[0] + f",k={public_of(other)}", ORIGIN, NOW)
