"""Reading the portal's jobs."""

from datetime import datetime

from pydantic import Field

from placement_alerts.core.job import Job, JobId, Scale
from placement_alerts.core.matching import company_key
from placement_alerts.core.token import Scope
from placement_alerts.store.base import JobFilter
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Page, Paging
from placement_alerts.web.api.values import Given, Identifier, Line, PageGiven, View, Year, words_of
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

REVALIDATED = "private, no-cache"


class MarkView(View):
    """A required mark. required null: not stated. scale: what the number counts."""

    level: str
    required: float | None
    scale: Scale


class StageView(View):
    """A step of the hiring flow."""

    sequence: int
    name: str


class JobView(View):
    """A job on the portal. null and empty: not stated. package_rupees: per `interval`, a year unless it says "M...".

    description_html, package_info_html: cleaned.
    """

    id: str
    year: str
    title: str
    company: str
    category: str
    deadline: datetime | None
    created_at: datetime | None
    status: str | None
    placement_type: str | None
    location: str | None
    package_rupees: int | None
    interval: str | None
    package_info_html: str
    description_html: str
    marks: tuple[MarkView, ...]
    courses: tuple[str, ...]
    genders: tuple[str, ...]
    skills: tuple[str, ...]
    stages: tuple[StageView, ...]
    documents: tuple[str, ...]


class JobPage(Page[JobView]):
    """Jobs, latest deadline first, those without one last."""


class JobsGiven(PageGiven):
    """Which jobs to list."""

    q: Line | None = Field(default=None, description="Words that must all occur in title, company or location.")
    company: Line | None = Field(default=None, min_length=1, description="A company, in any spelling.")
    year: Year | None = None
    open: bool | None = Field(default=None, description="true: only those whose deadline is to come.")


class JobGiven(Given):
    """One job."""

    job_id: Identifier


JOB_EXAMPLE = {
    "id": "jp-208",
    "year": "202526",
    "title": "Software Engineer",
    "company": "Brightwave Systems",
    "category": "High",
    "deadline": "2025-11-14T11:30:00Z",
    "created_at": "2025-11-10T06:30:00Z",
    "status": "OPEN",
    "placement_type": "FULL_TIME",
    "location": "Bengaluru",
    "package_rupees": 1250000,
    "interval": "YEARLY",
    "package_info_html": "",
    "description_html": "<p>Build services.</p>",
    "marks": [{"level": "UG", "required": 7.0, "scale": "cgpa"}],
    "courses": ["B.Tech CSE"],
    "genders": ["FEMALE", "MALE"],
    "skills": ["Python"],
    "stages": [{"sequence": 1, "name": "Online test"}],
    "documents": ["Job description.pdf"],
}


class Jobs:
    """What is read of jobs: they are the same for everybody."""

    def __init__(self, services: Services) -> None:
        self._jobs = services.store.jobs
        self._paging = Paging(services.store)

    async def list(self, call: Call[JobsGiven, None]) -> Answer:
        """Answer a page."""
        given = call.given
        after = await self._paging.start(call, parts=2)
        wanted = JobFilter(
            year=given.year,
            company=None if given.company is None else company_key(given.company),
            open_at=call.now if given.open else None,
            words=words_of(given.q),
        )
        rows = await self._jobs.find(wanted, _stub(after), given.limit + 1)
        return await self._paging.page(call, rows, job_view, _key)

    async def get(self, call: Call[JobGiven, None]) -> Answer:
        """Answer one job."""
        job = await self._jobs.get(JobId(call.given.job_id))
        if job is None:
            raise not_found("job")
        shown = job_view(job)
        # a job has no revision, so its tag is of what is shown
        return Answer(shown, etag=etag("job", shown.model_dump_json()), caching=REVALIDATED)


def job_view(job: Job) -> JobView:
    """Return what is shown of a job."""
    return JobView(
        **{name: getattr(job, name) for name in _SAME},
        marks=tuple(MarkView(**mark.model_dump()) for mark in job.marks),
        stages=tuple(StageView(**stage.model_dump()) for stage in job.stages),
        documents=tuple(document.name for document in job.documents),
    )


def operations(services: Services) -> list[Operation]:
    """Return what can be asked about jobs."""
    jobs = Jobs(services)
    return [
        Operation(
            method="GET",
            path="/api/v1/jobs",
            name="listJobs",
            tag="jobs",
            summary="List and search jobs, latest deadline first",
            handle=jobs.list,
            answers={200: JobPage},
            scope=Scope.NOTICES_READ,
            students=True,
            parameters=JobsGiven,
            problems=("bad_cursor",),
            example={"items": [JOB_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path="/api/v1/jobs/{job_id}",
            name="getJob",
            tag="jobs",
            summary="Read a job",
            handle=jobs.get,
            answers={200: JobView},
            scope=Scope.NOTICES_READ,
            students=True,
            parameters=JobGiven,
            problems=("not_found",),
            example=JOB_EXAMPLE,
            has_etag=True,
        ),
    ]


_SAME = frozenset(JobView.model_fields) - {"marks", "stages", "documents"}


def _key(job: Job) -> Key:
    return (None if job.deadline is None else job.deadline.isoformat(), job.id)


def _stub(key: Key | None) -> Job | None:
    """Return a job that stands where the last one of the page before stood."""
    if key is None:
        return None
    moment, job_id = key
    deadline = None if moment is None else datetime.fromisoformat(str(moment))
    return Job.model_construct(id=JobId(str(job_id)), deadline=deadline)
