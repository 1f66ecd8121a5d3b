"""Whose request it is, as far as addresses go: the peer's, or what a trusted proxy says of it."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

FORWARDED_MAX = 20  # entries looked at
KEPT = 4096  # peers and clients that are known by what they sent
KEPT_CHARACTERS_MAX = 100  # of what is kept

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]


def networks_of(texts: Iterable[str]) -> Networks:
    """Return addresses and networks as they are written in the configuration, which has checked them."""
    return tuple(ip_network(text, strict=False) for text in texts)


def client_address(request: web.Request, proxies: Networks) -> str:
    """Return the client's address; of IPv6 the network of 64 bits, which one household has all of.

    The peer, or the right-most entry of X-Forwarded-For that is no proxy of ours if the peer is one: whatever stands
    left of it anybody can write. "": not known.
    """
    remote = request.remote or ""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())) if proxies else ""
    if len(forwarded) > KEPT_CHARACTERS_MAX:
        return _client.__wrapped__(remote, forwarded, proxies)
    return _client(remote, forwarded, proxies)


@lru_cache(maxsize=KEPT)
def _client(remote: str, forwarded: str, proxies: Networks) -> str:
    found = _read(remote)
    if found is not None and _is_among(found, proxies):
        for entry in forwarded.split(",")[: -FORWARDED_MAX - 1 : -1]:
            said = _read(entry.strip())
            if said is None:
                break
            found = said
            if not _is_among(found, proxies):
                break
    return _shown(found)


def _read(text: str) -> Address | None:
    """Return an address, with or without a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_among(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _shown(address: Address | None) -> str:
    if address is None:
        return ""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
