"""Signing of outgoing webhooks as Standard Webhooks says (https://www.standardwebhooks.com/). Pure."""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

from placement_alerts.core.webhook import WebhookCall, WebhookEndpoint

SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none
SECRET_BYTES = 32  # the standard asks for 24 to 64


def secret_text(random: bytes) -> str:
    """Return a secret in the form that integrators are shown. random: SECRET_BYTES of them."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signed_headers(call: WebhookCall, endpoint: WebhookEndpoint, now: datetime) -> Mapping[str, str]:
    """Return what one try is sent with: the signature of each secret that counts now, over the bytes of `call.body`."""
    moment = str(int(now.timestamp()))
    signed = f"{call.event_id}.{moment}.{call.body}".encode()
    return {
        "webhook-id": call.event_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in _secrets(endpoint, now)),
    }


def _secrets(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    until = endpoint.old_secret_until
    old = [endpoint.old_secret] if endpoint.old_secret and until and now < until else []
    return [endpoint.secret, *old]


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
