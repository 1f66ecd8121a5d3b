import re

import pytest
from aiohttp import hdrs

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.html import sanitise, to_text
from placement_alerts.core.notice import NoticeId
from tests.builders import a_notice, facts
from tests.web.campus import NUMBER
from tests.web.house import House
from tests.web.pages.student_site import AASTHA, NAMES, NUMBERS, page, sign_in, words


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
