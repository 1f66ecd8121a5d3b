"""Browsers, and sign-ins under way: each move of a sign-in is one update, filtered by what it starts from."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.session import Session, SessionId, SignIn, SignInId
from placement_alerts.core.student import StudentId
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, to_model
from placement_alerts.store.mongo.expiry import forget
from placement_alerts.store.mongo.indexes import SESSIONS, SIGN_INS
from placement_alerts.store.mongo.writes import put, put_new


class MongoSessions:
    """SessionRepository on MongoDB. A taken sign-in stays until it expires, so that nothing offers it again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sessions = client.collection(SESSIONS)
        self._sign_ins = client.collection(SIGN_INS)

    @operation
    async def save(self, session: Session) -> None:
        await put(self._sessions, from_model(session))

    @operation
    async def get(self, session_id: SessionId, now: datetime) -> Session | None:
        document = await self._sessions.find_one({"_id": session_id, "expires_at": {"$gt": to_utc_ms(now)}})
        return None if document is None else to_model(Session, document)

    @operation
    async def mark_visited(self, session_id: SessionId, at: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$max": {"visited_at": to_utc_ms(at)}})

    @operation
    async def of_student(self, student_id: StudentId) -> list[Session]:
        found = self._sessions.find({"student_id": student_id}).sort([("visited_at", -1), ("_id", -1)])
        return [to_model(Session, document) for document in await found.to_list(None)]

    @operation
    async def give(self, before: StudentId, after: StudentId) -> None:
        await self._sessions.update_many({"student_id": before}, {"$set": {"student_id": after}})

    @operation
    async def remove(self, session_id: SessionId) -> None:
        await self._sessions.delete_one({"_id": session_id})

    @operation
    async def offer(self, sign_in: SignIn) -> None:
        """Store a sign-in; one that is there, taken or not, stays as it is."""
        await put_new(self._sign_ins, from_model(sign_in, taken=False))

    @operation
    async def sign_in(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        return await self._live(sign_in_id, now)

    @operation
    async def confirm(self, sign_in_id: SignInId, student_id: StudentId, now: datetime) -> bool:
        done = await self._sign_ins.update_one(_nobodys(sign_in_id, now), {"$set": {"student_id": student_id}})
        return bool(done.modified_count)

    @operation
    async def refuse(self, sign_in_id: SignInId, now: datetime) -> bool:
        done = await self._sign_ins.update_one(_nobodys(sign_in_id, now), {"$set": {"taken": True}})
        return bool(done.modified_count)

    @operation
    async def take(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        sign_in = await self._live(sign_in_id, now)
        if sign_in is None or sign_in.student_id is None:
            return None  # once a sign-in has its student, only `taken` changes: what was read is what is taken
        done = await self._sign_ins.update_one(_live(sign_in_id, now), {"$set": {"taken": True}})
        return sign_in if done.modified_count else None

    @operation
    async def clean(self, now: datetime) -> int:
        expired = {"expires_at": {"$lte": to_utc_ms(now)}}
        sessions = await forget(self._sessions, expired, FORGOTTEN_AT_ONCE)
        return sessions + await forget(self._sign_ins, expired, FORGOTTEN_AT_ONCE)

    async def _live(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        document = await self._sign_ins.find_one(_live(sign_in_id, now))
        return None if document is None else to_model(SignIn, document)


def _live(sign_in_id: SignInId, now: datetime) -> Mapping[str, Any]:
    return {"_id": sign_in_id, "taken": False, "expires_at": {"$gt": to_utc_ms(now)}}


def _nobodys(sign_in_id: SignInId, now: datetime) -> Mapping[str, Any]:
    return {**_live(sign_in_id, now), "student_id": None}
