import asyncio
from pathlib import Path
from typing import Any

import pytest

from placement_alerts.core.notice import ListedStudent, Notice, NoticeKind, Role
from placement_alerts.core.offer import Contribution, OfferRole, OfferStudent
from placement_alerts.core.review import ReviewKind
from placement_alerts.pipeline.intake import Intake
from placement_alerts.pipeline.offer_book import OfferBook, Published
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR, a_contribution, a_notice, a_posting, after, facts, fetched
from tests.pipeline.conftest import Hand
from tests.pipeline.mails import NEVER, YEARS, Fuse, Killed

KEY = "brightwave systems"


def book_of(store: Store, aliases: dict[str, str] | None = None) -> OfferBook:
    return OfferBook(store, Flag(), Hand(), aliases or {}, YEARS)


def mail(number: int, *, company: str = "Brightwave Systems", **values: Any) -> Contribution:
    """Return a contribution that names one student of its own."""
    student = OfferStudent(name=f"Student {number}", enrollment=f"2210300{number}", offered_at=NOW)
    defaults: dict[str, Any] = {"company": company, "students": (student,)}
    return a_contribution(f"<m{number}@{company.replace(' ', '')}>", **(defaults | values))


@pytest.fixture
def book(store: Store) -> OfferBook:
    return book_of(store)


async def titles(store: Store) -> list[str]:
    return sorted(notice.title for notice in await store.notices.latest(None, 100))


async def numbers(store: Store, key: str = KEY) -> list[str]:
    offer = await store.offers.get(YEAR, key)
    return sorted(student.enrollment or "" for student in offer.students) if offer else []


async def test_the_same_contribution_again_changes_nothing(store: Store, book: OfferBook) -> None:
    assert await book.contribute(mail(1), YEAR)
    before = await store.offers.get(YEAR, KEY)

    assert not await book.contribute(mail(1), YEAR)

    assert await store.offers.get(YEAR, KEY) == before


async def test_mails_at_once_lose_nobody(store: Store, book: OfferBook) -> None:
    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task((book if number % 2 else book_of(store)).contribute(mail(number), YEAR))

    assert await numbers(store) == [f"2210300{number}" for number in range(8)]
    assert len(await store.offers.of_year(YEAR)) == 1


async def test_every_event_becomes_a_notice_once_and_is_taken_out(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2), YEAR)
    await book.contribute(mail(2, joining_date="2026-07-01").model_copy(update={"mail_id": "<m3>"}), YEAR)

    assert await book.publish_pending() == Published(3, 0)
    assert await book.publish_pending() == Published(0, 0)

    assert await titles(store) == [
        "Offer changed: Brightwave Systems",
        "Placement Offer: Brightwave Systems",
        "Placement Update: Brightwave Systems (+1)",
    ]
    assert await store.offers.with_pending(10) == []


async def test_publishing_at_once_with_a_new_mail_keeps_both(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(book.publish_pending())
        tasks.create_task(book_of(store).contribute(mail(2), YEAR))
        tasks.create_task(book_of(store).publish_pending())
    await book.publish_pending()

    assert len(await titles(store)) == 2
    assert await numbers(store) == ["22103001", "22103002"]


async def test_history_is_archived(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR, archived=True)

    assert await book.publish_pending() == Published(1, 1)


async def test_a_notice_is_found_by_its_contribution(book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    assert await book.notice_of(mail(1), YEAR) is None

    await book.publish_pending()

    assert await book.notice_of(mail(1), YEAR) is not None


async def test_a_configured_name_means_the_company(store: Store) -> None:
    book = book_of(store, {"BWS": "Brightwave Systems"})

    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="BWS Pvt. Ltd."), YEAR)

    assert await numbers(store) == ["22103001", "22103002"]


async def test_a_name_that_is_much_alike_is_only_asked_about_and_once(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="Brightwave"), YEAR)
    await book.contribute(mail(3, company="Brightwave"), YEAR)

    (review,) = await store.reviews.open(10)
    assert (review.kind, review.companies) == (ReviewKind.SAME_COMPANY, (KEY, "brightwave"))
    assert review.title == "Is “Brightwave” the same company as “Brightwave Systems”?"
    assert len(await store.offers.of_year(YEAR)) == 2


async def test_a_lower_package_that_comes_later_is_told_to_the_admins_once(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    lower = mail(1, roles=(OfferRole(role="Software Engineer", package_lpa=8.0),), sent_at=after(hours=1))
    lower = lower.model_copy(update={"mail_id": "<lower>"})

    await book.contribute(lower, YEAR)
    await book.contribute(mail(2), YEAR)

    (review,) = await store.reviews.open(10)
    assert (review.kind, review.title) == (
        ReviewKind.ALARM,
        "Lower packages of Brightwave Systems were not taken over",
    )
    assert review.reasons[0] == "Software Engineer: 8 LPA by the mail of November 10, 2025; 12.5 LPA kept"


async def test_history_raises_questions_that_wake_nobody(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR, archived=True)
    await book.contribute(mail(2, company="Brightwave"), YEAR, archived=True)

    (review,) = await store.reviews.open(10)
    assert review.told


async def test_united_companies_are_one_offer_in_every_year(store: Store, book: OfferBook) -> None:
    for year in YEARS:
        await book.contribute(mail(1), year)
        await book.contribute(mail(2, company="Brightwave"), year)

    await book.unite("brightwave", KEY)
    await book.contribute(mail(3, company="BRIGHTWAVE"), YEAR)

    assert await numbers(store) == ["22103001", "22103002", "22103003"]
    assert [len(await store.offers.of_year(year)) for year in YEARS] == [1, 1]


async def test_events_that_wait_survive_a_merge(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="Brightwave"), YEAR)

    await book.unite("brightwave", KEY)

    assert (await book.publish_pending()).notices == 2


async def test_a_company_takes_the_name_of_one_without_offers(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1, company="Brightwave"), YEAR)

    await book.unite("brightwave", KEY)

    assert await numbers(store) == ["22103001"]


async def test_answers_in_a_circle_merge_once(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="Brightwave"), YEAR)

    await book.unite("brightwave", KEY)
    await book.unite(KEY, "brightwave")

    assert len(await numbers(store)) == 2
    assert await store.offers.aliases() == {"brightwave": KEY}


async def test_three_names_of_one_company_become_one_whatever_the_order_of_answers(
    store: Store, book: OfferBook
) -> None:
    for number, company in enumerate(("Brightwave Systems", "Brightwave", "Brightwave Noida")):
        await book.contribute(mail(number, company=company), YEAR)

    await book.unite("brightwave", KEY)
    await book.unite("brightwave", "brightwave noida")

    assert await numbers(store, "brightwave noida") == ["22103000", "22103001", "22103002"]
    assert len(await store.offers.of_year(YEAR)) == 1


async def test_a_name_configured_later_merges_what_is_there(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="BWS"), YEAR)

    await book_of(store, {"BWS": "Brightwave Systems"}).tidy()

    assert len(await numbers(store)) == 2


async def test_a_merge_that_races_with_a_mail_loses_nobody(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)
    await book.contribute(mail(2, company="Brightwave"), YEAR)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(book.unite("brightwave", KEY))
        tasks.create_task(book_of(store).contribute(mail(3, company="Brightwave"), YEAR))
        tasks.create_task(book_of(store).contribute(mail(4), YEAR))
    await book.tidy()

    assert await numbers(store) == ["22103001", "22103002", "22103003", "22103004"]


async def killed(store: Store, at: int) -> bool:
    """Do all that a book does, in a process that is killed at its call of that number; say whether it was."""
    book = book_of(Fuse(at).guard(store))
    try:
        await book.tidy()  # as each poll begins
        await book.contribute(mail(1), YEAR)
        await book.contribute(mail(2, company="Brightwave"), YEAR)
        await book.publish_pending()
        await book.contribute(mail(3, company="Brightwave"), YEAR)
        await book.unite("brightwave", KEY)
        await book.publish_pending()
    except Killed:
        return True
    return False


async def test_killed_at_any_step_offers_notices_and_questions_are_complete(tmp_path: Path) -> None:
    ends: list[tuple[Any, ...]] = []
    while True:
        store = await open_store(f"sqlite:///{tmp_path}/store{len(ends)}.db")
        was_killed = await killed(store, len(ends) + 1)
        await killed(store, NEVER)
        questions = [review.companies for review in await store.reviews.open(10)]
        ends.append((await titles(store), await numbers(store), len(await store.offers.of_year(YEAR)), questions))
        await store.close()
        if not was_killed:
            break

    assert len(ends) > 30
    assert [end for end in ends if end[1:3] != ends[-1][1:3]] == []
    assert {len(end[0]) for end in ends} == {3}
    assert ends[-1][3] == [(KEY, "brightwave")]


RESULT = """
<p>Final result: the following students have been finally selected by Brightwave Systems for the role of Software
Engineer. CTC: 11.5 LPA</p><table><tr><th>Name</th><th>Enrollment</th></tr>
<tr><td>Meera Nair</td><td>22103998</td></tr><tr><td>Kabir Sethi</td><td>9922102997</td></tr></table>"""


class Portal:
    """Results that the portal lists, taken in by the real intake."""

    def __init__(self, store: Store, fuse: Fuse | None = None) -> None:
        self.store: Store = (fuse or Fuse()).guard(store)
        self.intake = Intake(self.store, Flag(), Hand(), first_run=NOW - NOW, offer_book=book_of(self.store))

    async def lists(self, **values: Any) -> None:
        defaults = {"title": "Final result - Brightwave Systems", "html": RESULT}
        known = await self.store.sources.known("superset")
        await self.intake.take_in("superset", known, fetched(a_posting(**(defaults | values))), first=False)

    async def lists_nothing(self) -> None:
        for _ in range(3):
            known = await self.store.sources.known("superset")
            await self.intake.take_in("superset", known, fetched(), first=False)


async def test_a_result_of_the_portal_counts_as_an_offer_and_is_told_by_its_posting(store: Store) -> None:
    await Portal(store).lists()

    assert await numbers(store) == ["22103998", "9922102997"]
    assert await titles(store) == ["Final result - Brightwave Systems"]
    assert await store.offers.with_pending(10) == []


async def test_killed_at_any_step_a_result_of_the_portal_counts_once(store: Store) -> None:
    kills = 0
    while True:
        try:
            await Portal(store, Fuse(kills + 1)).lists()
            break
        except Killed:
            kills += 1

    assert kills > 5
    assert await numbers(store) == ["22103998", "9922102997"]
    assert len(await titles(store)) == 1


async def test_a_mail_of_the_same_result_tells_nothing_again(store: Store, book: OfferBook) -> None:
    await Portal(store).lists()
    student = OfferStudent(name="Meera Nair", enrollment="22103998", offered_at=NOW)
    role = OfferRole(role="Software Engineer", package_lpa=11.5)

    await book.contribute(a_contribution("<m1>", students=(student,), roles=(role,)), YEAR)

    assert (await book.publish_pending()).notices == 0


async def test_an_edited_result_replaces_what_it_said(store: Store) -> None:
    portal = Portal(store)
    await portal.lists()

    edited = RESULT.replace("<tr><td>Kabir Sethi</td><td>9922102997</td></tr>", "")
    await portal.lists(html=edited, fingerprint="edited")

    assert await numbers(store) == ["22103998"]


async def test_a_result_that_is_edited_to_another_company_leaves_the_first(store: Store) -> None:
    portal = Portal(store)
    await portal.lists()

    other = {"html": RESULT.replace("Brightwave", "Acme"), "title": "Final result - Acme Systems"}
    await portal.lists(**other, fingerprint="edited")

    assert [offer.company_key for offer in await store.offers.of_year(YEAR)] == ["acme systems"]


async def test_a_withdrawn_result_counts_no_longer(store: Store) -> None:
    portal = Portal(store)
    await portal.lists()

    await portal.lists_nothing()

    assert (await store.notices.latest(None, 1))[0].withdrawn
    assert await store.offers.of_year(YEAR) == []


def a_result(company: str, **values: Any) -> Notice:
    students = (ListedStudent(name="Meera Nair", enrollment="22103998"),)
    told = facts(kind=NoticeKind.OFFER, company=company, students=students, roles=(Role(role="A", package_lpa=9.0),))
    return a_notice(facts=told, html=RESULT, **values)


async def test_what_said_nothing_leaves_nothing(store: Store, book: OfferBook) -> None:
    await book.contribute(mail(1), YEAR)

    await book.leave_posting(a_result("Brightwave Systems"), a_notice())
    await book.leave_posting(a_result("Acme"), a_notice())

    assert await numbers(store) == ["22103001"]
