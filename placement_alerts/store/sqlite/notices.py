"""Notices and the history of their revisions in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from datetime import datetime

from placement_alerts.core.job import JobId
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.search import search_words
from placement_alerts.store.base import NoticeFilter
from placement_alerts.store.sqlite.connection import Database, Row
from placement_alerts.store.sqlite.documents import parsed
from placement_alerts.store.sqlite.listing import Value, notice_columns
from placement_alerts.store.sqlite.values import to_list, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

# a document stands once, in notice_revisions; `notices` points at the current one and carries what is queried
_CURRENT_SQL = """SELECT notice_revisions.document FROM notices JOIN notice_revisions
    ON notice_revisions.notice_id = notices.id AND notice_revisions.revision = notices.revision"""

REVISION_SQL = "SELECT revision FROM notices WHERE id = ?"
_COLUMNS = (
    "revision, year, kind, job_id, published_at, stored_at, urgent, planned, "
    "source, company_key, deadline_at, event_at, public, search"
)
_NAMES = _COLUMNS.split(", ")
SAVE_SQL = f"""
    INSERT INTO notices (id, {_COLUMNS}) VALUES (:id, {", ".join(f":{name}" for name in _NAMES)})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES)}"""
SAVE_REVISION_SQL = "INSERT INTO notice_revisions (notice_id, revision, document) VALUES (?, ?, ?)"
MARK_PLANNED_SQL = "UPDATE notices SET planned = 1 WHERE id = ? AND revision = ? AND planned = 0"

GET_SQL = f"{_CURRENT_SQL} WHERE notices.id = ?"
REVISIONS_SQL = "SELECT document FROM notice_revisions WHERE notice_id = ? ORDER BY revision"
LATEST_SQL = f"{_CURRENT_SQL} ORDER BY notices.published_at DESC, notices.id DESC LIMIT ?"
LATEST_OF_YEAR_SQL = f"{_CURRENT_SQL} WHERE year = ? ORDER BY notices.published_at DESC, notices.id DESC LIMIT ?"
OF_JOB_SQL = f"{_CURRENT_SQL} WHERE job_id = ? ORDER BY notices.published_at, notices.id"
UNPLANNED_SQL = f"{_CURRENT_SQL} WHERE planned = 0 ORDER BY urgent DESC, stored_at, notices.id LIMIT ?"
IS_PLANNED_SQL = "SELECT revision > :revision OR (revision = :revision AND planned) FROM notices WHERE id = :id"
# each index gives its own notices of the span, few; the earlier date of a notice that is in both is what counts
DATED_SQL = f"""
    WITH dated AS (
        SELECT id, min(at) AS at FROM (
            SELECT id, deadline_at AS at FROM notices
            WHERE deadline_at >= :since AND deadline_at < :until AND (:year IS NULL OR year = :year)
            UNION ALL
            SELECT id, event_at AS at FROM notices
            WHERE event_at >= :since AND event_at < :until AND (:year IS NULL OR year = :year)
        ) GROUP BY id ORDER BY 2, 1 LIMIT :limit
    )
    {_CURRENT_SQL} JOIN dated ON dated.id = notices.id ORDER BY dated.at, dated.id"""
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

    async def find(self, wanted: NoticeFilter, after: Notice | None, limit: int) -> list[Notice]:
        sql, parameters = find_sql(wanted, after, limit)
        return await parsed(Notice, await self._database.rows(sql, parameters))

    async def dated(self, year: str | None, since: datetime, until: datetime, limit: int) -> list[Notice]:
        span = {"year": year, "since": to_ms(since), "until": to_ms(until), "limit": limit}
        return await parsed(Notice, await self._database.rows(DATED_SQL, span))

    async def is_planned(self, notice_id: NoticeId, revision: int) -> bool:
        row = await self._database.row(IS_PLANNED_SQL, {"id": notice_id, "revision": revision})
        return row is not None and bool(row[0])

    async def unplanned(self, limit: int) -> list[Notice]:
        return [_from_row(row) for row in await self._database.rows(UNPLANNED_SQL, (limit,))]

    async def mark_planned(self, notice_id: NoticeId, revision: int) -> None:
        await self._database.change(MARK_PLANNED_SQL, (notice_id, revision))

    async def counts(self) -> dict[str, int]:
        return {row[0]: row[1] for row in await self._database.rows(COUNTS_SQL)}


def find_sql(wanted: NoticeFilter, after: Notice | None, limit: int) -> tuple[str, list[str | int]]:
    """Return the statement for just the conditions that are set, and its values.

    A + before a column keeps SQLite on the index of the company, else of the year, else of all, in the order of pages.
    """
    given = _conditions(wanted)
    if after is not None:
        given.append(("(published_at, notices.id) < (?, ?)", [to_ms(after.published_at), after.id]))
    where = f"WHERE {' AND '.join(term for term, _ in given)} " if given else ""
    values = [value for _, some in given for value in some]
    return f"{_CURRENT_SQL} {where}ORDER BY published_at DESC, notices.id DESC LIMIT ?", [*values, limit]


def _conditions(wanted: NoticeFilter) -> list[tuple[str, list[str | int]]]:
    given: list[tuple[str, list[str | int]]] = []
    if wanted.company is not None:
        given.append(("company_key = ?", [wanted.company]))
    if wanted.year is not None:
        given.append(("year = ?" if wanted.company is None else "+year = ?", [wanted.year]))
    if wanted.kinds:
        given.append(("+kind IN (SELECT value FROM json_each(?))", [to_list(kind.value for kind in wanted.kinds)]))
    if wanted.source is not None:
        given.append(("source = ?", [wanted.source]))
    if wanted.since is not None:
        given.append(("published_at >= ?", [to_ms(wanted.since)]))
    if wanted.until is not None:
        given.append(("published_at < ?", [to_ms(wanted.until)]))
    if wanted.open_at is not None:
        given.append(("+deadline_at > ?", [to_ms(wanted.open_at)]))
    if wanted.public:
        given.append(("public = 1", []))
    return given + [("instr(search, ?)", [word]) for word in search_words(wanted.words)]


def _to_row(notice: Notice) -> dict[str, Value]:
    row: dict[str, Value] = {
        "id": notice.id,
        "revision": notice.revision,
        "year": notice.year,
        "kind": notice.facts.kind.value,
        "job_id": notice.job.id if notice.job else None,
        "published_at": to_ms(notice.published_at),
        "stored_at": to_ms(notice.stored_at),
        "urgent": int(notice.urgent),
        "planned": int(notice.archived),  # an archived notice is delivered to nobody: nothing is left to plan
    }
    return row | notice_columns(notice)


def _from_row(row: Row) -> Notice:
    return Notice.model_validate_json(row[0])
