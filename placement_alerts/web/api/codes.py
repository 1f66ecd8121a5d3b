"""Every code that a problem of the API can have: its status, and what it means. The docs page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from placement_alerts.web.problems import FieldError, Problem


@dataclass(frozen=True, slots=True)
class Code:
    """means: for whoever reads the docs page: why it happens and what to do."""

    status: int
    means: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        "bad_parameter": Code(400, "A value in the path or query cannot be read, or nobody knows such a parameter."),
        "bad_cursor": Code(400, "The cursor is not one of ours, or was made for other filters. Start from the top."),
        "bad_json": Code(400, "The body is not JSON in UTF-8."),
        "bad_key": Code(400, "Idempotency-Key should be 1 to 255 printable characters, in quotes or without."),
        "bad_etag": Code(400, "If-Match should be the ETag of the object in quotes."),
        "bad_request": Code(400, "The request is no HTTP that can be read, or names another host."),
        "credential_needed": Code(401, "Send an API token: `Authorization: Bearer pa_...` or `X-API-Key`."),
        "credential_wrong": Code(401, "The token is unknown, has expired or was revoked."),
        "scope_missing": Code(403, "The token lacks the scope that WWW-Authenticate names; ask an admin for another."),
        "session_needed": Code(403, "This is about the student who asks, so it needs a signed-in browser, no token."),
        "csrf": Code(403, "A browser that changes something must send its CSRF token as X-CSRF-Token."),
        "not_found": Code(404, "There is nothing at this address, or it is not yours."),
        "method_not_allowed": Code(405, "The address knows other methods; Allow names them."),
        "not_acceptable": Code(406, "Only JSON is answered here, and Accept does not take it."),
        "request_timeout": Code(408, "The request did not arrive whole in time."),
        "not_possible": Code(409, "It does not fit the present state; `detail` says how that is."),
        "request_in_progress": Code(409, "The first request with this Idempotency-Key is still under way. Ask again."),
        "secret_shown_once": Code(409, "It was made by the first request with this key, and its secret shown then."),
        "stale": Code(412, "It was changed meanwhile: If-Match names an older state. Read it again, then change it."),
        "too_large": Code(413, "The body is larger than this address takes."),
        "unsupported_media_type": Code(415, "Send the body as application/json."),
        "invalid_values": Code(422, "Values break a rule; `errors` names each one."),
        "key_reused": Code(422, "This Idempotency-Key was used for another request. Use a fresh one."),
        "match_needed": Code(428, "Send the ETag that you read as If-Match, so that no other change is overwritten."),
        "too_many_requests": Code(429, "The limit is reached; Retry-After says how many seconds to wait."),
        "internal_error": Code(500, "Our fault. The request_id helps the operator to find it in the log."),
        "unavailable": Code(503, "The store does not answer just now. Retry-After says when to ask again."),
    }
)


def problem(
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    retry_after_s: int | None = None,
) -> Problem:
    """Return a problem of this code, to be raised."""
    return Problem(CODES[code].status, code, detail, errors, headers or {}, retry_after_s)


def not_found(what: str) -> Problem:
    """Return the problem of an id that nothing has. what: such as "notice"."""
    return problem("not_found", f"there is no such {what}")
