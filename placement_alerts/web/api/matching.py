"""`If-Match` for changes: only who has read the present state may change it."""

from aiohttp import web
from aiohttp.hdrs import IF_MATCH

from placement_alerts.web.api.codes import problem


def check_match(request: web.Request, tag: str) -> None:
    """Raise Problem 428 without `If-Match`, 412 if it names another state than `tag`; `*` is no state."""
    if IF_MATCH not in request.headers:
        raise problem("match_needed", "send the ETag that you read as If-Match")
    wanted = request.if_match
    if not wanted:
        raise problem("bad_etag", "If-Match should be an ETag in quotes")
    if all(one.value != tag or one.is_weak for one in wanted):
        raise problem("stale", "it was changed since that ETag; read it again")
