"""Sealing: a plaintext that only one browser can read (RFC 8291 and RFC 8188, one record), on `cryptography` directly.

pywebpush does the same in three times the time, because it parses the subscription and derives with objects at every
message; it is the oracle of the tests.
"""

import hmac
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from placement_alerts.core.push_endpoint import AUTH_BYTES, decoded

BODY_LIMIT = 4096  # bytes that every push service must accept (RFC 8030, section 7.2)
OVERHEAD = 103  # bytes: header 86, delimiter 1, tag 16
PLAINTEXT_LIMIT = BODY_LIMIT - OVERHEAD

_SALT_BYTES = 16
# the record is one, and the last: its size is never reached, its delimiter is 2, its number 0
_RECORD_SIZE_AND_KEY_LENGTH = BODY_LIMIT.to_bytes(4, "big") + bytes([65])
_LAST_RECORD = b"\x02"
_KEY_INFO = b"Content-Encoding: aes128gcm\x00\x01"  # the closing 1 is HKDF's count of its only block
_NONCE_INFO = b"Content-Encoding: nonce\x00\x01"
_CURVE = SECP256R1()
_ECDH = ECDH()


@dataclass(frozen=True, slots=True)
class ReceiverKeys:
    """A subscription's keys, parsed. info: what both sides derive from; the sender's key and a 1 are added."""

    public_key: EllipticCurvePublicKey
    auth: bytes
    info: bytes


def parse_keys(p256dh: str, auth: str) -> ReceiverKeys:
    """Return the keys of an accepted subscription. Raises ValueError for what is no key."""
    point, secret = decoded(p256dh), decoded(auth)
    if len(secret) != AUTH_BYTES:
        raise ValueError(f"auth should be {AUTH_BYTES} bytes")
    key = EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    return ReceiverKeys(key, secret, b"WebPush: info\x00" + point)


def seal(plaintext: bytes, receiver: ReceiverKeys) -> bytes:
    """Return the body to post, with a key pair and salt of its own. Raises ValueError above PLAINTEXT_LIMIT."""
    return seal_with(plaintext, receiver, generate_private_key(_CURVE), os.urandom(_SALT_BYTES))


def seal_with(plaintext: bytes, receiver: ReceiverKeys, sender: EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Seal with a given key pair and salt, which must never be used twice: for the standard's test vector."""
    if len(plaintext) > PLAINTEXT_LIMIT:
        raise ValueError(f"{len(plaintext)} bytes are more than the {PLAINTEXT_LIMIT} that fit one push")
    sender_point = sender.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = hmac.digest(receiver.auth, sender.exchange(_ECDH, receiver.public_key), "sha256")
    secret = hmac.digest(salt, hmac.digest(shared, receiver.info + sender_point + b"\x01", "sha256"), "sha256")
    key = hmac.digest(secret, _KEY_INFO, "sha256")[:16]
    nonce = hmac.digest(secret, _NONCE_INFO, "sha256")[:12]
    record = AESGCM(key).encrypt(nonce, plaintext + _LAST_RECORD, None)
    return b"".join((salt, _RECORD_SIZE_AND_KEY_LENGTH, sender_point, record))
