"""Lists and searches of jobs, on both stores."""

from typing import Any

import pytest

from placement_alerts.core.job import Job
from placement_alerts.store.base import JobFilter, Store
from tests.builders import NOW, YEAR, a_job, after


async def save(store: Store, *jobs: Job) -> None:
    for job in jobs:
        await store.jobs.save(job)


async def found(store: Store, wanted: JobFilter) -> list[str]:
    return [job.id for job in await store.jobs.find(wanted, None, 50)]


async def pages(store: Store, wanted: JobFilter, size: int) -> list[list[str]]:
    walked: list[list[Job]] = [await store.jobs.find(wanted, None, size)]
    while walked[-1]:
        walked.append(await store.jobs.find(wanted, walked[-1][-1], size))
    return [[job.id for job in page] for page in walked]


@pytest.mark.parametrize("wanted", [JobFilter(), JobFilter(year=YEAR)])
async def test_pages_give_every_job_once_latest_deadline_first_and_those_without_last(
    store: Store, wanted: JobFilter
) -> None:
    await save(store, *(a_job(f"j{number}", deadline=after(days=number // 2)) for number in range(5)))
    await save(store, *(a_job(f"k{number}", deadline=None) for number in range(3)))

    assert await pages(store, wanted, 3) == [["j4", "j3", "j2"], ["j1", "j0", "k2"], ["k1", "k0"], []]


@pytest.mark.parametrize(
    ("wanted", "values"),
    [
        (JobFilter(year="202627"), {"year": "202627"}),
        (JobFilter(company="acme"), {"company": "ACME Pvt. Ltd."}),
        (JobFilter(open_at=after(days=3)), {"deadline": after(days=3, seconds=1)}),
        (JobFilter(words=("analyst",)), {"title": "Data ANALYST"}),
        (JobFilter(words=("acme",)), {"company": "Acme"}),
        (JobFilter(words=("noida", "engineer")), {"location": "Noida"}),
        (JobFilter(words=("c++",)), {"title": "C++ developer"}),
        (JobFilter("202627", "acme", NOW, ("dev",)), {"year": "202627", "company": "Acme", "title": "Dev"}),
    ],
)
async def test_condition_finds_just_what_fulfils_it(store: Store, wanted: JobFilter, values: dict[str, Any]) -> None:
    await save(store, a_job("other"), a_job("wanted", **values))

    assert await found(store, wanted) == ["wanted"]


async def test_job_without_a_deadline_is_not_among_the_open_ones(store: Store) -> None:
    await save(store, a_job(deadline=None))

    assert await found(store, JobFilter(open_at=NOW)) == []
    assert await found(store, JobFilter(open_at=NOW.replace(year=1960))) == []


async def test_open_jobs_come_in_pages_too(store: Store) -> None:
    await save(store, *(a_job(f"j{number}", deadline=after(days=number)) for number in range(4)))

    assert await pages(store, JobFilter(open_at=NOW), 2) == [["j3", "j2"], ["j1"], []]


async def test_moved_deadline_moves_the_job(store: Store) -> None:
    await save(store, a_job("j1", deadline=after(days=1)), a_job("j2", deadline=after(days=2)))
    await save(store, a_job("j1", deadline=after(days=3), title="Moved"))

    assert await found(store, JobFilter()) == ["j1", "j2"]
    assert await found(store, JobFilter(words=("moved",))) == ["j1"]


async def test_nothing_is_found_with_a_limit_of_nothing(store: Store) -> None:
    await save(store, a_job())

    assert await store.jobs.find(JobFilter(), None, 0) == []
