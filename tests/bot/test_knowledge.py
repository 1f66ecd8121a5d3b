"""/stats and /policy."""

import pytest
from aiogram import Bot

from placement_alerts.bot.knowledge_texts import CONTENT_LIMIT, HEADINGS_SHOWN
from placement_alerts.core.branches import BranchRange, BranchTable
from placement_alerts.core.offer import OfferRole
from placement_alerts.core.policy import TocEntry
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store.base import Store
from tests.bot.conftest import Desk, Telegram, a_message, open_desk
from tests.builders import YEAR, a_policy, an_offer, an_offer_student

PAGES = "https://alerts.example.test/"


@pytest.fixture
def figures(store: Store) -> Figures:
    ranges = (BranchRange("CSE", 21103000, 21104000, 4), BranchRange("ECE", 21102000, 21103000, 4))
    return Figures(store, {YEAR: BranchTable(YEAR, ranges=ranges)}, (6.0, 13.0))


async def ask(desk: Desk, text: str) -> str:
    await desk.hear(message=a_message(text))
    return desk.telegram.said()[-1]


async def test_stats_are_those_of_the_students_year(
    telegram: Telegram, bot: Bot, store: Store, figures: Figures
) -> None:
    await store.offers.save(an_offer())
    roles = (OfferRole(role="Analyst", package_lpa=20.0),)
    students = (an_offer_student(enrollment="21103001"), an_offer_student(enrollment="21102001"))
    await store.offers.save(an_offer("acme labs", company="Acme Labs", roles=roles, students=students))

    async with open_desk(telegram, bot, store, figures=figures, public_url=PAGES) as desk:
        said = await ask(desk, "/stats")

    assert said.splitlines() == [
        "Placement statistics 2025-26",
        "Placed: 2 of 8 students (25.0 %)",
        "Offers: 3 of 2 companies",
        "Package: average 20.00, median 20.00, highest 20.00 LPA",
        "",
        "By branch",
        "CSE: 1/4 (25.0 %), average 20.0, median 20.0",
        "ECE: 1/4 (25.0 %), average 20.0, median 20.0",
        "",
        "Most students",
        "Acme Labs: 2, average 20.0 LPA",
        "Brightwave Systems: 1, average 12.5 LPA",
        "",
        "All figures",
    ]
    (sent,) = telegram.named("sendMessage")
    assert sent["entities"][-1]["url"] == "https://alerts.example.test/statistics"


async def test_without_offers_stats_say_so(telegram: Telegram, bot: Bot, store: Store, figures: Figures) -> None:
    async with open_desk(telegram, bot, store, figures=figures) as desk:
        said = await ask(desk, "/stats")

    assert said.splitlines() == ["Placement statistics 2025-26", "No offers are known of this year yet."]


async def test_a_year_that_is_not_set_up_has_no_stats(telegram: Telegram, bot: Bot, store: Store) -> None:
    async with open_desk(telegram, bot, store, figures=Figures(store, {}, (6.0,))) as desk:
        said = await ask(desk, "/stats")

    assert said.startswith("There are no statistics of 2025-26 yet")


async def test_without_figures_there_are_no_stats(desk: Desk) -> None:
    assert (await ask(desk, "/stats")).startswith("There are no statistics of 2025-26 yet")


async def test_the_years_that_have_a_policy_are_listed(desk: Desk) -> None:
    await desk.store.policies.save(a_policy(1, year=2026))
    await desk.store.policies.save(a_policy(1, year=2027))

    said = await ask(desk, "/policy")

    assert said.splitlines() == ["Placement policies", "• batch of 2027: /policy 2027", "• batch of 2026: /policy 2026"]


@pytest.mark.parametrize("asked", ["2031", "26", "2026 or so", "1' OR 1=1", "2026abc", "٢٠٢٦"])
async def test_a_year_without_policy_is_answered_with_those_that_have_one(desk: Desk, asked: str) -> None:
    await desk.store.policies.save(a_policy(1, year=2026))

    said = await ask(desk, f"/policy {asked}")

    assert said.startswith(f"There is no policy for “{asked}”.")
    assert "/policy 2026" in said


async def test_before_any_policy_is_known_that_is_said(desk: Desk) -> None:
    assert (await ask(desk, "/policy 2026")).startswith("No placement policy is known yet.")


async def test_a_policy_shows_its_version_contents_and_page(telegram: Telegram, bot: Bot, store: Store) -> None:
    toc = (TocEntry(id="rules", text="Rules", level=2), TocEntry(id="dream", text="Dream", level=3))
    await store.policies.save(a_policy(1))
    await store.policies.save(a_policy(2, toc=toc))

    async with open_desk(telegram, bot, store, public_url=PAGES) as desk:
        said = await ask(desk, "/policy 2026")

    assert said.splitlines() == [
        "Placement policy 2026",
        "Batch of 2026, version 2 of November 10, 2025",
        "",
        "Contents",
        "• Rules",
        "   • Dream",
        "",
        "Read the policy",
    ]
    assert telegram.named("sendMessage")[0]["entities"][-1]["url"] == "https://alerts.example.test/policy/2026"


async def test_without_a_page_the_policy_itself_is_shown_as_text(desk: Desk) -> None:
    content = "Hello R\\&D\n\n## 1. Rules\n\n- 1.1 One\\*\n1. two"
    await desk.store.policies.save(a_policy(content=content, toc=()))

    said = await ask(desk, "/policy 2026")

    assert said.splitlines()[3:] == ["Hello R&D", "", "1. Rules", "", "• 1.1 One*", "1. two"]


async def test_a_long_policy_comes_in_parts_and_says_where_it_ends(desk: Desk) -> None:
    toc = tuple(TocEntry(id=f"r{number}", text=f"Rule {number}", level=2) for number in range(HEADINGS_SHOWN + 2))
    await desk.store.policies.save(a_policy(content="A rule of the office.\n\n" * 2_000, toc=toc))

    await desk.hear(message=a_message("/policy 2026"))

    said = desk.telegram.said()
    assert len(said) > 2
    assert CONTENT_LIMIT * 0.8 < sum(map(len, said)) < CONTENT_LIMIT * 1.2
    assert "and 2 more" in said[0]
    assert said[-1].endswith("… The rest is longer than fits here.")
