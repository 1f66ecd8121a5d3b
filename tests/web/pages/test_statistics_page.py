import re
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from placement_alerts.core.offer import OfferRole
from placement_alerts.core.official import Batch, BatchRecord, Card, CardKind
from placement_alerts.errors import StoreUnavailable
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store.base import Store
from placement_alerts.web.server import serve
from tests.builders import NOW, YEAR
from tests.core.placements import BANDS, TABLE, a_chosen, an_offer, worked_example
from tests.web.conftest import Clock
from tests.web.house import Moments, services_of
from tests.web.pages.conftest import BROWSER, Site, a_batch, make_pages


async def save_example(site: Site) -> None:
    for offer in worked_example():
        await site.store.offers.save(offer)


def words(text: str) -> str:
    """Return what a page says, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def test_page_shows_the_totals(site: Site) -> None:
    await save_example(site)

    said = words(await site.text("/statistics"))
    assert "Placement statistics 2025-26" in said
    assert "Students placed 2 of 1,153 · 0.2%" in said
    assert "Offers 3 Companies 2" in said
    assert "Average, LPA 8.00 Median, LPA 8.00 Highest, LPA 10.00" in said
    assert "Other: 1 student, 1 offer, of which 1 without an enrollment number" in said


async def test_every_chart_is_told_in_words_and_stands_beside_a_table(site: Site) -> None:
    await save_example(site)
    await site.store.official.save_batches([a_batch()])

    text = await site.text("/statistics")
    assert text.count("<svg") == text.count("<desc id=") == text.count('role="img" aria-labelledby=') == 4
    assert text.count("<table>") == text.count("<caption") == 5
    assert "CSE · 1 of 612: 0.2%;" in text


async def test_no_name_and_no_number_is_on_any_page(site: Site) -> None:
    student = a_chosen("22103777", name="Meera Nair", role="SDE", location="Pune")
    await site.store.offers.save(an_offer("Acme", student, a_chosen("AB9999", name="Kabir Sethi")))

    paths = ("/", "/statistics", "/statistics?company=Acme", "/statistics?branch=CSE&min=1", "/policy")
    shown = "".join([await site.text(path) for path in paths])
    assert not re.search("Meera|Nair|Kabir|Sethi|22103777|9999", shown)


async def test_page_cannot_be_asked_about_a_student(site: Site) -> None:
    await site.store.offers.save(an_offer("Acme", a_chosen("22103777", name="Meera Nair")))
    await site.store.offers.save(an_offer("Other Company", a_chosen("22103778", name="Kabir Sethi")))
    whole = await site.text("/statistics")

    assert await site.text("/statistics?search=Meera") == whole
    assert "Students placed 0 of" in words(await site.text("/statistics?company=Meera+Nair"))
    assert "Students placed 0 of" in words(await site.text("/statistics?role=22103777"))


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "\"><img src=x onerror='a'>", "</title><svg/onload=x>"]
)
async def test_hostile_names_are_shown_as_text(site: Site, hostile: str) -> None:
    roles = (OfferRole(role=hostile, package_lpa=9.0),)
    offer = an_offer(hostile, a_chosen("22103001", role=hostile), roles=roles, locations=(hostile,))
    await site.store.offers.save(offer)
    card = Card(title=hostile, description=hostile)
    await site.store.official.save_batches([a_batch(hostile, card, provenance=hostile)])

    text = await site.text("/statistics")
    assert hostile not in text
    assert "&lt;" in text
    assert not re.search(r"<(?:script>|img src=x|svg/)", text)


async def test_filter_narrows_the_figures_and_is_named(site: Site) -> None:
    await save_example(site)

    text = await site.text("/statistics?company=A&branch=CSE&min=5")
    assert "Students placed 1 of 1,153" in words(text)
    assert "Only A , CSE , from 5 LPA ." in words(text)
    assert "<option selected>CSE" in text
    assert 'value="A"' in text


async def test_filter_that_nothing_fits_says_so(site: Site) -> None:
    await save_example(site)

    assert "No offer fits this choice." in await site.text("/statistics?company=Nobody")


async def test_year_without_an_offer_says_so(site: Site) -> None:
    assert "No offer has been announced for 2025-26 yet." in await site.text("/statistics")


async def test_year_without_branches_says_so_without_internals(site: Site) -> None:
    text = await site.text("/statistics?year=202627", status=404)

    assert "2026-27 has no figures yet: the office has still to set its branches" in text
    assert "statistics.years" not in text


@pytest.mark.parametrize(
    "query", ["year=1999", "min=a", "min=9&max=1", "company=" + "x" * 300, "&".join(["role=a"] * 30)]
)
async def test_odd_address_is_answered_with_what_was_expected(site: Site, query: str) -> None:
    text = await site.text(f"/statistics?{query}", status=400)

    assert "This address asks for something odd" in text
    assert "hould" in text


async def test_official_figures_stand_beside_ours(site: Site) -> None:
    await save_example(site)
    cards = (
        Card(title="64+", description="Quality Companies Visited So Far", kind=CardKind.COMPANIES, companies=64),
        Card(title="Rs. 41.20 Lacs", description="Highest", kind=CardKind.HIGHEST, rank=1, amount=41.2, company="Acme"),
        Card(title="Rs. 6.00 to 9 Lacs", description="Package (4 - 17)", kind=CardKind.BAND, low=6, high=9, offers=17),
        Card(title="Ninety", description="Handshakes"),
    )
    old = BatchRecord(batch=Batch(name="2024", pointers=("51 companies came",)), live=False, updated_at=NOW)
    await site.store.official.save_batches([a_batch("2026", *cards), a_batch("2025"), old])

    said = words(await site.text("/statistics"))
    assert "Companies 2 64+ Offers 3 17 Average, LPA 8.00 9.80 Median, LPA 8.00 – Highest, LPA 10.00 41.20" in said
    assert "2026 64+ 9.80 – 41.20 Acme November 10, 2025" in said
    assert "Ninety: Handshakes" in said
    assert "51 companies came" in said


async def test_part_of_our_figures_is_not_compared_with_the_official_whole(site: Site) -> None:
    await save_example(site)
    await site.store.official.save_batches([a_batch("2026")])

    said = words(await site.text("/statistics?company=A"))
    assert "Batch 2026, official page" in said
    assert "ounted here" not in said


async def test_batches_of_other_years_are_shown_without_a_comparison(site: Site) -> None:
    await site.store.official.save_batches([a_batch("2019")])

    said = words(await site.text("/statistics"))
    assert "Batch 2019, official page" in said
    assert "Counted here" not in said


async def test_page_is_made_once_for_many_readers(site: Site, clock: Clock) -> None:
    empty = await site.text("/statistics")
    await save_example(site)

    assert await site.text("/statistics?year=202526&utm=x") == empty
    clock.now += 60
    assert await site.text("/statistics") != empty


class Away:
    """A store that does not answer."""

    @property
    def offers(self) -> Any:
        raise StoreUnavailable("the store did not answer within 1 s")


async def test_store_that_does_not_answer_is_a_page_that_says_so(store: Store) -> None:
    figures = Figures(cast("Store", Away()), {YEAR: TABLE}, BANDS)
    async with (
        HttpClient() as http,
        serve(make_pages(services_of(store, Moments(), http, figures=figures)), "127.0.0.1", 0) as port,
        ClientSession(headers=BROWSER) as client,
        client.get(f"http://127.0.0.1:{port}/statistics") as response,
    ):
        assert response.status == 503
        assert response.headers["Retry-After"] == "30"
        assert "cannot be done just now" in await response.text()
