import re

from tests.builders import a_job, after
from tests.web.house import House
from tests.web.pages.student_site import page, sign_in, titles, words


async def test_jobs_are_open_ones_first_by_deadline_then_the_others(house: House) -> None:
    found = titles(await page(house, "/jobs"))
    assert found == ["Software Engineer", "Embedded Engineer", "Data Analyst", "Graduate Trainee", "Research Intern"]


async def test_student_is_told_which_jobs_are_open_for_them_and_why_not(house: House) -> None:
    await sign_in(house)
    said = await words(house, "/jobs")
    assert said.count("Open for you") == 2
    assert "Not for you. It is for ECE; you are in CSE." in said

    assert titles(await page(house, "/jobs?mine=1")) == ["Software Engineer", "Data Analyst"]


async def test_stranger_is_told_how_to_learn_what_is_open_for_them(house: House) -> None:
    assert "Sign in and say your branch and CGPA" in await words(house, "/jobs")


async def test_closed_jobs_are_reached_page_by_page(house: House) -> None:
    for number in range(45):
        await house.services.store.jobs.save(
            a_job(f"old-{number}", title=f"Old {number}", deadline=after(days=-1 - number), created_at=after(days=-99))
        )
    found: list[str] = []
    path = "/jobs"
    while path:
        text = await page(house, path)
        found += titles(text)
        (path,) = re.findall(r'href="([^"]*)" rel="next"', text) or [""]

    assert len(found) == len(set(found)) == 50


async def test_job_shows_its_conditions_and_the_notices_that_one_may_read(house: House) -> None:
    said = await words(house, "/jobs/jp-1")
    assert "Online test → Technical interview → HR interview" in said
    assert "Job description.pdf" in said
    assert "Open for applications - Brightwave Systems - Software Engineer" in said
    assert "not known" in await words(house, "/jobs/unknown", 404)


async def test_deadlines_stand_by_day_in_indian_time(house: House) -> None:
    said = await words(house, "/deadlines")
    assert "Today November 10, 2025 5:00 PM Deadline" in said
    assert "Thursday November 13, 2025 1:00 PM Webinar" in said
    assert "Shortlisted" not in said


async def test_students_deadlines_hold_their_tests(house: House) -> None:
    await sign_in(house)
    assert "Tomorrow November 11, 2025 2:00 PM Test or interview You are on the list" in await words(
        house, "/deadlines"
    )


async def test_empty_years_say_so_in_words(house: House) -> None:
    assert "Nothing is due in the next 30 days." in await words(house, "/deadlines?year=202627")
    assert "No job is open now." in await words(house, "/jobs?year=202627")
