"""Notices as JSON, made once for each revision and kind of reader: the same one is read thousands of times."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.web.api.notice_views import notice_view
from placement_alerts.web.etags import etag

FRESH_S = 1.0  # another process, or the office's page, may have stored a revision
AGAIN_S = 0.75  # from then on one reader looks, and the others need not wait for it
CURRENT_MAX = 1000
BYTES_MAX = 8 * 1024 * 1024

_Key = tuple[NoticeId, int, bool]


class CurrentNotices(Protocol):
    """What is asked of the store."""

    async def get(self, notice_id: NoticeId) -> Notice | None:
        """Return the current revision."""


@dataclass(slots=True)
class _Current:
    notice: Notice
    again_s: float
    until_s: float


class PreparedNotices:
    """Keeps the JSON of notices, bounded in size, and for a second what is current."""

    def __init__(self, notices: CurrentNotices, monotonic: Callable[[], float]) -> None:
        self._notices = notices
        self._monotonic = monotonic
        self._kept: OrderedDict[_Key, tuple[bytes, str]] = OrderedDict()
        self._size = 0
        self._current: dict[NoticeId, _Current] = {}
        self._looking: dict[NoticeId, asyncio.Event] = {}  # set when the store has answered, or failed
        self._forgotten = 0

    async def current(self, notice_id: NoticeId) -> Notice | None:
        """Return the current revision as of a second ago at most."""
        found = self._known(notice_id)
        if found is None and (looking := self._looking.get(notice_id)) is not None:
            await looking.wait()
            found = self._known(notice_id)
        return found or await self._look(notice_id)

    def forget(self, notice_id: NoticeId) -> None:
        """Look again at the next call: a revision was stored."""
        self._current.pop(notice_id, None)
        self._forgotten += 1

    def json(self, notice: Notice, *, names: bool) -> bytes:
        """Return the notice in JSON. names: whether its reader may see whom it names."""
        return self.tagged(notice, names=names)[0]

    def tagged(self, notice: Notice, *, names: bool) -> tuple[bytes, str]:
        """Return the notice in JSON, and its ETag."""
        key = (notice.id, notice.revision, names)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        body = notice_view(notice, names=names).model_dump_json().encode()
        return self._keep(key, (body, notice_etag(notice, names=names)))

    def _known(self, notice_id: NoticeId) -> Notice | None:
        """Return what needs no looking up by this reader."""
        found = self._current.get(notice_id)
        if found is None:
            return None
        now_s = self._monotonic()
        if found.again_s <= now_s < found.until_s:
            found.again_s = found.until_s
            return None
        return found.notice if now_s < found.until_s else None

    async def _look(self, notice_id: NoticeId) -> Notice | None:
        looked = self._looking.setdefault(notice_id, asyncio.Event())
        asked_s, forgotten = self._monotonic(), self._forgotten
        try:
            notice = await self._notices.get(notice_id)
            if notice is not None and forgotten == self._forgotten:  # else it may be older than what was stored
                self._remember(_Current(notice, asked_s + AGAIN_S, asked_s + FRESH_S))
            return notice
        finally:
            looked.set()
            self._looking.pop(notice_id, None)

    def _remember(self, current: _Current) -> None:
        if len(self._current) >= CURRENT_MAX:
            self._current.clear()
        self._current[current.notice.id] = current

    def _keep(self, key: _Key, made: tuple[bytes, str]) -> tuple[bytes, str]:
        self._kept[key] = made
        self._size += len(made[0])
        while self._size > BYTES_MAX:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone[0])
        return made


def notice_etag(notice: Notice, *, names: bool) -> str:
    """Return the tag of a revision as it is shown to this kind of reader."""
    return etag("notice", notice.id, notice.revision, names)
