"""Notices as JSON, made once for each revision and kind of reader: the same one is read thousands of times."""

from collections import OrderedDict
from collections.abc import Callable

from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.store.base import NoticeRepository
from placement_alerts.web.api.notice_views import notice_view

FRESH_S = 1.0  # another process, or the office's page, may have stored a revision
BYTES_MAX = 8 * 1024 * 1024

_Key = tuple[NoticeId, int, bool]


class PreparedNotices:
    """Keeps the JSON of notices, bounded in size, and for a second what is current."""

    def __init__(self, notices: NoticeRepository, monotonic: Callable[[], float]) -> None:
        self._notices = notices
        self._monotonic = monotonic
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()
        self._size = 0
        self._current: dict[NoticeId, tuple[float, Notice]] = {}

    async def current(self, notice_id: NoticeId) -> Notice | None:
        """Return the current revision as of a second ago at most."""
        found = self._current.get(notice_id)
        if found is not None and found[0] > self._monotonic():
            return found[1]
        notice = await self._notices.get(notice_id)
        if len(self._current) >= 1000:
            self._current.clear()
        if notice is not None:
            self._current[notice_id] = (self._monotonic() + FRESH_S, notice)
        return notice

    def forget(self, notice_id: NoticeId) -> None:
        """Look again at the next call: a revision was stored."""
        self._current.pop(notice_id, None)

    def json(self, notice: Notice, *, names: bool) -> bytes:
        """Return the notice in JSON. names: whether its reader may see whom it names."""
        key = (notice.id, notice.revision, names)
        body = self._kept.get(key)
        if body is None:
            body = notice_view(notice, names=names).model_dump_json().encode()
            self._keep(key, body)
        else:
            self._kept.move_to_end(key)
        return body

    def _keep(self, key: _Key, body: bytes) -> None:
        self._kept[key] = body
        self._size += len(body)
        while self._size > BYTES_MAX:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone)
