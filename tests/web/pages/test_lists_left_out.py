"""What a notice's page says of a list of students is what it does with it."""

import re

import pytest

from placement_alerts.core.render import ShowNames
from placement_alerts.store.base import Store
from placement_alerts.web.pages.student_pages import StudentPages
from tests.builders import NOW, a_student
from tests.web.campus import LIST, a_campus
from tests.web.house import Moments, a_house

NAME = LIST[0][1]
NUMBER = LIST[0][0]


async def a_list_read(store: Store, moments: Moments, show: ShowNames, student: str) -> str:
    """Return the page of a shortlist as a student reads it, its tags left out."""
    await a_campus(store, NOW)
    await store.students.add(a_student("9", addresses=()))
    settings = {"show_names": show, "public_pages": True}
    async with a_house(store, moments, lambda services: StudentPages(services).routes(), settings=settings) as house:
        await house.ask("POST", "/enter", data={"student": student})
        text = await (await house.get("/notices/shortlist")).text()
        return " ".join(re.sub(r"<[^>]*>", " ", text).split())


@pytest.mark.parametrize(
    ("show", "student", "name", "number", "says"),
    [
        (ShowNames.COUNT, "aastha", False, False, "The list of students is left out."),
        (ShowNames.COUNT, "s9", False, False, "Give the bot your number with /enrollment"),
        (ShowNames.NAMES, "aastha", True, False, "Enrollment numbers are left out."),
        (ShowNames.FULL, "aastha", True, True, "Names and numbers are for students alone"),
    ],
)
async def test_page_says_what_it_shows_of_a_list(
    store: Store, moments: Moments, show: ShowNames, student: str, name: bool, number: bool, says: str
) -> None:
    text = await a_list_read(store, moments, show, student)

    assert (NAME in text, NUMBER in text) == (name, number)
    assert says in text
    assert ("Lists of students are left out." in text) is not name
