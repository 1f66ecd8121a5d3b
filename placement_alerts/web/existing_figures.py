"""The statistics of the existing bot's routes, in its shapes and words."""

from typing import Any

from placement_alerts.core.delivery import WAITING, DeliveryState
from placement_alerts.core.notice import NoticeId, NoticeKind
from placement_alerts.store.base import DeliveryFilter
from placement_alerts.web.services import Services

PAGE = 500
PAGES = 10  # of waiting deliveries of one state that are looked at
UNPLANNED_MOST = 1000
# what the existing bot calls these kinds (reference/mailbox.md, section 8)
_WORDS = {
    NoticeKind.SHORTLIST: "shortlisting",
    NoticeKind.POLICY: "policy_update",
    NoticeKind.OFFER: "placement_update",
}
_CHANNEL = "telegram"


class ExistingFigures:
    """Counts. Nothing here names a student."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store

    async def placements(self) -> dict[str, Any]:
        """Return the placement statistics of the active year. Raises ConfigError if it has no branches set."""
        return (await self._services.figures.of(self._services.settings.active)).to_json()

    async def notices(self) -> dict[str, Any]:
        """Return how many notices there are, and how many still have somebody on Telegram waiting for them."""
        counts = await self._store.notices.counts()
        total = sum(counts.values())
        pending = min(total, len(await self._pending()))
        kinds = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return {
            "total_posts": total,
            "sent_to_telegram": total - pending,
            "pending_to_send": pending,
            "post_types": [{"_id": _word(kind), "count": count} for kind, count in kinds],
        }

    async def users(self) -> dict[str, int]:
        """Return how many students there are."""
        counts = await self._store.students.counts()
        return {
            "total_users": counts["total"],
            "active_users": counts["active"],
            "inactive_users": counts["inactive"],
        }

    async def _pending(self) -> set[NoticeId]:
        found = {notice.id for notice in await self._store.notices.unplanned(UNPLANNED_MOST)}
        for state in (*WAITING, DeliveryState.SENDING):
            found |= await self._notices_in(state)
        return found

    async def _notices_in(self, state: DeliveryState) -> set[NoticeId]:
        found: set[NoticeId] = set()
        last = None
        for _ in range(PAGES):
            page = await self._store.deliveries.find(DeliveryFilter(state=state, channel=_CHANNEL), last, PAGE)
            found |= {row.notice_id for row in page}
            if len(page) < PAGE:
                break
            last = page[-1]
        return found


def _word(kind: str) -> str:
    return _WORDS.get(NoticeKind(kind), kind)
