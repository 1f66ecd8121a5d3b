"""The placement office's own notices: composed, scheduled, changed, withdrawn, and whom they would reach."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Audience, Notice, NoticeId
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a notice would reach. students: of the year. concerned: who would get it on some address.

    unreachable: who is meant and has no address that is on. unknown_branch: of the concerned, whose branch is not
    known. by_channel: addresses by channel. named: of the named numbers, how many belong to a student we know.
    """

    students: int
    concerned: int
    unreachable: int
    unknown_branch: int
    named: int
    by_channel: dict[str, int]


class Office:
    """What the office does. flag: set when a draft is stored. Every act may be repeated.

    stored: set when a notice is stored. years: that exist.
    """

    def __init__(self, store: Store, stored: Flag, now: Callable[[], datetime], years: Collection[str]) -> None:
        self.flag = Flag()
        self._store = store
        self._stored = stored
        self._now = now
        self._years = years

    async def publish(self, draft: Draft) -> Notice | None:
        """Publish at once and return the notice, or store the draft until its hour (None).

        Raises NotPossible if a draft of another version is stored, or its year does not exist.
        """
        raise NotImplementedError

    async def revise(self, notice_id: NoticeId, draft: Draft, revision: int) -> Notice:
        """Store what the office's notice says now as its next revision; nothing if it says the same.

        revision: the one that was changed. Raises NotFound; NotPossible if it is not the office's or not current.
        """
        raise NotImplementedError

    async def withdraw(self, notice_id: NoticeId) -> Notice:
        """Withdraw a notice, of whatever source. Raises NotFound."""
        raise NotImplementedError

    async def give_up(self, draft_id: DraftId) -> bool:
        """Forget a draft that waits; False if there is none."""
        raise NotImplementedError

    async def reach(self, year: str, audience: Audience, enrollments: Collection[str]) -> Reach:
        """Say whom a new notice would reach now."""
        raise NotImplementedError

    async def run(self) -> None:
        """Publish drafts at their hour until `stop`."""
        raise NotImplementedError

    def stop(self) -> None:
        """Begin nothing more."""
        raise NotImplementedError
