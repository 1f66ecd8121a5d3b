"""What a push says: a parcel as JSON for the service worker and for declarative web push (reference/webpush.md, 6)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from placement_alerts.channels.base import Parcel
from placement_alerts.core.brief import Brief
from placement_alerts.core.delivery import Priority
from placement_alerts.core.notice import NoticeId

PAYLOAD_LIMIT = 1999  # bytes; services must take 3993, some take about 3000
SHORT_TITLE = 40  # characters, for a service that finds even that too large
MARK = 8030  # of the declarative form
LANGUAGE = "en"
URGENT_WITHIN = timedelta(hours=24)  # to the deadline
SHORTEST_TTL = timedelta(hours=1)
LOW_TTL = timedelta(hours=24)  # of digests and statistics


def topic_of(notice_id: NoticeId) -> str:
    """Return the 32 characters by which a revision takes the earlier one's place, in the queue and on the screen."""
    return sha256(notice_id.encode()).hexdigest()[:32]


def payload_of(parcel: Parcel, public_url: str, token: str, *, short: bool = False) -> bytes:
    """Return the JSON, the text cut at characters so that it fits.

    public_url: without a slash at its end. token: with which the device may report on this delivery. short: as little
    as makes sense.
    """
    title, body = parcel.brief.title, parcel.brief.body
    if short:
        return _content(parcel, public_url, token, title[:SHORT_TITLE], "")
    content = _content(parcel, public_url, token, title, body)
    while len(content) > PAYLOAD_LIMIT and body:
        # in JSON a character takes six bytes at most, so this never cuts too much at once
        body = body[: -max(1, (len(content) - PAYLOAD_LIMIT) // 6)]
        content = _content(parcel, public_url, token, title, body.rstrip() + "…" if body else "")
    return content


def headers_of(brief: Brief, priority: Priority, now: datetime, longest: timedelta) -> Mapping[str, str]:
    """Return how long, how urgently and in whose place the push service should keep it. longest: never longer."""
    deadline = brief.deadline if brief.deadline and brief.deadline > now else None
    if brief.urgent or priority is Priority.URGENT or (deadline and deadline - now <= URGENT_WITHIN):
        urgency, ttl = "high", (deadline or brief.expires_at) - now
    elif priority is Priority.LOW:
        urgency, ttl = "low", LOW_TTL
    else:
        urgency, ttl = "normal", (deadline or brief.expires_at) - now
    ttl = min(max(ttl, SHORTEST_TTL), longest)
    return {"TTL": str(int(ttl.total_seconds())), "Urgency": urgency, "Topic": topic_of(brief.notice_id)}


def _content(parcel: Parcel, public_url: str, token: str, title: str, body: str) -> bytes:
    """Return the JSON: what is the same for all readers of a revision is written once, the rest is put at its end."""
    delivery = json.dumps(parcel.delivery_id)
    where = f"?d={quote(parcel.delivery_id, safe='')}"
    return b"".join(
        (_shared(parcel.brief, public_url, title, body), where.encode(), _data_of(parcel.brief), delivery.encode(),
         b',"token":', json.dumps(token).encode(), b"}}}")
    )  # fmt: skip


@lru_cache(maxsize=64)
def _shared(brief: Brief, public_url: str, title: str, body: str) -> bytes:
    # a notification that takes another's place without renotify makes no sound
    sounds: dict[str, Any] = {"silent": True} if brief.silent else {"silent": False, "renotify": brief.revision > 1}
    whole = {
        "web_push": MARK,
        "mutable": True,  # without it the worker gets no event in the declarative form, and cannot say "shown"
        "notification": {
            "title": title,
            "body": body,
            "tag": topic_of(brief.notice_id),
            "lang": LANGUAGE,
            "timestamp": int(brief.published_at.timestamp() * 1000),
            **sounds,
            "navigate": f"{public_url}/notices/{quote(brief.notice_id, safe='')}",
        },
    }
    return _json(whole).removesuffix(b'"}}')


@lru_cache(maxsize=64)
def _data_of(brief: Brief) -> bytes:
    data = {"notice_id": brief.notice_id, "revision": brief.revision}
    return b'","data":' + _json(data).removesuffix(b"}") + b',"delivery_id":'


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
