"""Who we are to a push service: the VAPID key, and a token for each origin (RFC 8292; reference/webpush.md, 3)."""

import re
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from py_vapid import jwt  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.core.push_endpoint import decoded
from placement_alerts.errors import ConfigError

LIFE = timedelta(hours=12)  # the standard allows 24
RENEWED_BEFORE = timedelta(hours=1)
ORIGINS_KEPT = 256

_MAIL = re.compile(r"mailto:[^\s@<>]+@([a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)
_PAGE = re.compile(r"https://([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]{1,5})?([/?][!-~]*)?", re.IGNORECASE | re.ASCII)
_LOCAL = (".local", ".localhost")


class VapidKey:
    """The key pair. public: 65 bytes in base64url without padding, as browsers take it."""

    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self.private = private
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = _base64url(point)


def load_key(text: str) -> VapidKey:
    """Return the key of a setting: 32 bytes in base64url, or PEM. Raises ConfigError, which does not repeat it."""
    text = text.strip()
    try:
        private = _from_pem(text) if text.startswith("-----BEGIN ") else _from_bytes(decoded(text))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        problem = "should be a P-256 key as `placement-alerts vapid` makes it: 43 characters of base64url, or PEM"
        raise ConfigError([f"webpush.vapid_private_key: {problem}"])
    return VapidKey(private)


def new_key() -> tuple[str, str]:
    """Return a new (private, public) pair, both in base64url without padding: 32 and 65 bytes."""
    private = generate_private_key(SECP256R1())
    number = private.private_numbers().private_value
    return _base64url(number.to_bytes(32, "big")), VapidKey(private).public


def check_subject(subject: str) -> None:
    """Raise ConfigError unless push services will take it for whom they may write to."""
    host = subject.partition(":")[2].rpartition("@")[2].lstrip("/").partition("/")[0].partition(":")[0].lower()
    if not (_MAIL.fullmatch(subject) or _PAGE.fullmatch(subject)) or host.endswith(_LOCAL):
        problem = "should be a real contact such as mailto:office@college.example or https://college.example"
        raise ConfigError([f"webpush.subject: {problem}"])


class Tokens:
    """The Authorization header of each origin: made once in eleven hours, with claims of its own."""

    def __init__(self, key: VapidKey, subject: str, now: Callable[[], datetime]) -> None:
        check_subject(subject)
        self._key = key
        self._subject = subject
        self._now = now
        self._kept: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    def header_for(self, origin: str) -> str:
        """Return "vapid t=…, k=…" for an origin: scheme, host, and port if not the default one."""
        now = self._now()
        kept = self._kept.get(origin)
        # a clock that was set back must not leave a token that ends too late
        if kept is not None and RENEWED_BEFORE < kept[0] - now <= LIFE:
            return kept[1]
        expires_at = now + LIFE
        claims = {"aud": origin, "exp": int(expires_at.timestamp()), "sub": self._subject}
        header = f"vapid t={jwt.sign(claims, self._key.private)}, k={self._key.public}"
        self._kept[origin] = expires_at, header
        if len(self._kept) > ORIGINS_KEPT:
            self._kept.popitem(last=False)
        return header

    def forget(self, origin: str) -> None:
        """Make a new token at the next call: the service refused this one."""
        self._kept.pop(origin, None)


def _from_bytes(number: bytes) -> EllipticCurvePrivateKey | None:
    return derive_private_key(int.from_bytes(number, "big"), SECP256R1()) if len(number) == 32 else None


def _from_pem(text: str) -> object:
    # in an environment variable the lines of a PEM are often joined by a written \n
    return load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
