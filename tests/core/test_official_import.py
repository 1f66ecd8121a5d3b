import json
from typing import Any

import pytest

from placement_alerts.core.official_import import LARGEST_FILE, read_import
from placement_alerts.core.official_records import sum_of_offers
from placement_alerts.errors import UnreadableFile
from placement_alerts.sandbox.official_content import PUBLISHED_2024, PUBLISHED_2025
from tests.builders import NOW


def a_file(*batches: dict[str, Any]) -> str:
    return json.dumps(batches)


def a_batch(name: str = "2025", **values: Any) -> dict[str, Any]:
    cards = [{"title": "260+", "description": "Quality Companies Visited So Far"}]
    return {"batch_name": name, "provenance": "archived placement highlights", "highlights": cards} | values


@pytest.mark.parametrize(("cards", "offers"), [(PUBLISHED_2025, 942), (PUBLISHED_2024, 810)])
def test_published_figures_add_up(cards: list[tuple[str, str]], offers: int) -> None:
    highlights = [{"title": title, "description": text} for title, text in cards]
    (record,) = read_import(a_file(a_batch(highlights=highlights)), NOW)

    assert sum_of_offers(record.batch) == offers
    assert (record.live, record.provenance) == (False, "archived placement highlights")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("[", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "no list of batches"),
        ("[]", "no list of batches"),
        (a_file(a_batch(provenance="")), "0.provenance"),
        (a_file(a_batch(highlights=[])), "0.highlights"),
        (a_file(a_batch(batch_name=2025)), "0.batch_name"),
        (a_file(a_batch(more=1)), "0.more"),
        (a_file(a_batch(), a_batch()), "batch 2025 more than once"),
        (" " * (LARGEST_FILE + 1), "at most"),
    ],
)
def test_file_that_is_no_list_of_batches_is_refused_with_what_is_wrong(raw: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read_import(raw, NOW)
