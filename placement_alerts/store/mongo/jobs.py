"""The portal's jobs, one document each."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.core.job import Job, JobId
from placement_alerts.store.base import JobFilter
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import Document, parsed, to_model
from placement_alerts.store.mongo.indexes import JOBS
from placement_alerts.store.mongo.listing import NO_DEADLINE, containing, from_job, older_than
from placement_alerts.store.mongo.writes import put


class MongoJobs:
    """JobRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._jobs = client.collection(JOBS)

    @operation
    async def save(self, job: Job) -> None:
        await put(self._jobs, from_job(job))

    @operation
    async def get(self, job_id: JobId) -> Job | None:
        document = await self._jobs.find_one({"_id": job_id})
        return None if document is None else to_model(Job, document)

    @operation
    async def of_company(self, year: str, company_key: str) -> list[Job]:
        found = self._jobs.find({"year": year, "company_key": company_key}).sort("_id", 1)
        return [to_model(Job, document) for document in await found.to_list(None)]

    @operation
    async def find(self, wanted: JobFilter, after: Job | None, limit: int) -> list[Job]:
        if limit < 1:
            return []  # to the server, a limit of 0 means none
        found = self._jobs.find(_wanted(wanted, after)).sort([("ends_at", -1), ("_id", -1)]).limit(limit)
        return await parsed(Job, await found.to_list(None))

    @operation
    async def count(self) -> int:
        return int(await self._jobs.estimated_document_count())


def _wanted(wanted: JobFilter, after: Job | None) -> Document:
    """Return the filter. What no index of the pages begins with is looked at on what the index has found."""
    fields = {"year": wanted.year, "company_key": wanted.company, "$and": containing(wanted.words) or None}
    chosen: Document = {name: value for name, value in fields.items() if value is not None}
    ends: Document = {}
    if wanted.open_at is not None:
        ends["$gt"] = max(to_utc_ms(wanted.open_at), NO_DEADLINE)
    if after is not None:
        older = older_than("ends_at", after.deadline or NO_DEADLINE, after.id)
        ends |= older.pop("ends_at")
        chosen |= older
    return chosen | ({"ends_at": ends} if ends else {})
