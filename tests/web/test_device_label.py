import pytest

from placement_alerts.web.device_label import device_label

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15", "Safari on Mac"),
        ("Strange (Windows)", "A browser on Windows"),
        ("Firefox/1", "Firefox"),
        ("", "A browser"),
        ("<script>" * 1000, "A browser"),
    ],
)
def test_browser_and_system_are_named_as_far_as_they_say(user_agent: str, label: str) -> None:
    assert device_label(user_agent) == label
