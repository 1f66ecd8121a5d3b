import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.channels.webpush.vapid import Tokens, VapidKey, check_subject, load_key, new_key
from placement_alerts.errors import ConfigError
from placement_alerts.sandbox.push_rules import unbase64url, verify
from tests.builders import NOW, after
from tests.pipeline.conftest import Hand

SUBJECT = "mailto:office@college.example"
ORIGINS = (
    "https://fcm.googleapis.com",
    "https://updates.push.services.mozilla.com",
    "https://wns2-par02p.notify.windows.com",
    "https://web.push.apple.com",
    "https://127.0.0.1:8443",
)


@pytest.fixture(scope="module")
def key() -> VapidKey:
    return load_key(new_key()[0])


@pytest.fixture
def now() -> Hand:
    return Hand()


@pytest.fixture
def tokens(key: VapidKey, now: Hand) -> Tokens:
    return Tokens(key, SUBJECT, now)


def claims_of(header: str) -> dict[str, object]:
    token = header.partition("t=")[2].partition(",")[0]
    claims = json.loads(unbase64url(token.split(".")[1]))
    assert isinstance(claims, dict)
    return claims


def test_new_key_is_32_and_65_bytes_and_never_the_same() -> None:
    private, public = new_key()

    assert (len(unbase64url(private)), len(unbase64url(public)), unbase64url(public)[0]) == (32, 65, 4)
    assert load_key(private).public == public
    assert new_key() != (private, public)


def test_key_is_the_same_as_py_vapid_reads_it() -> None:
    private, public = new_key()

    theirs = Vapid02.from_raw(private.encode())

    assert VapidKey(theirs.private_key).public == public


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("joined", ["\n", "\\n"])
def test_pem_is_read_even_with_written_line_ends(key: VapidKey, form: PrivateFormat, joined: str) -> None:
    pem = key.private.private_bytes(Encoding.PEM, form, NoEncryption()).decode()

    assert load_key(pem.replace("\n", joined)).public == key.public


def test_padding_and_blanks_around_a_key_do_not_matter() -> None:
    private, public = new_key()

    assert load_key(f" {private}=\n").public == public


def pem_of(private: object) -> str:
    assert hasattr(private, "private_bytes")
    text: bytes = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AAAA",
        "A" * 43,  # zero
        "_" * 43,  # beyond the order of the curve
        "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----",
        pem_of(generate_private_key(SECP384R1())),
        pem_of(rsa.generate_private_key(65537, 2048)),
    ],
    ids=["empty", "short", "zero", "large", "nonsense", "other curve", "RSA"],
)
def test_text_that_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigError, match=r"webpush\.vapid_private_key: should be") as refused:
        load_key(text)

    assert len(text) < 4 or text not in str(refused.value)


def test_text_that_names_a_file_is_not_read_as_one(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(new_key()[0])

    with pytest.raises(ConfigError):
        load_key(str(file))


def test_five_origins_have_five_tokens_each_with_its_own_audience(tokens: Tokens) -> None:
    headers = [tokens.header_for(origin) for origin in ORIGINS]

    assert [claims_of(header)["aud"] for header in headers] == list(ORIGINS)
    assert [verify(header, origin, NOW.timestamp()).origin for header, origin in zip(headers, ORIGINS, strict=True)]


def test_claims_of_one_origin_are_not_changed_by_the_next(tokens: Tokens) -> None:
    first = tokens.header_for(ORIGINS[0])
    for origin in ORIGINS[1:]:
        tokens.header_for(origin)

    assert tokens.header_for(ORIGINS[0]) == first
    assert claims_of(first) == {"aud": ORIGINS[0], "exp": after(hours=12).timestamp(), "sub": SUBJECT}


def test_py_vapid_verifies_a_token(tokens: Tokens, key: VapidKey) -> None:
    header = tokens.header_for(ORIGINS[0])

    assert Vapid02.verify(header.replace(", k=", ",k="))
    assert header.endswith(f", k={key.public}")


def test_token_is_kept_for_eleven_hours_and_renewed_an_hour_before_its_end(tokens: Tokens, now: Hand) -> None:
    first = tokens.header_for(ORIGINS[0])
    now.turn(hours=10, minutes=59)
    second = tokens.header_for(ORIGINS[0])
    now.turn(minutes=1)
    third = tokens.header_for(ORIGINS[0])

    assert first == second
    assert claims_of(third)["exp"] == (now() + timedelta(hours=12)).timestamp()


@pytest.mark.parametrize("hours", [-1, -30, 24, 24 * 366])
def test_token_is_never_too_long_for_a_clock_that_was_set(tokens: Tokens, now: Hand, hours: int) -> None:
    tokens.header_for(ORIGINS[0])
    now.turn(hours=hours)

    exp = claims_of(tokens.header_for(ORIGINS[0]))["exp"]

    assert exp == (now() + timedelta(hours=12)).timestamp()


def test_refused_token_is_not_used_again(tokens: Tokens, now: Hand) -> None:
    first = tokens.header_for(ORIGINS[0])
    now.turn(seconds=1)

    tokens.forget(ORIGINS[0])

    assert tokens.header_for(ORIGINS[0]) != first


def test_tokens_of_many_origins_do_not_pile_up(tokens: Tokens) -> None:
    first = tokens.header_for("https://o.example")
    for number in range(300):
        tokens.header_for(f"https://o{number}.example")

    assert tokens.header_for("https://o.example") != first  # it was forgotten and made anew


@pytest.mark.parametrize(
    "subject",
    [SUBJECT, "https://college.example", "https://college.example/placement?x=1", "mailto:a.b+c@sub.college.example"],
)
def test_real_contacts_are_accepted(subject: str) -> None:
    check_subject(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "office@college.example",
        "mailto:root@localhost",
        "mailto:root@printer.local",
        "mailto:<office@college.example>",
        "mailto: office@college.example",
        "mailto:office@college.example ",
        "https://localhost",
        "https://localhost:8000/x",
        "https://printer.local/x",
        "https://printer.local:443",
        "http://college.example",
        "https://college.example/<x>y z",
    ],
)
def test_contacts_that_services_refuse_are_refused_at_the_start(subject: str) -> None:
    with pytest.raises(ConfigError, match=r"webpush\.subject"):
        check_subject(subject)


def test_time_of_tokens_is_in_seconds(key: VapidKey) -> None:
    real = Tokens(key, SUBJECT, lambda: datetime.now(UTC))

    assert isinstance(claims_of(real.header_for(ORIGINS[0]))["exp"], int)
