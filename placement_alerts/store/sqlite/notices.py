"""Notices and the history of their revisions in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from placement_alerts.core.job import JobId
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.values import to_ms

# a document stands once, in notice_revisions; `notices` points at the current one and carries what is queried
_CURRENT_SQL = """SELECT notice_revisions.document FROM notices JOIN notice_revisions
    ON notice_revisions.notice_id = notices.id AND notice_revisions.revision = notices.revision"""

REVISION_SQL = "SELECT revision FROM notices WHERE id = ?"
SAVE_SQL = """
    INSERT INTO notices (id, revision, year, kind, job_id, published_at, stored_at, urgent, planned)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, year = excluded.year, kind = excluded.kind,
        job_id = excluded.job_id, published_at = excluded.published_at, stored_at = excluded.stored_at,
        urgent = excluded.urgent, planned = excluded.planned"""
SAVE_REVISION_SQL = "INSERT INTO notice_revisions (notice_id, revision, document) VALUES (?, ?, ?)"
MARK_PLANNED_SQL = "UPDATE notices SET planned = 1 WHERE id = ? AND revision = ? AND planned = 0"

GET_SQL = f"{_CURRENT_SQL} WHERE notices.id = ?"
REVISIONS_SQL = "SELECT document FROM notice_revisions WHERE notice_id = ? ORDER BY revision"
LATEST_SQL = f"{_CURRENT_SQL} ORDER BY notices.published_at DESC, notices.id DESC LIMIT ?"
LATEST_OF_YEAR_SQL = f"{_CURRENT_SQL} WHERE year = ? ORDER BY notices.published_at DESC, notices.id DESC LIMIT ?"
OF_JOB_SQL = f"{_CURRENT_SQL} WHERE job_id = ? ORDER BY notices.published_at, notices.id"
UNPLANNED_SQL = f"{_CURRENT_SQL} WHERE planned = 0 ORDER BY urgent DESC, stored_at, notices.id LIMIT ?"
COUNTS_SQL = "SELECT kind, count(*) FROM notices GROUP BY kind"


class SqliteNotices:
    """The repository of notices (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, notice: Notice) -> bool:
        document = notice.model_dump_json()
        async with self._database.transaction() as writer:
            stored = list(await writer.execute_fetchall(REVISION_SQL, (notice.id,)))
            if stored and stored[0][0] >= notice.revision:
                return False
            await writer.execute(SAVE_SQL, _to_row(notice))
            await writer.execute(SAVE_REVISION_SQL, (notice.id, notice.revision, document))
            return True

    async def get(self, notice_id: NoticeId) -> Notice | None:
        row = await self._database.row(GET_SQL, (notice_id,))
        return None if row is None else _from_row(row)

    async def revisions(self, notice_id: NoticeId) -> list[Notice]:
        return [_from_row(row) for row in await self._database.rows(REVISIONS_SQL, (notice_id,))]

    async def latest(self, year: str | None, limit: int) -> list[Notice]:
        if year is None:
            rows = await self._database.rows(LATEST_SQL, (limit,))
        else:
            rows = await self._database.rows(LATEST_OF_YEAR_SQL, (year, limit))
        return [_from_row(row) for row in rows]

    async def of_job(self, job_id: JobId) -> list[Notice]:
        return [_from_row(row) for row in await self._database.rows(OF_JOB_SQL, (job_id,))]

    async def unplanned(self, limit: int) -> list[Notice]:
        return [_from_row(row) for row in await self._database.rows(UNPLANNED_SQL, (limit,))]

    async def mark_planned(self, notice_id: NoticeId, revision: int) -> None:
        await self._database.change(MARK_PLANNED_SQL, (notice_id, revision))

    async def counts(self) -> dict[str, int]:
        return {row[0]: row[1] for row in await self._database.rows(COUNTS_SQL)}


def _to_row(notice: Notice) -> tuple[str | int | None, ...]:
    return (
        notice.id,
        notice.revision,
        notice.year,
        notice.facts.kind.value,
        notice.job.id if notice.job else None,
        to_ms(notice.published_at),
        to_ms(notice.stored_at),
        notice.urgent,
        notice.archived,  # an archived notice is delivered to nobody: nothing is left to plan
    )


def _from_row(row: Row) -> Notice:
    return Notice.model_validate_json(row[0])
