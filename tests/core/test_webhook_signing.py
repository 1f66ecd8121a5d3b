"""Signatures, checked by the library of Standard Webhooks as the other side."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from placement_alerts.core.webhook_retry import rotated
from placement_alerts.core.webhook_signing import secret_text, signed_headers
from tests.builders import a_call, an_endpoint

OLD, NEW = secret_text(bytes(range(32))), secret_text(bytes(range(32, 64)))
BODY = json.dumps({"type": "notice.created", "data": {"title": "Größe ✓"}}, ensure_ascii=False)


def test_published_library_accepts_the_signature() -> None:
    headers = signed_headers(a_call(body=BODY), an_endpoint(secret=NEW), datetime.now(UTC))

    assert Webhook(NEW).verify(BODY.encode(), dict(headers))["type"] == "notice.created"


def test_published_library_refuses_another_body() -> None:
    headers = signed_headers(a_call(body=BODY), an_endpoint(secret=NEW), datetime.now(UTC))

    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY.replace("created", "revised").encode(), dict(headers))


def test_timestamp_is_of_the_try() -> None:
    headers = signed_headers(a_call(body=BODY), an_endpoint(secret=NEW), datetime.now(UTC) - timedelta(minutes=6))

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(NEW).verify(BODY.encode(), dict(headers))


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_verify_for_a_day_after_rotation(secret: str) -> None:
    now = datetime.now(UTC)
    endpoint = rotated(an_endpoint(secret=OLD), NEW, now - timedelta(hours=23))

    headers = signed_headers(a_call(body=BODY), endpoint, now)

    assert Webhook(secret).verify(BODY.encode(), dict(headers))


def test_old_secret_ends_after_a_day() -> None:
    now = datetime.now(UTC)
    endpoint = rotated(an_endpoint(secret=OLD), NEW, now - timedelta(hours=24))

    headers = signed_headers(a_call(body=BODY), endpoint, now)

    assert " " not in headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY.encode(), dict(headers))
