"""Which web push subscriptions are accepted: an address from a browser is one we would call (reference/webpush.md, 7).

Pure. Written so that no two readers of addresses can disagree about the host: it must be plain letters, up to the path.
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error

ENDPOINT_LIMIT = 4096  # characters
KEY_BYTES = 65  # an uncompressed point of P-256
AUTH_BYTES = 16
PUSH_DOMAINS = (
    "googleapis.com",
    "google.com",
    "mozilla.com",
    "mozaws.net",
    "windows.com",
    "microsoft.com",
    "apple.com",
)

_ENDPOINT = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?P<port>:[0-9]{1,5})?(?:[/?][!$-\[\]-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,200}={0,2}", re.ASCII)
_DEFAULT_PORTS = (None, ":443")
# the curve y² = x³ − 3x + b over the prime p (FIPS 186-4, D.1.2.3)
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def check_subscription(endpoint: str, p256dh: str, auth: str, *, allow_private: bool = False) -> str | None:
    """Return in words why a browser's subscription is not accepted; None: it is.

    p256dh, auth: base64url, padded or not. allow_private: any host and port, for tests only.
    """
    if len(endpoint) > ENDPOINT_LIMIT:
        return f"endpoint: should have at most {ENDPOINT_LIMIT} characters"
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None:
        return "endpoint: should be an https address without user and fragment"
    if not allow_private and found["port"] not in _DEFAULT_PORTS:
        return "endpoint: should use the default port"
    if not allow_private and not _is_push_host(found["host"]):
        return "endpoint: should be at a push service of a browser maker"
    if not _is_point(decoded(p256dh)):
        return f"p256dh: should be a P-256 point of {KEY_BYTES} bytes, uncompressed, in base64url"
    if len(decoded(auth)) != AUTH_BYTES:
        return f"auth: should be {AUTH_BYTES} bytes in base64url"
    return None


def origin_of(endpoint: str) -> str:
    """Return scheme, host and port (if not the default one) of an accepted endpoint: the audience of its tokens."""
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None:
        raise ValueError("not an endpoint that was accepted")
    port = found["port"]
    return f"https://{found['host'].lower()}{'' if port in _DEFAULT_PORTS else port}"


def decoded(text: str) -> bytes:
    """Return what base64url stands for, padded or not; nothing if it is not base64url."""
    if not _BASE64URL.fullmatch(text):
        return b""
    bare = text.rstrip("=")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except Base64Error:
        return b""


def _is_push_host(host: str) -> bool:
    host = host.lower()
    return any(host == domain or host.endswith(f".{domain}") for domain in PUSH_DOMAINS)


def _is_point(key: bytes) -> bool:
    """Say whether these bytes are a point on the curve: sealing for any other fails at every send."""
    if len(key) != KEY_BYTES or key[0] != 4:  # 4: uncompressed
        return False
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
