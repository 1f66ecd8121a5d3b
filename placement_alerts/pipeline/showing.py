"""What a delivery shows: the current revision of its notice, kept for a moment because thousands show the same."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from placement_alerts.core.changes import compare
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.eligibility import was_told
from placement_alerts.core.message import Message
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import ShowNames, render, render_announcement, render_naming
from placement_alerts.store.base import NoticeRepository

FRESH_S = 1.0  # another process may have stored a revision; ours tells us by `forget`
KEPT = 256  # notices


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it reads now.

    personal: the same for students whom it names; nobody else is shown it. announcement: the short line about what
    changed since the revision before, if any. since: the same for readers of older revisions, as far as anybody asked.
    """

    notice: Notice
    message: Message
    personal: Message
    announcement: Message | None
    since: dict[int, Message | None] = field(default_factory=dict)


class Showing:
    """Renders each revision once for all its deliveries."""

    def __init__(self, notices: NoticeRepository, show_names: ShowNames, now: Callable[[], datetime]) -> None:
        self._notices = notices
        self._show_names = show_names
        self._now = now
        self._kept: OrderedDict[NoticeId, tuple[float, Shown]] = OrderedDict()

    async def of(self, notice_id: NoticeId, at_least: int = 1) -> Shown | None:
        """Return the current revision, rendered; None if there is no such notice.

        at_least: a revision that is known to be stored; an older one that is still kept is not good enough.
        """
        kept = self._kept.get(notice_id)
        if kept and kept[0] > time.monotonic() and kept[1].notice.revision >= at_least:
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

    async def line_for(self, shown: Shown, earlier: Sequence[Delivery], *, personal: bool) -> Message | None:
        """Return the short line for the reader of these deliveries of earlier revisions, oldest first.

        personal: the notice names this reader; if they were not told so yet, that is the line.
        """
        change = await self._change_since(shown, _told(earlier))
        if personal and not shown.notice.withdrawn and not was_told(earlier):
            return render_naming(shown.notice, change)
        return change

    def forget(self, notice_id: NoticeId) -> None:
        """Look again at the next call: a revision was stored."""
        self._kept.pop(notice_id, None)

    async def _change_since(self, shown: Shown, revision: int) -> Message | None:
        """Return what changed for a reader of an older revision: what was told of those in between counts too."""
        if revision >= shown.notice.revision - 1:
            return shown.announcement
        if revision not in shown.since:
            shown.since[revision] = await self._announce_since(shown, revision)
        return shown.since[revision]

    async def _announce_since(self, shown: Shown, revision: int) -> Message | None:
        before = [one for one in await self._notices.revisions(shown.notice.id) if one.revision < shown.notice.revision]
        read = next((one for one in before if one.revision == revision), None)
        if read is None or not any(one.announcement for one in before if one.revision > revision):
            return shown.announcement
        verdict = compare(read, shown.notice)
        told = {"announcement": verdict.announcement, "matters": verdict.matters}
        return render_announcement(shown.notice.model_copy(update=told))

    def _render(self, notice: Notice) -> Shown:
        now = self._now()
        message = render(notice, self._show_names, now)
        personal = render(notice, self._show_names, now, personal=True) if notice.facts.students else message
        return Shown(notice, message, personal, render_announcement(notice))


def _told(earlier: Sequence[Delivery]) -> int:
    """Return the revision whose reader this is: the last that arrived whole, or whose change was told."""
    told = [row for row in earlier if row.state in (DeliveryState.SENT, DeliveryState.SEEN) or row.announced_id]
    return max((row.revision for row in told or earlier if told or row.message_ids), default=0)
