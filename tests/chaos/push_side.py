"""Browsers beside the chats: every student of a stage gets one, at simulated push services that count."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic, time

from placement_alerts.channels.webpush.payload import topic_of
from placement_alerts.channels.webpush.vapid import new_key
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.subscription import WEBPUSH, PushSubscription, hash_of
from placement_alerts.sandbox.push_service import SimulatedPushServices
from tests.chaos.stage import Stage, now
from tests.chaos.tally import Pair, Tally, count

ORIGINS = 2
LATENCY_S = 0.05  # so that all slots are in flight when a kill comes
SLOTS = 64  # PROOF.md, R1
TAKEN = 201


@dataclass
class PushSide:
    """services: where the browsers of the students are. chats: whose each endpoint is."""

    stage: Stage
    services: SimulatedPushServices
    public_key: str
    chats: dict[str, int] = field(default_factory=dict)

    async def subscribe(self) -> None:
        """Give every student who joined a browser."""
        for number, chat in enumerate(self.stage.chats):
            browser = self.services.subscribe(self.public_key, number % ORIGINS)
            moment = now() - timedelta(minutes=1)
            subscription = PushSubscription(
                id=hash_of(browser.endpoint),
                endpoint=browser.endpoint,
                p256dh=browser.p256dh,
                auth=browser.auth,
                key_hash=hash_of(self.public_key),
                created_at=moment,
                visited_at=moment,
            )
            await self.stage.store.subscriptions.save(subscription)
            student = await self.stage.store.students.by_address("telegram", str(chat))
            assert student is not None
            await self.stage.store.students.attach(student.id, WEBPUSH, subscription.id, moment)
            self.chats[browser.endpoint] = chat

    def accepted(self) -> int:
        """Return how many messages the services have taken."""
        return sum(call.status == TAKEN for call in self.services.calls)

    async def tally(self) -> Tally:
        """Count what the services took for each browser, of notices with one mark each and one revision."""
        marks = {notice_id: mark for notice_id, (mark,) in (await self.stage.marks_by_notice()).items()}
        by_topic = {topic_of(NoticeId(notice_id)): mark for notice_id, mark in marks.items()}
        since_epoch = time() - monotonic()
        sends: dict[Pair, list[float]] = defaultdict(list)
        for call in self.services.calls:
            if call.status == TAKEN:
                pair = by_topic[call.topic], self.chats[call.origin + call.path]
                sends[pair].append(call.began + since_epoch)
        expected = {(mark, chat) for mark in self.stage.marks for chat in self.chats.values()}
        return count(expected, sends, [life.began for life in self.stage.lives], await self._admitted(marks))

    def unreadable(self) -> int:
        """Return how many messages no browser could open."""
        return sum(browser.unreadable for browser in self.services.browsers.values())

    async def _admitted(self, marks: Mapping[str, str]) -> Mapping[Pair, int]:
        by_id = {hash_of(endpoint): chat for endpoint, chat in self.chats.items()}
        admitted: Counter[Pair] = Counter()
        for row in await self.stage.rows():
            if row.channel == WEBPUSH:
                admitted[marks[row.notice_id], by_id[row.target]] += row.possibly_delivered
        return admitted


@asynccontextmanager
async def open_push(stage: Stage) -> AsyncIterator[PushSide]:
    """Open push services that every life of the program trusts and that it has a key for."""
    async with SimulatedPushServices(ORIGINS, latency_s=LATENCY_S) as services:
        yield PushSide(stage, services, switch_on(stage, services))


def switch_on(stage: Stage, services: SimulatedPushServices) -> str:
    """Let every life push to these services; return the public key."""
    private, public = new_key()
    authority = stage.folder / "authority.pem"
    authority.write_text(services.authority.pem)
    stage.environ["SSL_CERT_FILE"] = str(authority)  # read wherever Python makes its usual TLS settings
    stage.settings |= {
        "WEBPUSH__VAPID_PRIVATE_KEY": private,
        "WEBPUSH__SUBJECT": "mailto:office@college.example",
        "WEBPUSH__ALLOW_PRIVATE_ENDPOINTS": "true",
    }
    return public
