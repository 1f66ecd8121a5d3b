"""The MongoDB store: its repositories over one client."""

from collections.abc import Sequence
from typing import Any

from placement_alerts.store.mongo.audit import MongoAudit
from placement_alerts.store.mongo.client import Client, connect
from placement_alerts.store.mongo.deliveries import MongoDeliveries
from placement_alerts.store.mongo.drafts import MongoDrafts
from placement_alerts.store.mongo.idempotency import MongoIdempotency
from placement_alerts.store.mongo.jobs import MongoJobs
from placement_alerts.store.mongo.mails import MongoMails
from placement_alerts.store.mongo.notices import MongoNotices
from placement_alerts.store.mongo.offers import MongoOffers
from placement_alerts.store.mongo.official import MongoOfficial
from placement_alerts.store.mongo.policies import MongoPolicies
from placement_alerts.store.mongo.processes import MongoProcesses
from placement_alerts.store.mongo.requests import MongoRequests
from placement_alerts.store.mongo.reviews import MongoReviews
from placement_alerts.store.mongo.schema import ensure_schema
from placement_alerts.store.mongo.secret import secret_of
from placement_alerts.store.mongo.sessions import MongoSessions
from placement_alerts.store.mongo.sources import MongoSources
from placement_alerts.store.mongo.students import MongoStudents
from placement_alerts.store.mongo.subscriptions import MongoSubscriptions
from placement_alerts.store.mongo.tokens import MongoTokens
from placement_alerts.store.mongo.webhooks import MongoWebhooks


class MongoStore:
    """Everything that is kept, on one MongoDB database."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.notices = MongoNotices(client)
        self.jobs = MongoJobs(client)
        self.students = MongoStudents(client)
        self.deliveries = MongoDeliveries(client)
        self.sources = MongoSources(client)
        self.processes = MongoProcesses(client)
        self.requests = MongoRequests(client)
        self.mails = MongoMails(client)
        self.reviews = MongoReviews(client)
        self.offers = MongoOffers(client)
        self.policies = MongoPolicies(client)
        self.official = MongoOfficial(client)
        self.sessions = MongoSessions(client)
        self.tokens = MongoTokens(client)
        self.subscriptions = MongoSubscriptions(client)
        self.answers = MongoIdempotency(client)
        self.webhooks = MongoWebhooks(client)
        self.drafts = MongoDrafts(client)
        self.audit = MongoAudit(client)

    async def secret(self, name: str) -> bytes:
        """Return 32 random bytes, made at the first call."""
        return await secret_of(self._client, name)

    async def ping(self) -> None:
        """Return if the server answers within a second. Raises StoreUnavailable."""
        await self._client.ping()

    async def describe(self) -> str:
        """Return one line for `check`."""
        return await self._client.describe()

    async def close(self) -> None:
        """Close the client. Operations end by their deadlines."""
        await self._client.close()


async def open_mongo(url: str, *, listeners: Sequence[Any] = ()) -> MongoStore:
    """Open the database that `url` names (`placement_alerts` if it names none) and bring it up to date.

    listeners: pymongo's event listeners, for tests. Raises ConfigError, StoreUnavailable, StoreOutdated.
    """
    client = await connect(url, listeners)
    try:
        await ensure_schema(client)
    except BaseException:
        await client.close()
        raise
    return MongoStore(client)
