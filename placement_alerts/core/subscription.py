"""A web push subscription: a browser that can be reached (reference/webpush.md, sections 2 and 7)."""

from hashlib import sha256

from placement_alerts.core.frozen import Frozen, UtcDatetime

WEBPUSH = "webpush"  # the channel's name in addresses and deliveries


class PushSubscription(Frozen):
    """What a browser gave us. The endpoint is a secret: never logged, shown shortened.

    id: of the endpoint; the value of the student's address on the channel `webpush`, so that rows hold no secret.
    p256dh, auth: base64url without padding. key_hash: of the VAPID public key it was made with (`hash_of`).
    label: browser and system, as far as the browser says. visited_at: when the page last registered it again.
    """

    id: str
    endpoint: str
    p256dh: str
    auth: str
    key_hash: str
    label: str = ""
    created_at: UtcDatetime
    visited_at: UtcDatetime


def hash_of(text: str) -> str:
    """Return the first 32 hex characters of a text's SHA-256: a subscription's id from its endpoint, a key's hash."""
    return sha256(text.encode()).hexdigest()[:32]
