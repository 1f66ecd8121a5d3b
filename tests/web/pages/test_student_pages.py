"""Feed, notice, jobs, deadlines and settings over loopback, for strangers and for students."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import hdrs

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.html import sanitise, to_text
from placement_alerts.core.notice import ListedStudent, NoticeId, NoticeKind
from placement_alerts.core.student import OffReason, StudentId
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Store
from placement_alerts.web.pages.feed import PAGE
from placement_alerts.web.pages.routes import PageRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.services import Services
from tests.builders import NOW, YEAR, a_job, a_notice, a_student, after, facts
from tests.web.campus import LIST, NUMBER, a_campus, a_notice_at
from tests.web.house import House, Moments, a_house

AASTHA = StudentId("aastha")
NAMES = [name for _, name in LIST]
NUMBERS = [number for number, _ in LIST]


def routes(services: Services) -> list[Any]:
    pages = PageRoutes(services.store, services.figures, services.settings, services.monotonic)
    return [*StudentPages(services).routes(), *pages.routes()]


@asynccontextmanager
async def a_site(store: Store, moments: Moments, **settings: Any) -> AsyncIterator[House]:
    settings = {"years": (YEAR, "202627")} | settings
    async with a_house(store, moments, routes, settings=settings) as house:
        yield house


@pytest.fixture
async def house(store: Store, moments: Moments) -> AsyncIterator[House]:
    await a_campus(store, NOW)
    async with a_site(store, moments) as house:
        yield house


async def sign_in(house: House, student: str = "aastha") -> None:
    await house.ask("POST", "/enter", data={"student": student})


async def page(house: House, path: str, status: int = 200) -> str:
    response = await house.get(path)
    assert response.status == status, path
    return await response.text()


async def words(house: House, path: str, status: int = 200) -> str:
    """Return a page's text in one line, without the title."""
    text = (await page(house, path, status)).partition("</head>")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def titles(text: str) -> list[str]:
    return re.findall(r"<h[23]><a [^>]*>([^<]*)</a>", text)


async def submit(house: House, path: str, **fields: str) -> int:
    csrf = (await house.who())["csrf"]
    return (await house.ask("POST", path, data={"csrf": csrf, **fields})).status


# --- feed


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


# --- notice


async def test_notice_shows_fields_text_links_and_what_changed(house: House) -> None:
    text = await page(house, "/notices/opening")
    said = await words(house, "/notices/opening")

    assert "Closes in 5 hours" in said
    assert "Software Engineer (12.5 LPA)" in said
    assert "Job description.pdf on the portal" in said
    assert "<strong>Brightwave Systems</strong>" in text
    assert re.search(r"<del>10 Nov 15:00</del>\s*<ins>10 Nov 17:00</ins>", text)
    assert "<ins>Bring your identity card.</ins>" in text
    links = re.findall(r'<a href="https?://[^>]*>', text)
    assert links
    assert all("noopener" in link for link in links)


async def test_withdrawn_notice_is_struck(house: House) -> None:
    text = await page(house, "/notices/withdrawn")
    assert "<del>Smart Campus Hackathon</del>" in text
    assert "Withdrawn by the placement office." in text


async def test_stranger_is_led_to_sign_in_for_what_is_not_public(house: House) -> None:
    response = await house.get("/notices/shortlist?d=x")
    assert response.status == 303
    assert response.headers["Location"] == "/sign-in?next=%2Fnotices%2Fshortlist%3Fd%3Dx"


async def test_named_student_sees_their_own_line_and_no_other(house: House) -> None:
    await sign_in(house)
    said = await words(house, "/notices/shortlist")

    assert f"You are on the list. Aastha Iyengar ({NUMBER})" in said
    assert "Venue: CL-5, Block J" in said
    assert "Students named 3" in said
    assert not any(name in said for name in (*NAMES[::2], *NUMBERS[::2]))


@pytest.mark.parametrize("query", ["", "?d=shortlist.1.a7", "?d=somebody.elses"])
async def test_opening_a_notice_says_that_its_student_has_seen_it(house: House, query: str) -> None:
    await sign_in(house)
    await page(house, f"/notices/shortlist{query}")

    (row,) = await house.services.store.deliveries.of_students(NoticeId("shortlist"), {AASTHA})
    assert row.state is DeliveryState.SEEN
    assert "New for you" not in await page(house, "/")


async def test_looking_from_afar_is_not_seeing(house: House) -> None:
    await house.get("/notices/shortlist?d=shortlist.1.a7")
    await sign_in(house)
    await house.ask("HEAD", "/notices/shortlist")
    await house.get("/notices/shortlist", headers={"Sec-Purpose": "prefetch;prerender"})

    (row,) = await house.services.store.deliveries.of_students(NoticeId("shortlist"), {AASTHA})
    assert row.state is DeliveryState.SENT


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>"
    "<svg onload=alert(1)><iframe src='//evil.example'></iframe><p style='position:fixed' onclick='x()'>text</p>"
    "<form action='//evil.example'><input name=csrf></form><base href='//evil.example'>"
)


async def test_link_that_is_no_web_address_is_left_out(house: House) -> None:
    links = ("javascript:alert(1)", "data:text/html,x", 'https://jobs.example/"onclick=x()')
    await house.services.store.notices.save(a_notice("odd", facts=facts(links=links)))

    found = re.findall(r'<li><a href="([^"]*)"', await page(house, "/notices/odd"))

    assert found == ["https://jobs.example/&#34;onclick=x()"]


async def test_hostile_html_of_the_portal_runs_and_loads_nothing(house: House) -> None:
    html = sanitise(HOSTILE)
    hostile = a_notice(
        "hostile", title=HOSTILE, html=html, text=to_text(HOSTILE), author=HOSTILE, facts=facts(company=HOSTILE)
    )
    await house.services.store.notices.save(hostile)

    for path in ("/", "/notices/hostile", "/deadlines", "/jobs"):
        body = (await page(house, path)).partition("</head>")[2]
        assert not re.search(r"<(script|svg|iframe|base|img src=x|form action=.//)", body), path
        assert not re.search(r"<[^>]*\s(on\w+|style)=", body), path
        assert "href='javascript" not in body, path
        assert 'href="javascript' not in body, path


async def test_huge_table_stays_a_page(house: House) -> None:
    html = "<table>" + "".join(f"<tr><td>{n}</td><td>{'x' * 40}</td></tr>" for n in range(3_000)) + "</table>"
    await house.services.store.notices.save(a_notice("huge", html=sanitise(html), text=to_text(html)))

    response = await house.get("/notices/huge", headers={"Accept-Encoding": "gzip"})
    assert int(response.headers[hdrs.CONTENT_LENGTH]) < 100_000


async def test_page_of_the_test_push_says_that_it_worked(house: House) -> None:
    assert "Notifications work on this device" in await words(house, "/notices/test?d=test.1.x")


# --- jobs and deadlines


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


# --- settings


async def test_strangers_settings_are_their_browser_and_a_way_in(house: House) -> None:
    said = await words(house, "/settings")
    assert "Notifications in the browser are not set up here yet." in said
    assert "Sign in" in said
    assert "Profile" not in said


async def test_profile_is_stored(house: House) -> None:
    await sign_in(house)
    assert await submit(house, "/settings/profile", year="202627", branch="ECE", cgpa="8,25") == 303

    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert (student.year, student.branch, student.cgpa) == ("202627", "ECE", 8.25)
    assert await submit(house, "/settings/profile", year="202627", branch="", cgpa="") == 303
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert (student.branch, student.cgpa) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"year": "1999"},
        {"year": YEAR, "branch": "Magic"},
        {"year": YEAR, "cgpa": "11"},
        {"year": YEAR, "cgpa": "nan"},
        {"year": YEAR, "cgpa": "1.2.3"},
        {"year": YEAR, "cgpa": "-1"},
    ],
)
async def test_profile_that_cannot_be_is_refused(house: House, fields: dict[str, str]) -> None:
    await sign_in(house)
    assert await submit(house, "/settings/profile", **fields) == 400


async def test_telegram_is_switched_off_and_on(house: House) -> None:
    await sign_in(house)
    store = house.services.store
    student = await store.students.get(AASTHA)
    assert student is not None
    address = student.addresses[0].id

    assert await submit(house, "/settings/channel", address=address, on="0") == 303
    assert "Telegram Off" in await words(house, "/settings")
    student = await store.students.get(student.id)
    assert student is not None
    assert student.addresses[0].off is OffReason.STOPPED

    await submit(house, "/settings/channel", address=address, on="1")
    assert "Telegram On" in await words(house, "/settings")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("channel", {"address": "somebodys"}),
        ("device", {"device": "somebodys"}),
        ("session", {"session": "somebodys"}),
    ],
)
async def test_what_is_not_ones_own_is_not_changed(house: House, path: str, fields: dict[str, str]) -> None:
    await sign_in(house)
    assert await submit(house, f"/settings/{path}", **fields) == 400


async def test_other_browser_is_signed_out(house: House, store: Store, moments: Moments) -> None:
    async with a_site(store, moments) as other:
        await sign_in(other)
        theirs = (await other.who())["session"]
        await sign_in(house)

        assert await submit(house, "/settings/session", session=theirs) == 303

        moments.pass_by(seconds=10)
        assert (await other.who())["signed_in"] is False
    assert (await house.who())["signed_in"] is True


async def test_calendars_address_is_shown_once_and_renewing_ends_the_old_one(house: House) -> None:
    await sign_in(house)
    csrf = (await house.who())["csrf"]
    response = await house.ask("POST", "/settings/calendar", data={"csrf": csrf, "act": "renew"})
    text = await response.text()

    (address,) = re.findall(r'value="(http[^"]*\.ics)"', text)
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert address not in await page(house, "/settings")
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert student.calendar_hash is not None
    assert student.calendar_hash not in text

    assert await submit(house, "/settings/calendar", act="revoke") == 303
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert student.calendar_hash is None


@pytest.mark.parametrize("path", ["profile", "channel", "device", "session", "calendar"])
async def test_forms_are_for_signed_in_students_with_their_token(house: House, path: str) -> None:
    assert (
        (await house.ask("POST", f"/settings/{path}", data={"year": YEAR})).headers["Location"].startswith("/sign-in")
    )
    await sign_in(house)
    assert (await house.ask("POST", f"/settings/{path}", data={"year": YEAR})).status == 403


# --- all pages


@pytest.mark.parametrize(
    "path", ["/", "/notices/opening", "/jobs", "/jobs/jp-1", "/deadlines", "/statistics", "/policy"]
)
async def test_closed_pages_lead_strangers_to_sign_in(store: Store, moments: Moments, path: str) -> None:
    await a_campus(store, NOW)
    async with a_site(store, moments, public_pages=False) as house:
        response = await house.get(path)
        assert response.status == 303
        assert response.headers["Location"].startswith("/sign-in?next=")
        await sign_in(house)
        assert (await house.get(path)).status in (200, 404)  # no figures are set up here


async def test_page_that_is_not_there_is_a_page(house: House) -> None:
    assert "There is nothing here" in await words(house, "/nothing/at/all", 404)


async def test_store_that_does_not_answer_is_a_page_that_says_so(store: Store, moments: Moments) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise StoreUnavailable("no answer")

    class Broken:
        notices = jobs = Away()

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    async with a_site(Broken(), moments) as house:
        response = await house.get("/jobs")
        assert response.status == 503
        assert response.headers["Retry-After"] == "30"
        assert "cannot be done just now" in await response.text()


# --- installing


async def test_manifest_names_icons_that_are_there_in_their_sizes(house: House) -> None:
    response = await house.get("/manifest.webmanifest")
    assert response.content_type == "application/manifest+json"
    said = await response.json(content_type=None)

    assert {"id", "name", "short_name", "start_url", "scope", "display", "theme_color"} <= set(said)
    purposes = {icon["purpose"] for icon in said["icons"]}
    assert purposes == {"any", "maskable"}
    for icon in said["icons"]:
        async with house.client.get(icon["src"]) as answer:
            image = await answer.read()
        assert image.startswith(b"\x89PNG")
        width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
        assert icon["sizes"] == f"{width}x{height}"


async def test_worker_is_asked_for_anew_and_keeps_files_that_are_there(house: House) -> None:
    response = await house.get("/sw.js")
    script = await response.text()

    assert response.content_type == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    (kept,) = re.findall(r"const KEPT = \[([^\]]*)\]", script)
    for path in re.findall(r'"([^"]+)"', kept):
        assert (await house.get(path)).status == 200, path
    assert not re.search(r'"(VERSION|KEPT|ICON|BADGE)"', script)
