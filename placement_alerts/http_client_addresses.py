"""Which addresses may be called over HTTP (reference/queues.md, section 8): where they lead decides."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import AF_UNSPEC, AddressFamily

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from placement_alerts.errors import PeerNonsense, PeerUnreachable

URL_LIMIT = 4096  # characters, as a push endpoint may have; longer ones are mistakes or attacks
_NAT64 = IPv6Network("64:ff9b::/96")
# beyond what `is_global` knows of in every Python we run on (IANA's registries of special purposes)
_GLOBAL_V6 = IPv6Network("2000::/3")  # all that was ever given out
_SPECIAL_V6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)  # Teredo, ORCHID, 6to4, ...
_SPECIAL_V4 = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10")))
# 2130706433, 0x7f.1, 0177.0.0.1: the system's resolver takes them for addresses, people never write them
_NUMBER_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)


def checked_url(text: str, *, allow_private: bool = False) -> URL:
    """Return an address that may be called, as far as can be seen without resolving its name.

    Raises PeerNonsense for what is no http(s) address or holds credentials, PeerUnreachable for a private address and
    for a number in place of a name.
    """
    try:
        url = URL(text)
        explicit = url.explicit_port
    except ValueError as error:
        raise PeerNonsense("not an http(s) address") from error
    named = url.user is not None or url.password is not None or "@" in url.raw_authority
    if url.scheme not in {"http", "https"} or not url.raw_host or named or explicit == 0 or len(text) > URL_LIMIT:
        raise PeerNonsense("not an http(s) address")
    if not allow_private:
        _check_literal(url.raw_host)
    return url


class PublicResolver(AbstractResolver):
    """Resolves names for the connector and refuses those with any address that is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_UNSPEC) -> list[ResolveResult]:
        """Return the addresses of the host. Raises PeerUnreachable if one of them is not public."""
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(result["host"]) for result in found):
            raise PeerUnreachable(f"{host}: leads to a private address, which is not allowed")
        return found

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to a host on the public internet, also when wrapped in IPv6."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        ip = _unwrapped(ip)
    if isinstance(ip, IPv6Address):
        special = ip not in _GLOBAL_V6 or ip.scope_id is not None or any(ip in network for network in _SPECIAL_V6)
    else:
        special = any(ip in network for network in _SPECIAL_V4)
    return ip.is_global and not special and not ip.is_multicast and not ip.is_reserved


def _unwrapped(ip: IPv6Address) -> IPv4Address | IPv6Address:
    inner = ip.ipv4_mapped or ip.sixtofour
    if inner is None and ip in _NAT64:
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip


def _check_literal(host: str) -> None:
    try:
        ip_address(host)
    except ValueError:
        if _NUMBER_HOST.fullmatch(host):
            raise PeerUnreachable(f"{host}: a number is not accepted as a host") from None
        return  # a name: PublicResolver looks at what it leads to
    if not is_public(host):
        raise PeerUnreachable(f"{host}: a private address, which is not allowed")
