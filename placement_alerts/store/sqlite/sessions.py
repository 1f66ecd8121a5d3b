"""Browsers, and sign-ins under way, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/access.py say what these methods do

from datetime import datetime

from placement_alerts.core.session import Session, SessionId, SignIn, SignInId
from placement_alerts.core.student import StudentId
from placement_alerts.store.access import FORGOTTEN_AT_ONCE
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, student_id, signed_in, label, created_at, visited_at, expires_at"
SAVE_SQL = f"INSERT OR REPLACE INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
GET_SQL = f"SELECT {_COLUMNS} FROM sessions WHERE id = ? AND expires_at > ?"
MARK_VISITED_SQL = "UPDATE sessions SET visited_at = :at WHERE id = :id AND visited_at < :at"
OF_STUDENT_SQL = f"SELECT {_COLUMNS} FROM sessions WHERE student_id = ? ORDER BY visited_at DESC, id DESC"
GIVE_SQL = "UPDATE sessions SET student_id = ? WHERE student_id = ?"
REMOVE_SQL = "DELETE FROM sessions WHERE id = ?"
CLEAN_SQL = """
    DELETE FROM sessions WHERE rowid IN (
        SELECT rowid FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"""

_SIGN_IN_COLUMNS = "id, session_id, student_id, label, digits, created_at, expires_at"
OFFER_SQL = f"INSERT INTO sign_ins ({_SIGN_IN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
SIGN_IN_SQL = f"SELECT {_SIGN_IN_COLUMNS} FROM sign_ins WHERE id = ? AND taken = 0 AND expires_at > ?"
CONFIRM_SQL = """
    UPDATE sign_ins SET student_id = ? WHERE id = ? AND student_id IS NULL AND taken = 0 AND expires_at > ?"""
REFUSE_SQL = "UPDATE sign_ins SET taken = 1 WHERE id = ? AND student_id IS NULL AND taken = 0 AND expires_at > ?"
TAKE_SQL = f"""
    UPDATE sign_ins SET taken = 1
    WHERE id = ? AND student_id IS NOT NULL AND taken = 0 AND expires_at > ? RETURNING {_SIGN_IN_COLUMNS}"""
CLEAN_SIGN_INS_SQL = """
    DELETE FROM sign_ins WHERE rowid IN (
        SELECT rowid FROM sign_ins WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"""


class SqliteSessions:
    """The repository of sessions (store/access.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, session: Session) -> None:
        row = (
            session.id,
            session.student_id,
            session.signed_in,
            session.label,
            to_ms(session.created_at),
            to_ms(session.visited_at),
            to_ms(session.expires_at),
        )
        await self._database.change(SAVE_SQL, row)

    async def get(self, session_id: SessionId, now: datetime) -> Session | None:
        row = await self._database.row(GET_SQL, (session_id, to_ms(now)))
        return None if row is None else _to_session(row)

    async def mark_visited(self, session_id: SessionId, at: datetime) -> None:
        await self._database.change(MARK_VISITED_SQL, {"id": session_id, "at": to_ms(at)})

    async def of_student(self, student_id: StudentId) -> list[Session]:
        return [_to_session(row) for row in await self._database.rows(OF_STUDENT_SQL, (student_id,))]

    async def give(self, before: StudentId, after: StudentId) -> None:
        await self._database.change(GIVE_SQL, (after, before))

    async def remove(self, session_id: SessionId) -> None:
        await self._database.change(REMOVE_SQL, (session_id,))

    async def offer(self, sign_in: SignIn) -> None:
        """Store a sign-in; one that is there, taken or not, stays as it is."""
        row = (
            sign_in.id,
            sign_in.session_id,
            sign_in.student_id,
            sign_in.label,
            sign_in.digits,
            to_ms(sign_in.created_at),
            to_ms(sign_in.expires_at),
        )
        await self._database.change(OFFER_SQL, row)

    async def sign_in(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        row = await self._database.row(SIGN_IN_SQL, (sign_in_id, to_ms(now)))
        return None if row is None else _to_sign_in(row)

    async def confirm(self, sign_in_id: SignInId, student_id: StudentId, now: datetime) -> bool:
        return await self._database.change(CONFIRM_SQL, (student_id, sign_in_id, to_ms(now))) == 1

    async def refuse(self, sign_in_id: SignInId, now: datetime) -> bool:
        return await self._database.change(REFUSE_SQL, (sign_in_id, to_ms(now))) == 1

    async def take(self, sign_in_id: SignInId, now: datetime) -> SignIn | None:
        async with self._database.transaction() as writer:
            rows = list(await writer.execute_fetchall(TAKE_SQL, (sign_in_id, to_ms(now))))
        return _to_sign_in(rows[0]) if rows else None

    async def clean(self, now: datetime) -> int:
        expired = (to_ms(now), FORGOTTEN_AT_ONCE)
        sessions = await self._database.change(CLEAN_SQL, expired)
        return sessions + await self._database.change(CLEAN_SIGN_INS_SQL, expired)


def _to_session(row: Row) -> Session:
    session_id, student_id, signed_in, label, created_at, visited_at, expires_at = row
    return Session(
        id=session_id,
        student_id=student_id,
        signed_in=bool(signed_in),
        label=label,
        created_at=from_ms(created_at),
        visited_at=from_ms(visited_at),
        expires_at=from_ms(expires_at),
    )


def _to_sign_in(row: Row) -> SignIn:
    sign_in_id, session_id, student_id, label, digits, created_at, expires_at = row
    return SignIn(
        id=sign_in_id,
        session_id=session_id,
        student_id=student_id,
        label=label,
        digits=digits,
        created_at=from_ms(created_at),
        expires_at=from_ms(expires_at),
    )
