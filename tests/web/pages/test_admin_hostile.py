"""Whatever portal, mails, students and peers write stands harmlessly on the pages of the admins."""

import re
from html.parser import HTMLParser

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.html import sanitise, to_text
from placement_alerts.core.item import Rejected
from placement_alerts.core.notice import Audience
from placement_alerts.core.review import ReviewKind
from placement_alerts.pipeline.auditing import audit
from placement_alerts.store.base import PollState, Store
from placement_alerts.web.pages.student_pages import StudentPages
from tests.builders import NOW, YEAR, a_delivery, a_draft, a_job, a_mail, a_notice, a_review, after, facts
from tests.web.house import Moments, a_house
from tests.web.pages.admin_desk import AdminDesk, an_admin_desk

EVIL = (
    '"><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>'
    "<svg/onload=alert(1)>'--></title></textarea><style>*{display:none}</style>{{ 7*7 }}<iframe src=//evil.example>"
)
HTML = sanitise(f"<p>{EVIL}</p>")
ALLOWED_SCRIPTS = re.compile(r"/static/[\w.-]+\.js")


class Reader(HTMLParser):
    """Finds what a browser would run, load or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("iframe", "object", "embed", "style", "base", "math") or given.get("style") is not None:
            self.found.append(tag)
        if tag == "script" and not ALLOWED_SCRIPTS.fullmatch(given.get("src") or ""):
            self.found.append(f"script {given}")
        if tag == "img" and not (given.get("src") or "").startswith("/static/"):
            self.found.append(f"img {given}")
        self.found += [name for name in given if name.startswith("on")]
        links = [given[name] or "" for name in ("href", "action", "src", "formaction") if name in given]
        self.found += [link for link in links if not re.match(r"https?://|/(?!/)|#|\?|$", link)]


def dangers(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.found


def test_the_reader_finds_what_is_dangerous() -> None:
    assert len(dangers(EVIL)) >= 5


async def a_hostile_store(store: Store) -> None:
    """Fill everything that others write with what they should not have written."""
    evil = {"first_name": EVIL, "last_name": EVIL, "username": EVIL}
    _, student = await store.students.join("telegram", "99", YEAR, evil, NOW)
    notice = a_notice(
        title=EVIL, html=HTML, text=to_text(HTML), author=EVIL, facts=facts(company=EVIL, venue=EVIL), source="office"
    )
    await store.notices.save(notice)
    row = a_delivery("99", state=DeliveryState.DEAD, error_class=EVIL, error=EVIL, reason=EVIL, student_id=student.id)
    await store.deliveries.plan([row])
    mail = a_mail(subject=EVIL, sender_name=EVIL, sender_address=EVIL, text="", html=EVIL)
    await store.reviews.ask(a_review(title=EVIL, reasons=(EVIL,), mail=mail, facts=facts(company=EVIL)))
    await store.reviews.ask(a_review("r2", kind=ReviewKind.SAME_COMPANY, title=EVIL, companies=(EVIL, EVIL)))
    await store.sources.save_poll("superset", PollState(NOW, NOW, 1, EVIL, EVIL, 1, 1))
    await store.sources.reject("superset", [Rejected(listing="notices", identifier=EVIL, reason=EVIL)], NOW)
    draft = a_draft(title=EVIL, text=EVIL, company=EVIL, publish_at=after(hours=1), audience=Audience(branches=(EVIL,)))
    await store.drafts.save(draft.model_copy(update={"created_by": EVIL}))
    await audit(store, NOW, EVIL, EVIL, EVIL, EVIL)


async def pages_of(desk: AdminDesk) -> list[str]:
    (student,) = [one for one in await desk.store.students.find(None, None, 10) if one.id != desk.admin.id]
    paths = [
        "/admin", "/admin/reviews", "/admin/notices", "/admin/notices/n1", "/admin/deliveries", "/admin/drafts",
        "/admin/students", f"/admin/students/{student.id}", "/admin/audit", "/admin/compose?draft=d1",
        "/admin/compose?notice=n1",
    ]  # fmt: skip
    return [await desk.text(path) for path in paths]


async def test_stored_html_is_harmless_on_every_admin_page(store: Store, moments: Moments) -> None:
    await a_hostile_store(store)
    async with an_admin_desk(store, moments) as desk:
        pages = await pages_of(desk)

        assert [dangers(page) for page in pages] == [[]] * len(pages)
        assert all("alert(1)" in page for page in pages)  # it is there, as text
        assert not any(">49<" in page for page in pages)


@pytest.mark.parametrize("path", ["/", "/notices/n1", "/jobs", "/jobs/j1", "/deadlines", "/?q=%3Cscript%3E"])
async def test_stored_html_is_harmless_on_the_pages_of_students(store: Store, moments: Moments, path: str) -> None:
    await a_hostile_store(store)
    evil_job = a_job("j1", title=EVIL, company=EVIL, description_html=HTML, location=EVIL)
    await store.jobs.save(evil_job)
    async with a_house(store, moments, lambda services: StudentPages(services).routes()) as house:
        answer = await house.get(path)

        assert answer.status == 200
        assert dangers(await answer.text()) == []


async def test_a_huge_table_of_the_portal_leaves_a_page_that_can_be_read(store: Store, moments: Moments) -> None:
    html = sanitise("<table>" + "<tr><td>21103001</td><td colspan=9999>x</td></tr>" * 50_000)
    await store.notices.save(a_notice(html=html, text=to_text(html)))
    async with (
        a_house(store, moments, lambda services: StudentPages(services).routes()) as house,
        an_admin_desk(store, moments) as desk,
    ):
        page = await (await house.get("/notices/n1")).text()
        await desk.text("/admin/notices/n1")

        assert len(page) < 200_000
        assert dangers(page) == []


@pytest.mark.parametrize("step", ["preview", "edit", "publish"])
async def test_what_an_admin_types_is_harmless_in_form_and_preview(store: Store, moments: Moments, step: str) -> None:
    typed = dict.fromkeys(
        ["title", "company", "venue", "author", "text", "links", "enrollments", "deadline", "kind"], EVIL
    )
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/compose", **typed, id=EVIL, year=EVIL, notice_id=EVIL, step=step, branch=EVIL)

        assert dangers(await answer.text()) == []


async def test_a_preview_of_hostile_markdown_is_harmless(store: Store, moments: Moments) -> None:
    text = f"{EVIL}\n\n[x](javascript:alert(1)) [y](data:text/html,x) ![z](https://evil.example/p.png)"
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send(
            "/admin/compose", id="d1", year=YEAR, kind="update", title=EVIL[:190], text=text, step="preview"
        )

        assert answer.status == 200
        assert dangers(await answer.text()) == []


@pytest.mark.parametrize("path", ["/admin/deliveries", "/admin/notices", "/admin/students", "/admin/audit", "/admin"])
async def test_what_an_address_says_is_harmless(store: Store, moments: Moments, path: str) -> None:
    names = (
        "q",
        "state",
        "channel",
        "error_class",
        "notice",
        "student",
        "after",
        "actor",
        "done",
        "n",
        "year",
        "source",
    )
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.house.get(path, params=dict.fromkeys(names, EVIL))

        assert answer.status == 200
        assert dangers(await answer.text()) == []


async def test_a_searched_name_is_harmless(store: Store, moments: Moments) -> None:
    async with an_admin_desk(store, moments) as desk:
        answer = await desk.send("/admin/students", q=EVIL)

        assert dangers(await answer.text()) == []


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "١٢", "1e9"])
async def test_odd_numbers_in_an_address_are_no_bug(store: Store, moments: Moments, number: str) -> None:
    async with an_admin_desk(store, moments) as desk:
        assert (await desk.house.get("/admin/deliveries", params={"n": number, "done": "retried"})).status == 200
