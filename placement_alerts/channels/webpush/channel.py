"""The channel "webpush": brings parcels to browsers through their makers' push services, by reference/webpush.md."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from placement_alerts.channels.base import Parcel, RecordPart
from placement_alerts.channels.webpush.answers import Answer, answer_of
from placement_alerts.channels.webpush.origin import REFUSED, TROUBLE, Closed, Origin, Verdict
from placement_alerts.channels.webpush.payload import headers_of, payload_of, topic_of
from placement_alerts.channels.webpush.peers import Http, Subscriptions
from placement_alerts.channels.webpush.receivers import Receiver, Receivers
from placement_alerts.channels.webpush.room import Room
from placement_alerts.channels.webpush.sealing import seal
from placement_alerts.channels.webpush.turns import LoopTurns
from placement_alerts.channels.webpush.vapid import Tokens, VapidKey
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent
from placement_alerts.core.push_endpoint import origin_of
from placement_alerts.core.receipt_token import receipt_token
from placement_alerts.core.student import OffReason
from placement_alerts.core.subscription import WEBPUSH, PushSubscription
from placement_alerts.errors import AnswerLost, PeerError, PeerUnreachable, StoreUnavailable
from placement_alerts.http_client import Limits, Response, retry_after

SLOTS = 64
PER_ORIGIN = 32
DEADLINE_S = 10.0  # for one delivery, a second try with less text included
ANSWER_LIMIT = 4096  # bytes that are read of an answer
PAUSE_S = 30.0  # when a service asks for silence and does not say for how long
ORIGINS_KEPT = 256
_ALWAYS = {"Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream"}

log = structlog.get_logger(__name__)


class WebPushChannel:
    """Implements `channels.base.Channel`. A parcel's target is the id of a subscription.

    http: an HttpClient needs as many connections as SLOTS, and PER_ORIGIN a host. ttl: so long a service keeps what it
    cannot hand over. public_url: of our pages, without a slash at its end. receipt_secret: see core.receipt_token.
    now: the moment, UTC. clock: monotonic seconds. Raises ConfigError for a subject that services would refuse.
    """

    name = WEBPUSH

    def __init__(
        self,
        subscriptions: Subscriptions,
        http: Http,
        key: VapidKey,
        *,
        subject: str,
        ttl: timedelta,
        public_url: str,
        receipt_secret: bytes,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        slots: int = SLOTS,
        per_origin: int = PER_ORIGIN,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._subscriptions = subscriptions
        self._http = http
        self._key = key
        self._subject = subject
        self._ttl = ttl
        self._public_url = public_url
        self._secret = receipt_secret
        self._now = now
        self._clock = clock
        self._slots = slots
        self._per_origin = per_origin
        self._deadline_s = deadline_s
        self._tokens = Tokens(key, subject, now)
        self._receivers = Receivers(allow_private=http.allow_private)
        self._turns = LoopTurns()
        self._room = Room(slots, per_origin, clock)
        self._origins: OrderedDict[str, Origin] = OrderedDict()

    @property
    def slots(self) -> int:
        """How many deliveries may be under way at once."""
        return self._slots

    @property
    def gate(self) -> Room:
        """Where room is taken for a delivery."""
        return self._room

    @property
    def trouble(self) -> str | None:
        """Return "vapid_refused" if a service refuses all our tokens, "trouble" if none of them works, else None."""
        if any(origin.stopped for origin in self._origins.values()):
            return REFUSED
        resting = [origin.resting for origin in self._origins.values()]
        return TROUBLE if resting and all(resting) else None

    async def deliver(self, parcel: Parcel, priority: Priority, record: RecordPart) -> Outcome:
        """Try once; see `Channel.deliver`. The whole text is one part, whose id is its topic."""
        self._room.begin(parcel.target)
        try:
            return await self._deliver(parcel, priority)
        finally:
            self._room.end(parcel.target)

    async def check(self) -> str:
        """Return the public key and the contact; services cannot be asked who we are. Raises nothing."""
        return f"public key {self._key.public}, contact {self._subject}"

    async def _deliver(self, parcel: Parcel, priority: Priority) -> Outcome:
        subscription = await self._subscriptions.get(parcel.target)
        if subscription is None:
            return Refused("not_subscribed", switch_off=OffReason.GONE)
        try:
            origin = self._origin(origin_of(subscription.endpoint))
        except ValueError as error:
            return await self._unusable(parcel.target, error)
        if (closed := origin.closed(self._clock())) is not None:
            return self._put_back(closed)
        self._room.sent()
        origin.begin(self._clock())
        try:
            await self._turns.turn()  # parsing and sealing hold the loop
            return await self._send(parcel, priority, subscription, origin)
        finally:
            origin.end()

    async def _unusable(self, subscription_id: str, error: ValueError) -> Refused:
        await self._forget(subscription_id, "unusable")
        return Refused("unusable", str(error), switch_off=OffReason.GONE)

    def _put_back(self, closed: Closed) -> Deferred:
        if closed.alive or closed.why == "busy":
            self._room.put_back(closed.wait_s, shrink=closed.alive)
        return Deferred(closed.why, wait=timedelta(seconds=closed.wait_s), counts=False)

    async def _send(
        self, parcel: Parcel, priority: Priority, subscription: PushSubscription, origin: Origin
    ) -> Outcome:
        try:
            receiver = self._receivers.of(subscription)
        except ValueError as error:
            return await self._unusable(parcel.target, error)
        began = self._clock()
        headers = {
            **_ALWAYS,
            **headers_of(parcel.brief, priority, self._now(), self._ttl),
            "Authorization": self._tokens.header_for(receiver.origin),
        }
        try:
            response = await self._post(parcel, subscription, receiver, headers, began)
            if answer_of(response.status) is Answer.TOO_LARGE:
                log.warning("push.shortened", delivery=parcel.delivery_id, service=receiver.origin)
                response = await self._post(parcel, subscription, receiver, headers, began, short=True)
        except PeerError as error:
            return self._failed(parcel, receiver, origin, began, error)
        return await self._judge(response, parcel, receiver, origin, began)

    async def _post(
        self,
        parcel: Parcel,
        subscription: PushSubscription,
        receiver: Receiver,
        headers: Mapping[str, str],
        began: float,
        *,
        short: bool = False,
    ) -> Response:
        token = receipt_token(parcel.delivery_id, self._secret)
        body = seal(payload_of(parcel, self._public_url, token, short=short), receiver.keys)
        left_s = max(0.1, self._deadline_s - (self._clock() - began))
        limits = Limits(read_s=left_s, deadline_s=left_s, max_bytes=ANSWER_LIMIT, cut=True)
        return await self._http.post(subscription.endpoint, body, headers=headers, limits=limits)

    async def _judge(
        self, response: Response, parcel: Parcel, receiver: Receiver, origin: Origin, began: float
    ) -> Outcome:
        """Return what an answer means, by the table of section 1."""
        match answer_of(response.status):
            case Answer.TAKEN:
                origin.succeeded(self._clock())
                topic = topic_of(parcel.brief.notice_id)
                return Sent((topic,), announced_id=topic if parcel.announcement else None)
            case Answer.UNKNOWN_SENDER:
                return await self._token_refused(parcel, receiver, origin, began)
            case Answer.TOO_MANY:
                return self._paused(response, receiver, origin)
            case Answer.TROUBLE:
                return self._in_trouble(response, parcel, receiver, origin, began)
            case Answer.GONE | Answer.MALFORMED | Answer.TOO_LARGE | Answer.REDIRECT | Answer.ODD as answer:
                origin.answered(self._clock())
                return await self._never(answer, response.status, parcel, receiver)
            case answer:
                assert_never(answer)

    async def _never(self, answer: Answer, status: int, parcel: Parcel, receiver: Receiver) -> Refused:
        match answer:
            case Answer.GONE:
                await self._forget(parcel.target, "gone")
                return Refused("gone", switch_off=OffReason.GONE)
            case Answer.MALFORMED | Answer.TOO_LARGE:
                log.error("push.rejected", delivery=parcel.delivery_id, service=receiver.origin, status=status)
                return Refused("malformed" if answer is Answer.MALFORMED else "too_large", our_fault=True)
            case Answer.REDIRECT:
                return Refused("redirected", f"status {status}", unclear=True)
        return Refused("odd_status", f"status {status}", unclear=True)

    async def _token_refused(self, parcel: Parcel, receiver: Receiver, origin: Origin, began: float) -> Outcome:
        self._tokens.forget(receiver.origin)  # never again with the same header
        stopped_before = origin.stopped
        verdict, wait_s = origin.refused(self._clock(), began, parcel.target)
        match verdict:
            case Verdict.ITS_OWN:
                await self._forget(parcel.target, "other_key")
                return Refused("other_key", switch_off=OffReason.GONE)
            case Verdict.OURS:
                if not stopped_before:
                    log.error("push_service.stopped", service=receiver.origin, error_class=REFUSED)
            case Verdict.UNDECIDED:
                log.warning("push.refused", delivery=parcel.delivery_id, service=receiver.origin)
        return Deferred(REFUSED, wait=timedelta(seconds=wait_s), counts=False)

    def _paused(self, response: Response, receiver: Receiver, origin: Origin) -> Deferred:
        asked_s = retry_after(response.headers.get("retry-after"), self._now())
        origin.answered(self._clock())
        wait_s = origin.pause(self._clock(), asked_s if asked_s is not None else PAUSE_S)
        log.warning("push_service.paused", service=receiver.origin, wait_s=wait_s)
        return Deferred("flood", wait=timedelta(seconds=wait_s), counts=False)

    def _in_trouble(
        self, response: Response, parcel: Parcel, receiver: Receiver, origin: Origin, began: float
    ) -> Deferred:
        asked_s = retry_after(response.headers.get("retry-after"), self._now())
        if asked_s:
            origin.pause(self._clock(), asked_s)
        rest_s = origin.failed(self._clock(), began, parcel.target, surely=False)
        wait_s = max(asked_s or 0.0, rest_s or 0.0)
        log.info("push.failed", delivery=parcel.delivery_id, service=receiver.origin, status=response.status)
        return Deferred(
            f"status_{response.status}",
            wait=timedelta(seconds=wait_s) if wait_s else None,
            counts=rest_s is None,
        )

    def _failed(self, parcel: Parcel, receiver: Receiver, origin: Origin, began: float, error: PeerError) -> Deferred:
        lost = isinstance(error, AnswerLost)
        surely = isinstance(error, PeerUnreachable) and not lost
        rest_s = origin.failed(self._clock(), began, parcel.target, surely=surely)
        log.info("push.failed", delivery=parcel.delivery_id, service=receiver.origin, error=str(error))
        return Deferred(
            "answer_lost" if lost else error.error_class,
            wait=timedelta(seconds=rest_s) if rest_s is not None else None,
            counts=rest_s is None,
            possibly_delivered=lost,
        )

    async def _forget(self, subscription_id: str, reason: str) -> None:
        """Remove the subscription; if the store is away its address is switched off all the same."""
        try:
            await self._subscriptions.remove(subscription_id)
        except StoreUnavailable as error:
            log.warning("subscription.not_removed", subscription=subscription_id, error=str(error))
        else:
            log.info("subscription.removed", subscription=subscription_id, reason=reason)

    def _origin(self, name: str) -> Origin:
        origin = self._origins.get(name)
        if origin is None:
            origin = self._origins[name] = Origin(self._per_origin)
            if len(self._origins) > ORIGINS_KEPT:
                self._drop_idle()
        return origin

    def _drop_idle(self) -> None:
        for name, origin in list(self._origins.items())[:-1]:
            if not origin.in_flight and not origin.stopped and not origin.resting:
                del self._origins[name]
                return
