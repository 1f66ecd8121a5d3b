import re

import pytest

from placement_alerts.core.notice import ListedStudent, NoticeKind
from placement_alerts.web.pages.feed import PAGE
from tests.builders import NOW, YEAR, a_notice, a_student, after, facts
from tests.web.campus import a_notice_at
from tests.web.house import House
from tests.web.pages.student_site import NAMES, NUMBERS, page, sign_in, titles, words


async def test_feed_shows_newest_first_and_no_list_of_names_to_strangers(house: House) -> None:
    text = await page(house, "/")

    found = titles(text)
    assert found[0].startswith("Open for applications - Brightwave")
    assert found[-1].startswith("Open for applications - Tidewater")
    assert not any("Shortlisted" in title for title in found)
    assert not any(word in text for word in (*NAMES, *NUMBERS))


async def test_student_sees_what_is_for_their_year_and_that_it_names_them(house: House) -> None:
    await sign_in(house)
    said = await words(house, "/")

    assert "New for you" in said
    assert "Kestrel Robotics - Shortlisted candidates for Online Test You are on the list" in said
    assert "Devika" not in said


async def test_student_of_another_year_sees_that_years_and_what_is_public(house: House) -> None:
    await house.services.store.students.add(a_student("9", year="202627", addresses=()))
    await sign_in(house, "s9")

    assert "Nothing has been announced for 2026-27 yet" in await words(house, "/")
    assert "Shortlisted" not in await page(house, f"/?year={YEAR}")
    assert "not known" in await words(house, "/notices/shortlist", 404)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=talk", 1),
        ("q=BRIGHTWAVE+applications", 1),
        ("kind=hackathon", 1),
        ("company=tidewater+bank+ltd", 1),
        ("open=1", 1),
        ("q=nothing-of-this", 0),
        ("q=%25", 0),
        ("kind=&company=&q=", 5),
        ("utm=x", 5),
    ],
)
async def test_feed_is_searched_and_filtered(house: House, query: str, count: int) -> None:
    assert len(titles(await page(house, f"/?{query}"))) == count


async def test_choice_that_nothing_fits_says_so_and_leads_back(house: House) -> None:
    text = await page(house, "/?q=nothing-of-this")
    assert "No notice fits this choice." in text
    assert '<a href="/">Show all</a>' in text


@pytest.mark.parametrize("query", ["year=1999", "kind=nonsense", "before=unknown", f"q={'x' * 101}", "q=%00"])
async def test_odd_address_is_told_so(house: House, query: str) -> None:
    assert "something odd" in await words(house, f"/?{query}", 400)


async def test_older_notices_are_reached_page_by_page_each_once(house: House) -> None:
    for number in range(2 * PAGE):
        await house.services.store.notices.save(
            a_notice_at(NOW, f"more-{number}", NoticeKind.ANNOUNCEMENT, f"Notice {number}", hours=200 + number)
        )
    found: list[str] = []
    path = "/"
    while path:
        text = await page(house, path)
        found += titles(text)
        (path,) = re.findall(r'href="([^"]*)" rel="next"', text) or [""]

    assert len(found) == len(set(found)) == 2 * PAGE + 5
    assert 'href="/">Newest' in text


async def test_notices_that_a_stranger_may_not_see_leave_no_gap(house: House) -> None:
    listed = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="Asha Rao", enrollment="21103001"),))
    for number in range(60):
        await house.services.store.notices.save(a_notice(f"hidden-{number}", facts=listed, published_at=after(hours=1)))

    assert len(titles(await page(house, "/"))) == 5


async def test_program_gets_the_state_from_the_same_address(house: House) -> None:
    response = await house.get("/", headers={"Accept": "*/*"})
    assert await response.json() == {"status": "ok", "version": "1.0"}
    assert "Accept" in response.headers["Vary"]


async def test_strangers_page_may_be_kept_and_a_students_by_nobody(house: House) -> None:
    stranger = await house.get("/")
    assert stranger.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in stranger.headers["Vary"]
    await sign_in(house)

    for path in ("/", "/notices/opening", "/jobs", "/deadlines", "/statistics", "/policy", "/settings", "/nothing"):
        assert (await house.get(path)).headers["Cache-Control"] == "private, no-store", path
