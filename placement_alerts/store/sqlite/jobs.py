"""The portal's jobs in the embedded store."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from placement_alerts.core.job import Job, JobId
from placement_alerts.core.matching import company_key
from placement_alerts.store.sqlite.connection import Database

# a job that is as it was is not written again
SAVE_SQL = """
    INSERT INTO jobs (id, year, company_key, document) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET year = excluded.year, company_key = excluded.company_key,
        document = excluded.document
    WHERE document <> excluded.document"""
GET_SQL = "SELECT document FROM jobs WHERE id = ?"
OF_COMPANY_SQL = "SELECT document FROM jobs WHERE year = ? AND company_key = ? ORDER BY id"
COUNT_SQL = "SELECT count(*) FROM jobs"


class SqliteJobs:
    """The repository of jobs (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, job: Job) -> None:
        await self._database.change(SAVE_SQL, (job.id, job.year, company_key(job.company), job.model_dump_json()))

    async def get(self, job_id: JobId) -> Job | None:
        row = await self._database.row(GET_SQL, (job_id,))
        return None if row is None else Job.model_validate_json(row[0])

    async def of_company(self, year: str, company_key: str) -> list[Job]:
        rows = await self._database.rows(OF_COMPANY_SQL, (year, company_key))
        return [Job.model_validate_json(row[0]) for row in rows]

    async def count(self) -> int:
        row = await self._database.row(COUNT_SQL)
        return row[0] if row else 0
