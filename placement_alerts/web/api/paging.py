"""Lists by pages: an opaque cursor holds where the last page ended and what was asked for, sealed by the store's key.

Reference/http-conventions.md, section 7.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from placement_alerts.store.base import Store
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.operation import Answer, Call
from placement_alerts.web.api.values import PageGiven, View
from placement_alerts.web.problems import Problem

CURSORS = "cursors"  # name of the store's secret
_SEAL_BYTES = 12

Row = TypeVar("Row")
Item = TypeVar("Item", bound=BaseModel)
Key = tuple[str | int | None, ...]


class Page(View, Generic[Item]):
    """Part of a list. next: the cursor of the following part; null: this was the last."""

    items: tuple[Item, ...]
    next: str | None = Field(description="The cursor of the next page; null: this was the last one.")


class Paging:
    """Makes pages and reads cursors."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._secret: bytes | None = None

    async def start(self, call: Call[PageGiven, None], parts: int) -> Key | None:
        """Return the key of the row before this page; None: it is the first. parts: of a key. Raises Problem 400."""
        text = call.given.cursor
        if text is None:
            return None
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise bad_cursor() from None
        seal, key = raw[:_SEAL_BYTES], raw[_SEAL_BYTES:]
        if not compare_digest(seal, await self._seal(call, key)):
            raise bad_cursor()
        found = json.loads(key)
        if len(found) != parts:
            raise bad_cursor()
        return tuple(found)

    async def page(
        self,
        call: Call[PageGiven, None],
        rows: Sequence[Row],
        show: Callable[[Row], BaseModel | bytes],
        key: Callable[[Row], Key],
    ) -> Answer:
        """Answer one page. rows: one more than `limit` where there are more. key: what tells where a row stands.

        show: returns a row as the page's model has it, or as that in JSON already.
        """
        limit = call.given.limit
        items = b",".join(_bytes(show(row)) for row in rows[:limit])
        following = await self._cursor(call, key(rows[limit - 1])) if len(rows) > limit else None
        headers = {} if following is None else {"Link": f'<{_address(call, following)}>; rel="next"'}
        return Answer(b'{"items":[%b],"next":%b}' % (items, json.dumps(following).encode()), headers=headers)

    async def _cursor(self, call: Call[PageGiven, None], key: Key) -> str:
        payload = json.dumps(key, separators=(",", ":")).encode()
        sealed = await self._seal(call, payload) + payload
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    async def _seal(self, call: Call[PageGiven, None], payload: bytes) -> bytes:
        """Return what only we can make, and for these filters and this kind of caller only."""
        if self._secret is None:
            self._secret = await self._store.secret(CURSORS)
        filters = call.given.model_dump_json(exclude={"limit", "cursor"})
        whose = "all" if call.caller.scopes else call.caller.actor
        about = "\n".join((call.request.path, whose, filters)).encode() + b"\n" + payload
        return blake2b(about, key=self._secret, digest_size=_SEAL_BYTES).digest()


def _bytes(item: BaseModel | bytes) -> bytes:
    return item if isinstance(item, bytes) else item.model_dump_json().encode()


def _address(call: Call[PageGiven, None], cursor: str) -> str:
    query: Any = {**{name: call.request.query.getall(name) for name in call.request.query}, "cursor": cursor}
    return str(call.request.rel_url.with_query(query))


def bad_cursor() -> Problem:
    """Return the problem of a cursor that is none, or whose row is gone."""
    return problem("bad_cursor", "the cursor is not one of ours, or was made for other filters")
