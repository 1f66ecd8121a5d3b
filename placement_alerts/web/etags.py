"""Strong ETags: of what an object is, and whether the caller has it (RFC 9110, section 8.8.3)."""

from hashlib import blake2s

from aiohttp import web
from aiohttp.hdrs import IF_NONE_MATCH

PACKED = "-gz"  # ends the tag of a packed body: a strong tag names the bytes as they are sent


def etag(*about: object) -> str:
    """Return a tag without quotes. about: id, revision and all else that the bytes depend on."""
    return blake2s("\n".join(map(str, about)).encode(errors="replace"), digest_size=10).hexdigest()


def known_tag(request: web.Request, *tags: str) -> str | None:
    """Return which of these tags the caller has, by `If-None-Match`; of `*` the first; None: it has none."""
    if IF_NONE_MATCH not in request.headers:
        return None
    sent = {one.value for one in request.if_none_match or ()}
    return next((one for one in tags if one in sent), tags[0] if "*" in sent else None)
