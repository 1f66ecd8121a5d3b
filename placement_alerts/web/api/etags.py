"""Strong ETags, made of what an object is rather than of its bytes, and `If-Match` for changes."""

from hashlib import blake2s

from aiohttp import web
from aiohttp.hdrs import IF_MATCH, IF_NONE_MATCH

from placement_alerts.web.api.codes import problem


def etag(*about: object) -> str:
    """Return a tag without quotes. about: id, revision and all else that the bytes depend on."""
    return blake2s("\n".join(map(str, about)).encode(errors="replace"), digest_size=10).hexdigest()


def is_known(request: web.Request, tag: str) -> bool:
    """Say whether the caller has it already, by `If-None-Match`."""
    if IF_NONE_MATCH not in request.headers:
        return False
    return any(one.value in (tag, "*") for one in request.if_none_match or ())


def check(request: web.Request, tag: str) -> None:
    """Raise Problem 428 without `If-Match`, 412 if it names another state than `tag`; `*` is no state."""
    if IF_MATCH not in request.headers:
        raise problem("match_needed", "send the ETag that you read as If-Match")
    wanted = request.if_match
    if not wanted:
        raise problem("bad_etag", "If-Match should be an ETag in quotes")
    if all(one.value != tag or one.is_weak for one in wanted):
        raise problem("stale", "it was changed since that ETag; read it again")
