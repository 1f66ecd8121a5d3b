"""The portal's jobs, on both stores."""

from placement_alerts.core.job import JobId, Mark, Scale, Stage
from placement_alerts.core.matching import company_key
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_job


async def test_stored_job_comes_back_as_it_was(store: Store) -> None:
    job = a_job(marks=(Mark(level="UG", required=None, scale=Scale.CGPA),), stages=(Stage(sequence=1, name="Test 📝"),))
    await store.jobs.save(job)

    assert await store.jobs.get(job.id) == job


async def test_job_saved_again_replaces_what_was_known(store: Store) -> None:
    await store.jobs.save(a_job(title="Engineer", company="Acme"))
    await store.jobs.save(a_job(title="Senior Engineer", company="Borealis"))

    stored = await store.jobs.get(JobId("jp-208"))

    assert stored == a_job(title="Senior Engineer", company="Borealis")
    assert await store.jobs.of_company(YEAR, company_key("Acme")) == []
    assert await store.jobs.count() == 1


async def test_jobs_of_a_company_are_found_by_any_spelling_within_the_year(store: Store) -> None:
    await store.jobs.save(a_job("jp-1", company="Acme Pvt. Ltd."))
    await store.jobs.save(a_job("jp-2", company="ACME India"))
    await store.jobs.save(a_job("jp-3", company="Acme", year="202425"))
    await store.jobs.save(a_job("jp-4", company="Acme Robotics"))

    assert {job.id for job in await store.jobs.of_company(YEAR, company_key("acme"))} == {"jp-1", "jp-2"}


async def test_unknown_job_is_none_and_an_empty_store_counts_none(store: Store) -> None:
    assert await store.jobs.get(JobId("none")) is None
    assert await store.jobs.count() == 0
