"""Web push subscriptions: stored before success is said, refreshed on every visit, removed when they are gone."""

from collections.abc import Callable
from datetime import datetime

from placement_alerts.core.student import Student, StudentId
from placement_alerts.core.subscription import PushSubscription
from placement_alerts.store.base import Store

MOST = 10  # subscriptions a student; the oldest unused one goes


class Subscribing:
    """What the page and the existing API do with subscriptions. default_year: of anonymous students."""

    def __init__(self, store: Store, now: Callable[[], datetime], default_year: str) -> None:
        self._store = store
        self._now = now
        self._default_year = default_year

    async def anonymous(self) -> Student:
        """Store and return a student for a browser that nobody has linked yet."""
        raise NotImplementedError

    async def subscribe(self, student_id: StudentId, subscription: PushSubscription) -> bool:
        """Store it and switch the address on; a browser that was another student's is taken over. False: no student."""
        raise NotImplementedError

    async def unsubscribe(self, endpoint: str) -> bool:
        """Switch the address off, close what waits for it and forget it; False if it is unknown."""
        raise NotImplementedError

    async def sweep(self) -> int:
        """Remove subscriptions without a visit or a success for 60 days; return how many."""
        raise NotImplementedError
