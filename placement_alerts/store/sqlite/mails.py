"""Which mails are done, and how far the folders were read, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

import json

from placement_alerts.core.mail import Cursor, MailId
from placement_alerts.core.notice import NoticeId
from placement_alerts.store.knowledge import MailRecord, MailVerdict
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import from_ms, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

_COLUMNS = "id, verdict, digest, notice_id, reasons, decided_at"
SAVE_SQL = f"INSERT OR REPLACE INTO mails ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
GET_SQL = f"SELECT {_COLUMNS} FROM mails WHERE id = ?"
BY_DIGEST_SQL = f"SELECT {_COLUMNS} FROM mails WHERE digest = ? ORDER BY decided_at DESC, id DESC LIMIT 1"
COUNTS_SQL = "SELECT verdict, count(*) FROM mails GROUP BY verdict"
CURSORS_SQL = "SELECT folder, uidvalidity, uid FROM cursors WHERE source = ?"
SAVE_CURSOR_SQL = "INSERT OR REPLACE INTO cursors (source, folder, uidvalidity, uid) VALUES (?, ?, ?, ?)"


class SqliteMails:
    """The repository of mails (store/knowledge.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, record: MailRecord) -> None:
        row = (
            record.id,
            record.verdict.value,
            record.digest,
            record.notice_id,
            json.dumps(record.reasons),
            to_ms(record.decided_at),
        )
        await self._database.change(SAVE_SQL, row)

    async def get(self, mail_id: MailId) -> MailRecord | None:
        row = await self._database.row(GET_SQL, (mail_id,))
        return None if row is None else _from_row(row)

    async def by_digest(self, digest: str) -> MailRecord | None:
        row = await self._database.row(BY_DIGEST_SQL, (digest,))
        return None if row is None else _from_row(row)

    async def counts(self) -> dict[str, int]:
        return {row[0]: row[1] for row in await self._database.rows(COUNTS_SQL)}

    async def cursors(self, source: str) -> dict[str, Cursor]:
        rows = await self._database.rows(CURSORS_SQL, (source,))
        return {row[0]: Cursor(folder=row[0], uidvalidity=row[1], uid=row[2]) for row in rows}

    async def save_cursor(self, source: str, cursor: Cursor) -> None:
        await self._database.change(SAVE_CURSOR_SQL, (source, cursor.folder, cursor.uidvalidity, cursor.uid))


def _from_row(row: Row) -> MailRecord:
    mail_id, verdict, digest, notice_id, reasons, decided_at = row
    return MailRecord(
        id=MailId(mail_id),
        verdict=MailVerdict(verdict),
        digest=digest,
        notice_id=None if notice_id is None else NoticeId(notice_id),
        reasons=tuple(json.loads(reasons)),
        decided_at=from_ms(decided_at),
    )
