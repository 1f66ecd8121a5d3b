"""An API token: who may do what over HTTP (reference/http-conventions.md, section 9)."""

from collections.abc import Collection
from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

TokenId = NewType("TokenId", str)

TOKEN_PREFIX = "pa_"  # noqa: S105 - marks a token, is none; followed by 32 random bytes in base64url
LABEL_LIMIT = 80  # characters
USUAL_DAYS = 365  # that a token lives
LONGEST_DAYS = 3650


class Scope(StrEnum):
    """What a token may do. `admin` includes all."""

    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    STUDENTS_READ = "students:read"
    DELIVERIES_READ = "deliveries:read"
    DELIVERIES_RETRY = "deliveries:retry"
    STATS_READ = "stats:read"
    INBOX_READ = "inbox:read"
    INBOX_PRODUCE = "inbox:produce"
    WEBHOOKS = "webhooks"
    METRICS = "metrics"
    ADMIN = "admin"


class ApiToken(Frozen):
    """What is kept of a token: never the token itself. hash: its SHA-256 in hex, unique.

    created_by: "cli", "token:ID", or the id of the student who is an admin. used_at: to the minute; None: never.
    """

    id: TokenId
    hash: str
    label: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: UtcDatetime
    expires_at: UtcDatetime
    used_at: UtcDatetime | None = None
    revoked_at: UtcDatetime | None = None


def allows(scopes: Collection[Scope], needed: Scope) -> bool:
    """Say whether these scopes include `needed`."""
    return needed in scopes or Scope.ADMIN in scopes
