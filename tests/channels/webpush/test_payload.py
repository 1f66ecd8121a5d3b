import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from placement_alerts.channels.webpush.payload import PAYLOAD_LIMIT, headers_of, payload_of, topic_of
from placement_alerts.core.brief import Brief, brief_of
from placement_alerts.core.delivery import Priority
from placement_alerts.core.notice import NoticeId
from tests.builders import NOW, a_notice, after
from tests.channels.webpush.conftest import PUBLIC_URL, a_parcel

FOUR_WEEKS = timedelta(weeks=4)
BRIEF = replace(brief_of(a_notice(), urgent=False, change=None), deadline=None)


def read(brief: Brief = BRIEF, delivery_id: str = "n1.1.a7", *, short: bool = False) -> dict[str, Any]:
    content = payload_of(a_parcel("s1", brief, delivery_id), PUBLIC_URL, "token", short=short)
    whole = json.loads(content)
    assert isinstance(whole, dict)
    return whole


def test_payload_is_declarative_and_reaches_the_worker_too() -> None:
    assert read() == {
        "web_push": 8030,
        "notification": {
            "title": "💼 Job posting · Brightwave Systems",
            "body": BRIEF.body,
            "navigate": f"{PUBLIC_URL}/notices/n1?d=n1.1.a7",
            "tag": topic_of(NoticeId("n1")),
            "lang": "en",
            "timestamp": int(NOW.timestamp() * 1000),
            "silent": False,
            "renotify": False,
            "data": {"notice_id": "n1", "delivery_id": "n1.1.a7", "revision": 1, "token": "token"},
        },
        "mutable": True,
    }


def test_revision_that_matters_sounds_again_and_another_is_silent() -> None:
    loud = read(replace(BRIEF, revision=2))["notification"]
    silent = read(replace(BRIEF, revision=2, silent=True))["notification"]

    assert (loud["silent"], loud["renotify"]) == (False, True)
    assert silent["silent"] is True
    assert "renotify" not in silent  # browsers refuse the two together


def test_ids_cannot_leave_their_place_in_the_address() -> None:
    brief = replace(BRIEF, notice_id=NoticeId("../admin?x#y"))

    navigate = read(brief, "a&b=c d")["notification"]["navigate"]

    assert navigate == f"{PUBLIC_URL}/notices/..%2Fadmin%3Fx%23y?d=a%26b%3Dc%20d"


@pytest.mark.parametrize("sign", ["x", "ж", "₹", "🎉", '"', "\x00", "\ud800"])
def test_long_body_is_cut_at_a_character_and_fits(sign: str) -> None:
    content = payload_of(a_parcel("s1", replace(BRIEF, body=sign * 3000)), PUBLIC_URL, "token")

    body = json.loads(content.decode())["notification"]["body"]
    assert PAYLOAD_LIMIT - 20 <= len(content) <= PAYLOAD_LIMIT < 2000
    assert set(body.rstrip("…")) <= {sign, "?"}
    assert body.endswith("…")


def test_short_form_has_no_body() -> None:
    notification = read(replace(BRIEF, title="t" * 80), short=True)["notification"]

    assert (notification["title"], notification["body"]) == ("t" * 40, "")
    assert notification["data"]["token"] == "token"


def test_topic_is_32_characters_of_the_alphabet_and_of_the_notice_alone() -> None:
    assert topic_of(NoticeId("n1")) == topic_of(NoticeId("n1")) != topic_of(NoticeId("n2"))
    assert topic_of(NoticeId("x" * 500)).isalnum()
    assert len(topic_of(NoticeId("x" * 500))) == 32


@pytest.mark.parametrize(
    ("changes", "priority", "urgency", "ttl_s"),
    [
        ({"expires_at": after(days=3)}, Priority.NORMAL, "normal", 3 * 86_400),
        ({"deadline": after(days=2)}, Priority.NORMAL, "normal", 2 * 86_400),
        ({"deadline": after(days=90)}, Priority.NORMAL, "normal", 28 * 86_400),
        ({"deadline": after(hours=24)}, Priority.NORMAL, "high", 86_400),
        ({"deadline": after(minutes=5)}, Priority.NORMAL, "high", 3600),
        ({"deadline": after(days=5)}, Priority.URGENT, "high", 5 * 86_400),
        ({"deadline": after(days=5), "urgent": True}, Priority.NORMAL, "high", 5 * 86_400),
        ({"deadline": after(days=-1), "expires_at": after(days=1)}, Priority.NORMAL, "normal", 86_400),
        ({"deadline": after(days=9)}, Priority.LOW, "low", 86_400),
    ],
    ids=["ordinary", "deadline", "far", "within a day", "soon", "urgent", "marked", "over", "digest"],
)
def test_service_keeps_it_as_long_as_it_is_of_use(
    changes: dict[str, Any], priority: Priority, urgency: str, ttl_s: int
) -> None:
    headers = headers_of(replace(BRIEF, **changes), priority, NOW, FOUR_WEEKS)

    assert (headers["Urgency"], headers["TTL"]) == (urgency, str(ttl_s))


def test_service_never_keeps_it_longer_than_configured() -> None:
    assert headers_of(BRIEF, Priority.URGENT, NOW, timedelta(seconds=60))["TTL"] == "60"
