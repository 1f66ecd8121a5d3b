"""Addresses that are not called, whoever gave them; two hundred hostile ones are in test_hostile_urls.py."""

from collections.abc import AsyncIterator
from socket import AF_INET, AddressFamily

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from placement_alerts.errors import PeerNonsense, PeerUnreachable
from placement_alerts.http_client import HttpClient
from placement_alerts.http_client_addresses import PublicResolver, is_public


@pytest.fixture
async def strict() -> AsyncIterator[HttpClient]:
    async with HttpClient() as client:
        yield client


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fd00::1]/",
        "http://[fec0::1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://localhost/",
        "http://100.64.0.1/",
        "http://192.0.2.1/",
    ],
)
async def test_private_address_is_refused_in_any_form(strict: HttpClient, url: str) -> None:
    with pytest.raises(PeerUnreachable, match=r"not allowed|not accepted"):
        await strict.get(url)


@pytest.mark.parametrize("url", ["ftp://x.example/", "/x", "http://", "http://u:p@x.example/", "http://[x/", "x" * 9])
async def test_what_is_no_web_address_is_refused(strict: HttpClient, url: str) -> None:
    with pytest.raises(PeerNonsense, match=r"not an http\(s\) address"):
        await strict.get(url)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


class TwoAddresses(AbstractResolver):
    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=AF_INET, proto=0, flags=0)
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    async def close(self) -> None:
        pass


async def test_name_with_one_private_address_is_refused() -> None:
    with pytest.raises(PeerUnreachable, match=r"mixed\.example: leads to a private address"):
        await PublicResolver(TwoAddresses()).resolve("mixed.example")
