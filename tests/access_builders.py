"""Builders of who may come in and of what they did: a test names only the values that matter to it."""

from hashlib import sha256
from typing import Any

from placement_alerts.core.audit import AuditEntry, AuditId
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.session import Session, SessionId, SignIn, SignInId
from placement_alerts.core.subscription import PushSubscription, hash_of
from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.store.access import KeptAnswer
from tests.builders import NOW, YEAR, after


def a_session(identifier: str = "b1", **values: Any) -> Session:
    """Return a browser that is nobody's yet and expires in a day."""
    defaults: dict[str, Any] = {"created_at": NOW, "visited_at": NOW, "expires_at": after(days=1)}
    return Session(id=SessionId(identifier), **(defaults | values))


def a_sign_in(identifier: str = "c1", **values: Any) -> SignIn:
    """Return a sign-in from a deep link that expires in ten minutes and that nobody confirmed yet."""
    defaults: dict[str, Any] = {
        "session_id": SessionId("b1"),
        "digits": "42",
        "created_at": NOW,
        "expires_at": after(minutes=10),
    }
    return SignIn(id=SignInId(identifier), **(defaults | values))


def a_token(identifier: str = "t1", **values: Any) -> ApiToken:
    """Return a token that reads notices, for a year, and was never used."""
    defaults: dict[str, Any] = {
        "hash": sha256(identifier.encode()).hexdigest(),
        "label": "dashboard",
        "scopes": (Scope.NOTICES_READ,),
        "created_by": "cli",
        "created_at": NOW,
        "expires_at": after(days=365),
    }
    return ApiToken(id=TokenId(identifier), **(defaults | values))


def a_subscription(path: str = "1", **values: Any) -> PushSubscription:
    """Return a browser's subscription at an endpoint of that path, registered now."""
    endpoint = f"https://push.example.org/{path}"
    defaults: dict[str, Any] = {
        "id": hash_of(endpoint),
        "endpoint": endpoint,
        "p256dh": "BNcRd",
        "auth": "tBHIt",
        "key_hash": hash_of("key"),
        "created_at": NOW,
        "visited_at": NOW,
    }
    return PushSubscription(**(defaults | values))


def a_claimed_key(key: str = "k1", **values: Any) -> KeptAnswer:
    """Return the claim of a first request: a minute to answer it, kept for a day."""
    defaults: dict[str, Any] = {
        "fingerprint": "f1",
        "lease_until": after(minutes=1),
        "expires_at": after(days=1),
    }
    return KeptAnswer(key=key, **(defaults | values))


def a_draft(identifier: str = "d1", **values: Any) -> Draft:
    """Return version 1 of an announcement to everybody that is to be published in an hour."""
    defaults: dict[str, Any] = {
        "year": YEAR,
        "kind": NoticeKind.ANNOUNCEMENT,
        "title": "Bring your identity card",
        "text": "To every test.",
        "created_by": "cli",
        "publish_at": after(hours=1),
    }
    return Draft(id=DraftId(identifier), **(defaults | values))


def an_audit_entry(identifier: str = "a1", **values: Any) -> AuditEntry:
    """Return an entry of the command line."""
    defaults: dict[str, Any] = {"at": NOW, "actor": "cli", "act": "notice.published", "subject": "n1"}
    return AuditEntry(id=AuditId(identifier), **(defaults | values))
