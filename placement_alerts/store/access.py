"""The repositories of who may come in, and of what they did: sessions, tokens, subscriptions, webhooks, drafts, audit.

The rules of store/base.py hold here too. Everything that expires is kept until `clean` is told to forget it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from placement_alerts.core.audit import AuditEntry
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.session import Session, SessionId, SignIn, SignInId
from placement_alerts.core.student import StudentId
from placement_alerts.core.subscription import PushSubscription
from placement_alerts.core.token import ApiToken, TokenId
from placement_alerts.core.webhook import CallId, EndpointId, WebhookCall, WebhookEndpoint

FORGOTTEN_AT_ONCE = 1_000  # of each kind by one call of `clean`; what is left waits for the next


class SessionRepository(Protocol):
    """Browsers, and sign-ins under way."""

    async def save(self, session: Session) -> None:
        """Store a session, replacing what was known of it."""

    async def get(self, session_id: SessionId, now: datetime) -> Session | None:
        """Return the session unless it expired."""

    async def mark_visited(self, session_id: SessionId, at: datetime) -> None:
        """Say when it was visited last; never moves back, changes nothing else, brings back no forgotten session."""

    async def of_student(self, student_id: StudentId) -> list[Session]:
        """Return the student's sessions, latest visit first."""

    async def give(self, before: StudentId, after: StudentId) -> None:
        """Give the sessions of one student to another: an anonymous browser was linked."""

    async def remove(self, session_id: SessionId) -> None:
        """Forget the session."""

    async def offer(self, sign_in: SignIn) -> None:
        """Store a sign-in under way."""

    async def sign_in(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        """Return a sign-in that was not taken and has not expired."""

    async def confirm(self, sign_in_id: SignInId, student_id: StudentId, now: datetime) -> bool:
        """Say who it is; False if it was taken, expired or confirmed by somebody already."""

    async def refuse(self, sign_in_id: SignInId, now: datetime) -> bool:
        """End a sign-in that nobody confirmed: it can be neither confirmed nor taken; False if there is none."""

    async def take(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        """Consume a sign-in that has a student, exactly once; None if there is none to take."""

    async def clean(self, now: datetime) -> int:
        """Forget sessions and sign-ins that expired; return how many."""


class TokenRepository(Protocol):
    """API tokens."""

    async def add(self, token: ApiToken) -> None:
        """Store a new token. Raises Duplicate if its hash or id is taken."""

    async def by_hash(self, hash_: str) -> ApiToken | None:
        """Return the token, revoked and expired ones included."""

    async def get(self, token_id: TokenId) -> ApiToken | None:
        """Return the token."""

    async def all(self) -> list[ApiToken]:
        """Return every token, newest first; there are few."""

    async def revoke(self, token_id: TokenId, now: datetime) -> bool:
        """End the token; False if it is unknown or ended already."""

    async def mark_used(self, token_id: TokenId, at: datetime) -> None:
        """Say when it was used last; never moves back."""


class SubscriptionRepository(Protocol):
    """Web push subscriptions, by the value of their address."""

    async def save(self, subscription: PushSubscription) -> None:
        """Store a subscription; of a known one everything but `created_at` is replaced."""

    async def get(self, subscription_id: str) -> PushSubscription | None:
        """Return the subscription."""

    async def remove(self, subscription_id: str) -> bool:
        """Forget the subscription; False if it was not there."""

    async def unvisited(self, before: datetime, after: str | None, limit: int) -> list[PushSubscription]:
        """Return a page of those last visited before then, by id; `after`: the last id of the page before."""

    async def count(self) -> int:
        """Return how many there are."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A request with an idempotency key. key: hash of credential, route and key. fingerprint: of method, path, body.

    status None: the first request is under way, until `lease_until`. body: None if it is not kept (it showed a secret).
    """

    key: str
    fingerprint: str
    lease_until: datetime
    expires_at: datetime
    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: str | None = None


def check_lease(wanted: KeptAnswer, now: datetime) -> None:
    """Raise ValueError unless the claim's lease ends after `now`, in whole milliseconds as it is stored."""
    if to_utc_ms(wanted.lease_until) <= to_utc_ms(now):
        raise ValueError(f"lease_until: {wanted.lease_until} should be after {now}")


class IdempotencyRepository(Protocol):
    """What was answered to requests that may be repeated (reference/http-conventions.md, section 6)."""

    async def claim(self, wanted: KeptAnswer, now: datetime) -> KeptAnswer | None:
        """Claim the key by a unique insert; None: it is ours. Else what is there, unless its lease or life is over.

        Raises ValueError for a claim whose own lease is over at `now`: two could have it at once.
        """

    async def finish(self, answer: KeptAnswer) -> None:
        """Store what was answered."""

    async def release(self, claim: KeptAnswer) -> None:
        """Give a claimed key back: nothing was answered that may be repeated.

        Only this claim, told by its `lease_until`: whoever took it over, when the lease had ended, keeps theirs.
        """

    async def clean(self, now: datetime) -> int:
        """Forget what expired; return how many."""


class WebhookRepository(Protocol):
    """Outgoing webhooks: endpoints and the calls to them."""

    async def save(self, endpoint: WebhookEndpoint) -> bool:
        """Store the endpoint if the stored version is `endpoint.version - 1` (1: none is stored); False if not."""

    async def get(self, endpoint_id: EndpointId) -> WebhookEndpoint | None:
        """Return the endpoint."""

    async def all(self) -> list[WebhookEndpoint]:
        """Return every endpoint, oldest first; there are few."""

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """Forget an endpoint and its calls; False if it is unknown."""

    async def add_calls(self, calls: Sequence[WebhookCall]) -> int:
        """Store those that are not there yet; return how many were new. Others stay as they are."""

    async def due(self, now: datetime, limit: int) -> list[WebhookCall]:
        """Return waiting calls whose time has come, earliest due first."""

    async def next_due(self) -> datetime | None:
        """Return the earliest due_at of waiting calls."""

    async def save_call(self, call: WebhookCall) -> None:
        """Store how a call stands; nothing if it is not there any more."""

    async def get_call(self, call_id: CallId) -> WebhookCall | None:
        """Return the call."""

    async def calls(self, endpoint_id: EndpointId, after: WebhookCall | None, limit: int) -> list[WebhookCall]:
        """Return a page of an endpoint's calls, newest created first; `after`: the last one of the page before."""

    async def clean(self, before: datetime) -> int:
        """Forget calls that ended and were made before then; return how many."""


class DraftRepository(Protocol):
    """Notices of the office that wait for their hour."""

    async def save(self, draft: Draft) -> bool:
        """Store the draft if the stored version is `draft.version - 1` (1: none is stored); False if not."""

    async def get(self, draft_id: DraftId) -> Draft | None:
        """Return the draft."""

    async def all(self, limit: int) -> list[Draft]:
        """Return what waits, earliest hour first."""

    async def due(self, now: datetime, limit: int) -> list[Draft]:
        """Return what is to be published by now, earliest hour first."""

    async def next_due(self) -> datetime | None:
        """Return the earliest hour."""

    async def remove(self, draft_id: DraftId) -> bool:
        """Forget the draft: published or given up; False if it was not there."""


class AuditRepository(Protocol):
    """The audit trail; entries are never changed."""

    async def add(self, entry: AuditEntry) -> None:
        """Store an entry; one of the same id is stored already, so nothing happens."""

    async def find(self, actor: str | None, after: AuditEntry | None, limit: int) -> list[AuditEntry]:
        """Return a page, newest first; `after`: the last one of the page before."""
