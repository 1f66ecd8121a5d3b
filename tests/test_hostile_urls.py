"""Hostile addresses of webhooks and push endpoints: the real client opens no connection for any of them.

A socket on loopback counts connections; every address leads there, to a network that nobody should be led into, or
nowhere. Names are resolved by an object that answers as an attacker's name server would.
"""

import asyncio
from collections.abc import AsyncIterator
from itertools import cycle
from socket import AF_INET, AF_INET6, AddressFamily

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.core.push_endpoint import check_subscription
from placement_alerts.core.webhook_target import check_target
from placement_alerts.errors import ConnectionLost, PeerError
from placement_alerts.http_client import HttpClient, Limits
from placement_alerts.http_client_addresses import PublicResolver, is_public
from tests.core.test_push_endpoint import AUTH, P256DH

PORT = 47_318  # stands for the port of the socket that counts
LIMITS = Limits(connect_s=1.0, read_s=1.0, deadline_s=2.0)

PRIVATE_V4 = (
    *("127.0.0.1", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255"),
    *("172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.1", "169.254.169.254", "169.254.1.1"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.254", "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1"),
    *("198.18.0.1", "198.19.255.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255", "127.0.0.53", "10.1.2.3", "172.17.0.1", "172.20.10.1", "192.168.49.1"),
    *("192.168.122.1", "169.254.170.2", "100.64.100.1", "198.18.100.100", "233.252.0.1", "250.1.1.1"),
)
PRIVATE_V6 = (
    *("::", "::1", "fe80::1", "fe80::1%25lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1"),
    *("2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1"),
    *("fdff:ffff::1", "fe90::1", "febf::1", "ff05::1:3", "2001:db8:ffff::1", "2001:1ff::1", "::2", "1::1", "e000::1"),
)
WRAPPED = (  # around 127.0.0.1, 10.0.0.1, 169.254.169.254, 192.168.1.1, 100.64.0.1
    *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1"),
    *("0:0:0:0:0:ffff:7f00:0001", "::ffff:0:7f00:1", "::127.0.0.1", "::7f00:1", "::10.0.0.1", "::a9fe:a9fe"),
    *("64:ff9b::7f00:1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::6440:1"),
    *("64:ff9b:1::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:101::"),
    *("2002:a9fe:a9fe::", "2002:6440:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1:0:0:80ff:fffe"),
    *("2001:0:53aa:64c:0:0:f5ff:fffe", "2001:0::1"),
)
NUMBERS = (  # what a system's resolver takes for 127.0.0.1, 10.0.0.1 or 169.254.169.254
    *("2130706433", "0x7f000001", "0X7F000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "127.1"),
    *("127.0.1", "0177.1", "0", "0x0", "00.0.0.0", "127.000.000.001", "0127.0.0.1", "0000177.0.0.01", "167772161"),
    *("0xa000001", "012.0.0.1", "0xa.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.16689662"),
    *("127.0.0.1.", "2130706433.", "0x7f.1.", "010.0.0.1", "0xA9.0xFE.0xA9.0xFE", "4294967295", "1"),
)
IDNA = (  # other signs for the same figures and dots
    *("127。0。0。1", "127．0．0．1", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "𝟏𝟐𝟕.𝟎.𝟎.𝟏"),
    *("2130706433。", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost", "ｌｏｃａｌｈｏｓｔ", "xn--127.0.0.1"),
)
NAMES = (
    *("localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "printer.local"),
    *("metadata.google.internal", "router.home.arpa", "a.localhost", "private.example.org", "mixed.example.org"),
    *(
        "mixed6.example.org",
        "rebinding.example.org",
        "teredo.example.org",
        "nat64.example.org",
        "sixtofour.example.org",
    ),
    *("mapped.example.org", "shared.example.org", "zone.example.org", "127.0.0.1.nip.io", "kubernetes.default.svc"),
)
TRICKS = (  # what one reader takes for the host, and another for a user, a path or a port
    *(f"https://example.com@127.0.0.1:{PORT}/", f"https://example.com:443@127.0.0.1:{PORT}/"),
    *(f"https://@127.0.0.1:{PORT}/", f"https://:@127.0.0.1:{PORT}/", f"https://a:b@localhost:{PORT}/"),
    *(f"https://127.0.0.1:{PORT}\\@example.com/", f"https://example.com\\@127.0.0.1:{PORT}/"),
    *(f"https://127.0.0.1:{PORT}#@example.com/", f"https://127.0.0.1:{PORT}?@example.com/"),
    *(f"https://127.0.0.1%2eexample.com:{PORT}/", f"https://127.0.0.1%00.example.com:{PORT}/"),
    *(f"https://%31%32%37.0.0.1:{PORT}/", f"https://127.0.0.1 .example.com:{PORT}/", f"https://[::1:{PORT}/"),
    *(
        f"https://127.0.0.1:{PORT}:443/",
        f"https:127.0.0.1:{PORT}/",
        f"https:/127.0.0.1:{PORT}/",
        f"//127.0.0.1:{PORT}/",
    ),
    *(
        f"https:///127.0.0.1:{PORT}/",
        f"https://\t127.0.0.1:{PORT}/",
        f"https://127.0.0.1\n:{PORT}/",
        "https://127.0.0.1:0/",
    ),
    *(
        f" https://127.0.0.1:{PORT}/",
        f"ftp://127.0.0.1:{PORT}/",
        f"ws://127.0.0.1:{PORT}/",
        f"unix://127.0.0.1:{PORT}/",
    ),
    *(
        "file:///etc/passwd",
        f"gopher://127.0.0.1:{PORT}/_x",
        "data:text/plain,x",
        "javascript:alert(1)",
        "https://",
        "",
    ),
    *("https://.", "https://..", f"https://[::ffff:127.0.0.1%251]:{PORT}/", "https://127.0.0.1:99999/", "https://[]/"),
    *(f"https://example.com:80:80@127.0.0.1:{PORT}/", f"https://127.0.0.1:{PORT}/" + "a" * 5000),
)

HOSTILE = (
    *(f"https://{host}:{PORT}/" for host in (*PRIVATE_V4, *NUMBERS, *IDNA, *NAMES)),
    *(f"https://[{host}]:{PORT}/" for host in (*PRIVATE_V6, *WRAPPED)),
    *(f"http://{host}:{PORT}/" for host in ("127.0.0.1", "localhost", "2130706433", "rebinding.example.org")),
    *(f"http://[{host}]:{PORT}/" for host in ("::1", "::ffff:127.0.0.1")),
    *TRICKS,
)


class HostileResolver(AbstractResolver):
    """The name server of an attacker: some names change their address, the others lead to loopback."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._rebinding = cycle((("8.8.8.8", "127.0.0.1"), ("127.0.0.1",)))

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        return [_resolved(host, address, port) for address in self._addresses(host)]

    def _addresses(self, host: str) -> tuple[str, ...]:
        known = {
            "private.example.org": ("10.0.0.1",),
            "mixed.example.org": ("8.8.8.8", "127.0.0.1"),
            "mixed6.example.org": ("2001:4860:4860::8888", "::1"),
            "teredo.example.org": ("2001:0:4136:e378:8000:63bf:80ff:fffe",),
            "nat64.example.org": ("64:ff9b::7f00:1",),
            "sixtofour.example.org": ("2002:7f00:1::",),
            "mapped.example.org": ("::ffff:127.0.0.1",),
            "shared.example.org": ("100.64.0.1",),
            "zone.example.org": ("fe80::1%lo",),
        }
        return next(self._rebinding) if host == "rebinding.example.org" else known.get(host, ("127.0.0.1",))

    async def close(self) -> None:
        pass


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = AF_INET6 if ":" in address else AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)


class Counter:
    """A socket on loopback that counts who comes."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def take(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    counter = Counter()
    server = await asyncio.start_server(counter.take, "127.0.0.1", 0)
    counter.port = server.sockets[0].getsockname()[1]
    async with server:
        yield counter


@pytest.fixture
async def strict() -> AsyncIterator[HttpClient]:
    async with HttpClient(resolver=HostileResolver()) as client:
        yield client


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("url", HOSTILE)
async def test_no_connection_is_made(url: str, strict: HttpClient, counter: Counter) -> None:
    url = url.replace(str(PORT), str(counter.port))

    with pytest.raises(PeerError) as refused:
        await strict.post(url, b"{}", limits=LIMITS)

    assert not isinstance(refused.value, ConnectionLost)  # it was refused, and nothing was tried
    assert counter.connections == 0


@pytest.mark.parametrize("url", HOSTILE)
async def test_no_push_is_sent_there(url: str, counter: Counter) -> None:
    url = url.replace(str(PORT), str(counter.port))

    async with Posts() as posts:
        with pytest.raises(PeerError):
            await posts.post(url, b"{}", headers={}, limits=LIMITS)

    assert counter.connections == 0


async def test_counter_would_notice_a_connection(counter: Counter) -> None:
    async with HttpClient(allow_private=True, resolver=HostileResolver()) as careless:
        with pytest.raises(PeerError):
            await careless.post(f"http://rebinding.example.org:{counter.port}/", b"{}", limits=LIMITS)

    assert counter.connections > 0


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_may_listen_there_nor_subscribe(url: str) -> None:
    assert check_target(url) is not None
    assert check_subscription(url, P256DH, AUTH) is not None


@pytest.mark.parametrize("address", [*PRIVATE_V4, *PRIVATE_V6, *WRAPPED, *NUMBERS])
def test_address_is_not_public(address: str) -> None:
    assert not is_public(address.replace("%25", "%"))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "2606:4700::1111", "64:ff9b::808:808", "192.31.196.1"]
)
def test_public_address_is_public(address: str) -> None:
    assert is_public(address)


async def test_what_was_checked_is_what_is_connected_to() -> None:
    resolver = HostileResolver()
    hostile = PublicResolver(resolver)
    resolver._rebinding = cycle((("8.8.8.8",), ("127.0.0.1",)))

    found = await hostile.resolve("rebinding.example.org", 443)

    assert [one["host"] for one in found] == ["8.8.8.8"]
    assert resolver.asked == ["rebinding.example.org"]  # asked once: there is no second answer to connect to


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_to_loopback_is_not_followed(status: int, counter: Counter) -> None:
    async def lead(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": f"http://127.0.0.1:{counter.port}/"})

    application = web.Application()
    application.router.add_post("/", lead)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with HttpClient(allow_private=True) as client:
        response = await client.post(f"http://127.0.0.1:{runner.addresses[0][1]}/", b"{}", limits=LIMITS)
    await runner.cleanup()

    assert response.status == status
    assert counter.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/in",
        "https://hooks.example.org",
        "https://hooks.example.org:443/a/b?c=d",
        "https://xn--mnchen-3ya.de/in",
        "https://a-b.example.co.uk/%C3%BC",
    ],
)
def test_ordinary_target_is_accepted(url: str) -> None:
    assert check_target(url) is None


@pytest.mark.parametrize(
    "url", ["https://münchen.de/", "https://hooks.example.org:8443/", "https://hooks.example.org/#x"]
)
def test_target_out_of_the_rules_is_refused(url: str) -> None:
    assert check_target(url) is not None
