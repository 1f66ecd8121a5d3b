"""What a push service checks of a request, and how a browser opens a message: RFC 8030, 8188, 8291, 8292.

Written from the standards for itself, not with the code that it tests.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DAY_S = 86_400
URGENCIES = frozenset({"very-low", "low", "normal", "high"})
_AUTHORIZATION = re.compile(r"vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)", re.ASCII)
_CONTACT = re.compile(r"mailto:[^\s<>@]+@[^\s<>@]+\.[^\s<>@.]+|https://[^\s<>]+\.[^\s<>]+")


class Refusal(Exception):
    """The request breaks a rule. status: to answer with."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Unreadable(Exception):
    """The message cannot be opened with this browser's keys."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A verified token. key: the public key that signed it, as written."""

    origin: str
    expires_at: float
    key: str


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that RFC 8030 does not allow."""
    if not re.fullmatch(r"[0-9]{1,9}", headers.get("TTL", "")):
        raise Refusal(400, "TTL is missing or no whole number")
    if headers.get("Urgency", "normal") not in URGENCIES:
        raise Refusal(400, "Urgency is none of the four")
    if "Topic" in headers and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["Topic"]):
        raise Refusal(400, "Topic is too long or not base64url")
    if headers.get("Content-Encoding") != "aes128gcm":
        raise Refusal(415, "Content-Encoding is not aes128gcm")


def verify(authorization: str, origin: str, now: float) -> Pass:
    """Return the pass of an Authorization header; refuse one that is forged, for another origin or too long."""
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        raise Refusal(401, "no VAPID header")
    token, key = found.groups()
    signed, _, signature = token.rpartition(".")
    raw = unbase64url(signature)
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unbase64url(key))
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, signed.encode(), ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        raise Refusal(403, "the signature is wrong") from None
    header, claims = (json.loads(unbase64url(part)) for part in signed.split("."))
    _check_claims(header, claims, origin, now)
    return Pass(origin, claims["exp"], key)


def _check_claims(header: Mapping[str, Any], claims: Mapping[str, Any], origin: str, now: float) -> None:
    if header.get("alg") != "ES256":
        raise Refusal(403, "the token is not ES256")
    if claims.get("aud") != origin:
        raise Refusal(403, "the token is for another origin")
    if not now < claims.get("exp", 0) <= now + DAY_S:
        raise Refusal(403, "the token is over, or ends too late")
    if not _CONTACT.fullmatch(claims.get("sub", "")):
        raise Refusal(403, "BadJwtToken")


def unseal(body: bytes, private: EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Return the plaintext as a browser reads it."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    if len(record) > size:
        raise Unreadable("more than one record")
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    try:
        shared = private.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        secret = _derive(shared, auth, b"WebPush: info\x00" + point + sender, 32)
        key = _derive(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derive(secret, salt, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, record, None)
    except (ValueError, InvalidTag):
        raise Unreadable("not for these keys") from None
    plaintext = padded.rstrip(b"\x00")
    if not plaintext.endswith(b"\x02"):
        raise Unreadable("no delimiter of a last record")
    return plaintext[:-1]


def base64url(content: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """Return what base64url without padding stands for."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
