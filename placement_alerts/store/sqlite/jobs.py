"""The portal's jobs in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from placement_alerts.core.job import Job, JobId
from placement_alerts.core.matching import company_key
from placement_alerts.core.search import search_words
from placement_alerts.store.base import JobFilter
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed
from placement_alerts.store.sqlite.listing import job_columns
from placement_alerts.store.sqlite.values import to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

# a job that is as it was is not written again
SAVE_SQL = """
    INSERT INTO jobs (id, year, company_key, document, ends_at, search)
    VALUES (:id, :year, :company_key, :document, :ends_at, :search)
    ON CONFLICT (id) DO UPDATE SET year = excluded.year, company_key = excluded.company_key,
        document = excluded.document, ends_at = excluded.ends_at, search = excluded.search
    WHERE document <> excluded.document"""
GET_SQL = "SELECT document FROM jobs WHERE id = ?"
OF_COMPANY_SQL = "SELECT document FROM jobs WHERE year = ? AND company_key = ? ORDER BY id"
COUNT_SQL = "SELECT count(*) FROM jobs"


class SqliteJobs:
    """The repository of jobs (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, job: Job) -> None:
        row = {
            "id": job.id,
            "year": job.year,
            "company_key": company_key(job.company),
            "document": job.model_dump_json(),
        }
        await self._database.change(SAVE_SQL, row | job_columns(job))

    async def get(self, job_id: JobId) -> Job | None:
        row = await self._database.row(GET_SQL, (job_id,))
        return None if row is None else Job.model_validate_json(row[0])

    async def of_company(self, year: str, company_key: str) -> list[Job]:
        rows = await self._database.rows(OF_COMPANY_SQL, (year, company_key))
        return [Job.model_validate_json(row[0]) for row in rows]

    async def find(self, wanted: JobFilter, after: Job | None, limit: int) -> list[Job]:
        sql, parameters = find_sql(wanted, after, limit)
        return await parsed(Job, await self._database.rows(sql, parameters))

    async def count(self) -> int:
        row = await self._database.row(COUNT_SQL)
        return row[0] if row else 0


def find_sql(wanted: JobFilter, after: Job | None, limit: int) -> tuple[str, list[str | int]]:
    """Return the statement for just the conditions that are set, and its values; a + keeps the order of one index."""
    given: list[tuple[str, list[str | int]]] = []
    if wanted.year is not None:
        given.append(("year = ?", [wanted.year]))
    if wanted.company is not None:
        given.append(("+company_key = ?", [wanted.company]))
    if wanted.open_at is not None:
        given.append(("ends_at > ?", [max(to_ms(wanted.open_at), 0)]))
    if after is not None:
        given.append(("(ends_at, id) < (?, ?)", [to_ms(after.deadline) if after.deadline else 0, after.id]))
    given += [("instr(search, ?)", [word]) for word in search_words(wanted.words)]
    where = f"WHERE {' AND '.join(term for term, _ in given)} " if given else ""
    values = [value for _, some in given for value in some]
    return f"SELECT document FROM jobs {where}ORDER BY ends_at DESC, id DESC LIMIT ?", [*values, limit]
