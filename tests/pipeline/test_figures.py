import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from placement_alerts.core.official import Batch, BatchRecord
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.errors import ConfigError
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR
from tests.core.placements import BANDS, TABLE, a_chosen, an_offer, worked_example


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/figures.db", exclusive=True)
    yield store
    await store.close()


@pytest.fixture
def figures(store: Store) -> Figures:
    return Figures(store, {YEAR: TABLE}, BANDS)


async def test_figures_are_of_the_stored_offers_of_the_year(store: Store, figures: Figures) -> None:
    for offer in worked_example():
        await store.offers.save(offer)
    await store.offers.save(an_offer("C", a_chosen("22103009"), id="other", year="202627"))

    found = await figures.of(YEAR)
    assert (found.unique_students_placed, found.total_offers, found.packages.average) == (2, 3, 8.0)


async def test_filter_holds_for_figures_and_csv_alike(store: Store, figures: Figures) -> None:
    for offer in worked_example():
        await store.offers.save(offer)
    wanted = Filter(companies=frozenset({"b"}))

    found = await figures.of(YEAR, wanted)
    _, *rows = csv.reader(io.StringIO(await figures.rows_csv(YEAR, wanted)))
    assert found.total_offers == len(rows) == 1


async def test_year_without_configuration_is_a_clear_error(figures: Figures) -> None:
    with pytest.raises(ConfigError, match="202627 has no branches and strengths"):
        await figures.of("202627")
    with pytest.raises(ConfigError, match="202627 has no branches and strengths"):
        await figures.rows_csv("202627")


async def test_official_batches_are_as_stored(store: Store, figures: Figures) -> None:
    record = BatchRecord(batch=Batch(name="2026"), live=True, updated_at=NOW)
    await store.official.save_batches([record])

    assert await figures.official() == [record]


async def test_1500_offers_agree_in_figures_and_csv(store: Store, figures: Figures) -> None:
    numbers = [str(22103000 + index % 1000) for index in range(4500)]
    for index in range(1500):
        students = (a_chosen(number, package_lpa=6.0 + index % 9) for number in numbers[index * 3 : index * 3 + 3])
        await store.offers.save(an_offer(f"Company {index}", *students))

    found = await figures.of(YEAR)
    _, *rows = csv.reader(io.StringIO(await figures.rows_csv(YEAR)))

    assert found.total_offers == len(rows) == 4500
    assert found.unique_students_placed == len({row[1] for row in rows}) == 1000
    assert found.placements_count == found.unique_companies == 1500
