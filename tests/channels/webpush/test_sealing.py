"""Sealing, beside the standard's test vector and another implementation, both ways."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

import http_ece  # type: ignore[import-untyped]  # the package ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pywebpush import WebPusher  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.channels.webpush.sealing import PLAINTEXT_LIMIT, parse_keys, seal, seal_with
from placement_alerts.sandbox.push_rules import Unreadable, base64url, unseal

# RFC 8291, appendix A
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key_of(text: str) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(urlsafe_b64decode(text + "="), "big"), SECP256R1())


class Reader:
    """A browser's side."""

    def __init__(self) -> None:
        self.private = generate_private_key(SECP256R1())
        self.secret = os.urandom(16)
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth = base64url(point), base64url(self.secret)


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_example_of_the_standard_comes_out_byte_by_byte() -> None:
    salt = urlsafe_b64decode(SALT + "==")

    body = seal_with(PLAINTEXT, parse_keys(P256DH, AUTH), key_of(SENDER), salt)

    assert urlsafe_b64encode(body).rstrip(b"=").decode() == SEALED


def test_example_of_the_standard_is_opened_by_the_sandbox() -> None:
    sealed = urlsafe_b64decode(SEALED + "=" * (-len(SEALED) % 4))

    assert unseal(sealed, key_of(RECEIVER), urlsafe_b64decode(AUTH + "==")) == PLAINTEXT


@pytest.mark.parametrize("size", [1, 2, 500, 1999, PLAINTEXT_LIMIT])
def test_another_implementation_opens_what_we_seal(reader: Reader, size: int) -> None:
    plaintext = os.urandom(size)

    body = seal(plaintext, parse_keys(reader.p256dh, reader.auth))

    opened = http_ece.decrypt(body, private_key=reader.private, auth_secret=reader.secret, version="aes128gcm")
    assert opened == plaintext


@pytest.mark.parametrize("size", [1, 500, 1999])
def test_the_sandbox_opens_what_pywebpush_seals(reader: Reader, size: int) -> None:
    plaintext = os.urandom(size)
    keys = {"p256dh": reader.p256dh, "auth": reader.auth}

    body = WebPusher({"endpoint": "https://push.example/x", "keys": keys}).encode(plaintext)["body"]

    assert unseal(body, reader.private, reader.secret) == plaintext


def test_3993_bytes_give_exactly_the_4096_that_services_must_take(reader: Reader) -> None:
    assert PLAINTEXT_LIMIT == 3993
    assert len(seal(b"x" * 3993, parse_keys(reader.p256dh, reader.auth))) == 4096


def test_3994_bytes_are_not_sealed(reader: Reader) -> None:
    with pytest.raises(ValueError, match="3994 bytes"):
        seal(b"x" * 3994, parse_keys(reader.p256dh, reader.auth))


def test_no_two_messages_share_salt_or_key(reader: Reader) -> None:
    keys = parse_keys(reader.p256dh, reader.auth)

    bodies = [seal(b"same", keys) for _ in range(50)]

    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 50


def test_only_the_reader_opens_it(reader: Reader) -> None:
    body = seal(b"secret", parse_keys(reader.p256dh, reader.auth))

    with pytest.raises(Unreadable):
        unseal(body, Reader().private, reader.secret)
    with pytest.raises(Unreadable):
        unseal(body, reader.private, os.urandom(16))
    with pytest.raises(Unreadable):
        unseal(body[:-1] + bytes([body[-1] ^ 1]), reader.private, reader.secret)


@pytest.mark.parametrize(("p256dh", "auth"), [("AAAA", AUTH), (P256DH, "AAAA"), ("", ""), (P256DH[:-2] + "AA", AUTH)])
def test_keys_that_are_none_are_not_parsed(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_keys(p256dh, auth)
