"""What a delivery shows: the current revision of its notice, kept for a moment because thousands show the same."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.message import Message
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import ShowNames, render, render_announcement
from placement_alerts.store.base import NoticeRepository

FRESH_S = 1.0  # another process may have stored a revision; ours tells us by `forget`
KEPT = 256  # notices


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it reads now. announcement: the short line about what changed, if any."""

    notice: Notice
    message: Message
    announcement: Message | None


class Showing:
    """Renders each revision once for all its deliveries."""

    def __init__(self, notices: NoticeRepository, show_names: ShowNames, now: Callable[[], datetime]) -> None:
        self._notices = notices
        self._show_names = show_names
        self._now = now
        self._kept: OrderedDict[NoticeId, tuple[float, Shown]] = OrderedDict()

    async def of(self, notice_id: NoticeId) -> Shown | None:
        """Return the current revision, rendered; None if there is no such notice."""
        kept = self._kept.get(notice_id)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        notice = await self._notices.get(notice_id)
        if notice is None:
            return None
        shown = self._render(notice)
        self._kept[notice_id] = (time.monotonic() + FRESH_S, shown)
        self._kept.move_to_end(notice_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return shown

    def forget(self, notice_id: NoticeId) -> None:
        """Look again at the next call: a revision was stored."""
        self._kept.pop(notice_id, None)

    def _render(self, notice: Notice) -> Shown:
        return Shown(notice, render(notice, self._show_names, self._now()), render_announcement(notice))
