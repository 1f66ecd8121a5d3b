"""Jobs of the portal: `/jobs`, open ones first by deadline, and `/jobs/{id}`; what is open for the reader."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from placement_alerts.core.fields import show_mark, show_package
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.openness import Open, Openness, open_for
from placement_alerts.core.visibility import Reader, may_read
from placement_alerts.errors import NotFound
from placement_alerts.web.pages.due import Due, due
from placement_alerts.web.pages.feed_query import ListWish, read_list_wish
from placement_alerts.web.pages.query import BadQuery
from placement_alerts.web.pages.reading import reader_of, year_of
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services

OPEN_MOST = 200  # open jobs at one time
PAGE = 20  # closed jobs


@dataclass(frozen=True, slots=True)
class Row:
    """A job in the list. package: in words. mine: whether it is open for the reader; None: a stranger reads."""

    job: Job
    package: str | None
    deadline: Due | None
    mine: Openness | None


class JobPages:
    """The portal's jobs as last read."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self._services = services
        self._shell = shell

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [
            web.get("/jobs", self._shell.for_readers(self._jobs)),
            web.get(r"/jobs/{id:[\w.:@~-]{1,200}}", self._shell.for_readers(self._job)),
        ]

    async def _jobs(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self._services)
        default_year = year_of(reader, self._services)
        query = {name: request.query.getall(name) for name in request.query}
        wish = read_list_wish(query, self._services.settings.years, default_year)
        return await self._shell.show(request, "jobs.html", **await self._values(wish, reader, default_year))

    async def _values(self, wish: ListWish, reader: Reader, default_year: str) -> dict[str, Any]:
        now, jobs = self._services.now(), self._services.store.jobs
        found = await jobs.find(wish.jobs(now), None, OPEN_MOST) if not wish.before else []
        rows = sorted((self._row(job, reader) for job in found), key=lambda row: (row.job.deadline, row.job.id))
        if wish.mine:
            rows = [row for row in rows if row.mine is not None and row.mine.answer is not Open.NO]
        others, older = ([], None) if wish.only_open or wish.mine else await self._others(wish, found)
        return {
            "wish": wish,
            "default_year": default_year,
            "open_rows": rows,
            "other_rows": [self._row(job, reader) for job in others],
            "older": wish.older(older).address("/jobs", default_year) if older else None,
            "newest": wish.newest().address("/jobs", default_year),
            "years": [
                (year, ListWish(year).address("/jobs", default_year))
                for year in sorted({default_year, *self._services.settings.years})
            ],
            "student": reader.student,
            "told": reader.student is not None and (reader.student.branch or reader.student.cgpa is not None),
        }

    async def _others(self, wish: ListWish, opened: list[Job]) -> tuple[list[Job], str | None]:
        """Return a page of the jobs that are not open, latest deadline first, and after which one the next begins."""
        jobs = self._services.store.jobs
        after = opened[-1] if opened else None
        if wish.before:
            after = await jobs.get(JobId(wish.before))
            if after is None:
                raise BadQuery("before should be the id of a job")
        found = await jobs.find(wish.jobs(None), after, PAGE + 1)
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None

    async def _job(self, request: web.Request) -> web.Response:
        reader = await reader_of(request, self._services)
        job = await self._services.store.jobs.get(JobId(request.match_info["id"]))
        if job is None:
            raise NotFound("this job is not known")
        public = self._services.settings.public_pages
        notices = [
            one
            for one in await self._services.store.notices.of_job(job.id)
            if may_read(one, reader, public_pages=public)
        ]
        return await self._shell.show(
            request, "job.html", row=self._row(job, reader), facts=_facts(job), notices=list(reversed(notices))
        )

    def _row(self, job: Job, reader: Reader) -> Row:
        now, student = self._services.now(), reader.student
        return Row(
            job,
            show_package(job.package_rupees, job.interval) if job.package_rupees is not None else None,
            due(job.deadline, now) if job.deadline else None,
            open_for(job, student.branch, student.cgpa, now) if student else None,
        )


def _facts(job: Job) -> list[tuple[str, str]]:
    found = [
        ("Location", job.location),
        ("Pay", show_package(job.package_rupees, job.interval) if job.package_rupees is not None else None),
        ("Placement type", job.placement_type),
        ("Category", job.category if job.category != "Unknown" else None),
        ("Required marks", "; ".join(show_mark(mark) for mark in job.marks)),
        ("Courses", "; ".join(job.courses)),
        ("Skills", ", ".join(job.skills)),
        ("Hiring flow", " → ".join(stage.name for stage in job.stages)),
    ]
    return [(label, value) for label, value in found if value]
