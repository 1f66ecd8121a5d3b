"""Which addresses integrators may listen at (reference/queues.md, section 8). Pure.

Written so that no two readers of addresses can disagree about the host: plain letters, up to the path. What the name
leads to is looked at by the HTTP client, for every call.
"""

import re

TARGET_LIMIT = 2048  # characters

_TARGET = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?P<port>:[0-9]{1,5})?(?:[/?][!$-\[\]-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = (None, ":443")
_LAST_LABEL = re.compile(r"[a-z]|xn--", re.IGNORECASE)  # numbers and 0x7f are read as addresses
_PRIVATE_NAMES = ("localhost", "local", "localdomain", "internal", "home.arpa", "test", "example", "invalid", "onion")


def check_target(url: str) -> str | None:
    """Return in words why nobody may listen there; None: it may be tried."""
    if len(url) > TARGET_LIMIT:
        return f"should have at most {TARGET_LIMIT} characters"
    found = _TARGET.fullmatch(url)
    if found is None:
        return "should be an https address of a named host, without user and fragment, in ASCII (xn-- and %XX)"
    if found["port"] not in _DEFAULT_PORTS:
        return "should use the default port"
    host = found["host"].lower()
    labels = host.split(".")
    if not _LAST_LABEL.match(labels[-1]) or any(len(one) > 63 or one != one.strip("-") for one in labels):
        return "should name its host by a domain name, not by a number"
    if len(host) > 253 or any(host.endswith(f".{name}") for name in _PRIVATE_NAMES):
        return "should be at a host that the public internet knows"
    return None
