"""The token with which a device reports on one delivery and no other (reference/webpush.md, section 6). Pure."""

from hashlib import blake2b
from hmac import compare_digest

from placement_alerts.core.delivery import DeliveryId

RECEIPTS = "receipts"  # name of the store's secret that tokens are made with
_BYTES = 12


def receipt_token(delivery_id: DeliveryId, secret: bytes) -> str:
    """Return 24 hex characters that only who has the secret can make."""
    return blake2b(delivery_id.encode(), key=secret, digest_size=_BYTES).hexdigest()


def is_token_of(token: str, delivery_id: DeliveryId, secret: bytes) -> bool:
    """Say whether the token is this delivery's; takes as long for a wrong one."""
    return compare_digest(token.encode(errors="replace"), receipt_token(delivery_id, secret).encode())
