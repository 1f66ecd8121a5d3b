"""The admin pages in a real browser: accessible, without complaints, no wider than a phone, usable by keyboard."""

import os
from datetime import timedelta
from typing import Any

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import Audience, NoticeId
from placement_alerts.core.student import StudentId
from placement_alerts.core.token import Scope
from placement_alerts.core.webhook import EndpointId, WebhookEndpoint
from placement_alerts.pipeline.auditing import audit
from placement_alerts.pipeline.tokens import new_token
from placement_alerts.store.base import PollState, Store
from placement_alerts.web.pages.admin import AdminPages
from tests.builders import a_delivery, a_draft, a_mail, a_review, facts
from tests.web.browser.conftest import ADMIN, DESKTOP, PHONE, OpenSite, OpenTab, Site, Tab, now
from tests.web.browser.looking import trouble, troubles

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = {
    "overview": "/admin",
    "compose": "/admin/compose",
    "drafts": "/admin/drafts",
    "notices": "/admin/notices",
    "notice": "/admin/notices/opening",
    "deliveries": "/admin/deliveries",
    "reviews": "/admin/reviews",
    "students": "/admin/students",
    "student": "/admin/students/s3",
    "tokens": "/admin/tokens",
    "webhooks": "/admin/webhooks",
    "webhook": "/admin/webhooks/w1",
    "audit": "/admin/audit",
}
KEPT = os.environ.get("SCREENSHOTS", "")  # a folder, to look at the pages
SETTINGS = {"admins": frozenset({ADMIN}), "sources": ("superset", "mailbox")}
S = DeliveryState


async def a_busy_office(site: Site) -> None:
    """Fill the store with what an admin sees on a busy day."""
    store, at = site.store, now()
    names = [("Ravi", "Kulkarni"), ("Meera", "Nair"), ("Ishaan", "Bhattacharya-Venkataraman"), ("Zoya", "Khan")]
    for number, (first, last) in enumerate(names):
        student = site.student.model_copy(
            update={
                "id": StudentId(f"s{number}"), "first_name": first, "last_name": last, "addresses": (),
                "enrollment_key": None, "branch": ("CSE", "ECE", None, "IT")[number],
            }
        )  # fmt: skip
        await store.students.add(student)
        await store.students.attach(student.id, "telegram", str(100 + number), at)
    await _deliveries(store, at)
    mail = a_mail(text="Dear all,\n\nThe following students are selected.\n\nRegards", sender_name="HR Kestrel")
    reasons = ("the sender is not trusted", "names 3 students and no company that we know")
    await store.reviews.ask(a_review(mail=mail, facts=facts(), reasons=reasons, title="Offers from Brightwave Systems"))
    await store.sources.save_poll("superset", PollState(at, at, items=218, rejected=1))
    failing = PollState(at, None, 4, "unreachable", "no answer in 20 s", items=0)
    await store.sources.save_poll("mailbox", failing)
    endpoint = WebhookEndpoint(
        id=EndpointId("w1"),
        url="https://hooks.example/placements",
        label="Training cell's sheet",
        secret="whsec_AAAA",
        created_by="cli",
        created_at=at,
    )
    await store.webhooks.save(endpoint)
    await site.services.webhooks.test(endpoint)
    hour = at.replace(year=at.year + 1)
    await store.drafts.save(a_draft(publish_at=hour, audience=Audience(branches=("CSE", "IT"))))
    scopes = [Scope.STATS_READ, Scope.NOTICES_READ]
    _, token = new_token("Placement dashboard", scopes, "cli", at, at + timedelta(days=90))
    await store.tokens.add(token)
    for act, subject in (("notice.published", "n5a1"), ("deliveries.retried", ""), ("token.created", "t1")):
        await audit(store, at, f"student:{site.student.id}", act, subject, "202526, CSE")


async def _deliveries(store: Store, at: Any) -> None:
    await store.notices.mark_planned(NoticeId("opening"), 2)
    said = {
        "0": {"state": S.SEEN, "sent_at": at, "seen_at": at},
        "1": {"state": S.SENT, "sent_at": at},
        "2": {"state": S.DEAD, "error_class": "timeout", "error": "no answer within 10 s", "attempts": 6},
        "3": {"state": S.SUPPRESSED, "channel": "", "address_id": None, "reason": "of another branch: IT"},
    }
    values: dict[str, dict[str, Any]] = {key: {"planned_at": at, "due_at": at, **one} for key, one in said.items()}
    await store.deliveries.plan([a_delivery(key, "opening", 2, **one) for key, one in values.items()])
    await store.deliveries.plan([a_delivery("3", "shortlist", state=S.RETRYING, attempts=2, planned_at=at, due_at=at)])


def complaints(tab: Tab) -> list[str]:
    """Return what the browser complained about; an icon that was not loaded before we went on is none."""
    return [one for one in tab.complaints if "/static/icon-" not in one]


async def shoot(tab: Tab, name: str) -> None:
    """Keep how the page looks, if somebody wants to: on a bright phone and on a desktop in both colours."""
    if not KEPT:
        return
    await _shoot(tab, f"{name}-phone-light")
    await tab.page.set_viewport_size(DESKTOP)
    await _shoot(tab, f"{name}-desktop-light")
    await tab.page.emulate_media(color_scheme="dark")
    await _shoot(tab, f"{name}-desktop-dark")
    await tab.page.set_viewport_size(PHONE)
    await tab.page.emulate_media(color_scheme="light")


async def _shoot(tab: Tab, name: str) -> None:
    await tab.page.screenshot(path=f"{KEPT}/{name}.png", full_page=True)


async def test_admin_pages_can_be_used_by_everybody(open_site: OpenSite, open_clean_tab: OpenTab) -> None:
    async with open_site(lambda services: AdminPages(services).routes(), **SETTINGS) as site, open_clean_tab() as tab:
        await a_busy_office(site)
        await tab.page.goto(f"{site.address}/test/sign-in/{site.student.id}")
        found: list[str] = []
        for name, path in PAGES.items():
            await tab.page.goto(site.address + path)
            await shoot(tab, name)
            found += await troubles(tab.page)

        assert found == []
        assert complaints(tab) == []


async def test_a_notice_is_written_previewed_and_published_by_keyboard(
    open_site: OpenSite, open_clean_tab: OpenTab
) -> None:
    async with open_site(lambda services: AdminPages(services).routes(), **SETTINGS) as site, open_clean_tab() as tab:
        await a_busy_office(site)
        page = tab.page
        await page.goto(f"{site.address}/test/sign-in/{site.student.id}")
        await page.goto(f"{site.address}/admin/compose")
        await page.get_by_label("Title").fill("Talk by Brightwave Systems")
        await page.get_by_label("Text", exact=False).first.fill("Come to **LT1** on Friday.\n\n- bring your card")
        await page.get_by_label("CSE").focus()
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="Preview").press("Enter")
        await page.wait_for_load_state()
        await shoot(tab, "preview")
        preview = (await trouble(page), await page.inner_text("main"))
        await page.get_by_role("button", name="Publish now").press("Enter")
        await page.wait_for_url("**/admin/notices/**")
        await shoot(tab, "published")

        assert preview[0] == []
        assert "3 of 5 students; 1 of them has not told their branch" in preview[1]
        assert "The notice is published" in await page.inner_text("main")
        assert complaints(tab) == []


async def test_what_cannot_be_published_says_why_and_a_token_is_shown_once(
    open_site: OpenSite, open_clean_tab: OpenTab
) -> None:
    async with open_site(lambda services: AdminPages(services).routes(), **SETTINGS) as site, open_clean_tab() as tab:
        page = tab.page
        await page.goto(f"{site.address}/test/sign-in/{site.student.id}")
        await page.goto(f"{site.address}/admin/compose")
        await page.get_by_label("Title").fill("Talk")
        await page.get_by_label("Links, one a line").fill("ftp://nowhere")
        await page.get_by_role("button", name="Preview").click()
        await shoot(tab, "faults")
        faults = (await trouble(page), await page.inner_text("main"))
        tab.complaints.clear()  # the browser tells that the status was 422
        await page.goto(f"{site.address}/admin/tokens")
        await page.get_by_label("Whose it is and for what").fill("Sheets")
        await page.get_by_label("stats:read").check()
        await page.get_by_role("button", name="Make the token").click()
        await shoot(tab, "token")

        assert faults[0] == []
        assert "A link begins with https://" in faults[1]
        assert (await page.inner_text(".secret")).startswith("pa_")
        assert await trouble(page) == []
        assert complaints(tab) == []
