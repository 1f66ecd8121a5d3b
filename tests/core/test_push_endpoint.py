import pytest

from placement_alerts.core.push_endpoint import ENDPOINT_LIMIT, check_subscription, decoded, origin_of

# the receiver of RFC 8291, appendix A
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
FCM = "https://fcm.googleapis.com/fcm/send/abc:def-ghi_jkl"


def problem_of(
    endpoint: str = FCM, p256dh: str = P256DH, auth: str = AUTH, *, allow_private: bool = False
) -> str | None:
    return check_subscription(endpoint, p256dh, auth, allow_private=allow_private)


@pytest.mark.parametrize(
    "endpoint",
    [
        FCM,
        "https://FCM.googleapis.com:443/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA==",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d%3d",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://updates-autopush.stage.mozaws.net/x",
        "https://jmt17.google.com/fcm/send/x",
    ],
)
def test_endpoints_of_browser_makers_are_accepted(endpoint: str) -> None:
    assert problem_of(endpoint) is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilgoogleapis.com/x",
        "https://googleapis.com.evil/x",
        "https://evil.example/fcm.googleapis.com",
        "https://evil.example?fcm.googleapis.com",
        "https://evil.example#.googleapis.com",
        "https://evil.example\\.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://user:word@fcm.googleapis.com/x",
        "https://fcm.googleapis.com./x",
        "https://fcm..googleapis.com/x",
        "https://.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:/x",
        "https://fcm.googleapis.com:443:443/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\n",
        "https://fcm.googleapis.com/\\x",
        'https://fcm.googleapis.com/"x',
        "https://fcm\t.googleapis.com/x",
        "https://fcm.googleapis.com。evil.example/x",
        "https://ｆcm.googleapis.com/x",
        "http://fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "//fcm.googleapis.com/x",
        "fcm.googleapis.com/x",
        "",
    ],
)
def test_other_addresses_are_refused_with_a_reason(endpoint: str) -> None:
    problem = problem_of(endpoint)

    assert problem is not None
    assert problem.startswith("endpoint: should ")


def test_reason_does_not_repeat_the_secret_endpoint() -> None:
    assert "evil" not in (problem_of("https://evil.example/secret") or "")


def test_endpoint_of_4096_characters_is_accepted_and_a_longer_one_refused() -> None:
    longest = FCM + "x" * (ENDPOINT_LIMIT - len(FCM))

    assert problem_of(longest) is None
    assert problem_of(longest + "x") is not None


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1:8443/x", "https://localhost:9000/x"])
def test_tests_may_use_private_endpoints_over_tls(endpoint: str) -> None:
    assert problem_of(endpoint, allow_private=True) is None


def test_private_endpoint_without_tls_is_refused_even_then() -> None:
    assert problem_of("http://127.0.0.1:8080/x", allow_private=True) is not None


@pytest.mark.parametrize(
    "p256dh",
    [
        "",
        "BC",
        P256DH + "AAAA",
        "A" + P256DH[1:],  # not uncompressed
        P256DH[:-1] + "A",  # not on the curve
        P256DH.replace("_", "/"),
        "B" + "_" * 86,  # coordinates beyond the prime
        P256DH + "é",
    ],
)
def test_key_that_is_no_point_is_refused(p256dh: str) -> None:
    assert "p256dh" in (problem_of(p256dh=p256dh) or "")


@pytest.mark.parametrize("auth", ["", "AAAA", AUTH + "AA", "BTBZMqHH6r4Tts7J/aSIgg", "A"])
def test_auth_of_another_length_is_refused(auth: str) -> None:
    assert "auth" in (problem_of(auth=auth) or "")


def test_padding_is_allowed() -> None:
    assert problem_of(p256dh=P256DH + "=", auth=AUTH + "==") is None
    assert decoded(AUTH + "==") == decoded(AUTH)


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://FCM.googleapis.com:443/x", "https://fcm.googleapis.com"),
        ("https://web.push.apple.com/x?y", "https://web.push.apple.com"),
        ("https://127.0.0.1:8443/x", "https://127.0.0.1:8443"),
    ],
)
def test_origin_has_no_path_and_no_default_port(endpoint: str, origin: str) -> None:
    assert origin_of(endpoint) == origin


def test_origin_of_nothing_is_our_bug() -> None:
    with pytest.raises(ValueError, match="not an endpoint"):
        origin_of("http://x")
