"""The commands about the official page, against the simulated one."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from placement_alerts.cli_official import app
from placement_alerts.errors import ConfigError, NotFound, NotPossible, UnreadableFile
from placement_alerts.sandbox.official_content import PUBLISHED_2024
from placement_alerts.sandbox.official_page import Layout, SimulatedPage
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW
from tests.core.official_builders import a_batch, a_record, a_snapshot

EARLIER = [
    {
        "batch_name": "2024",
        "provenance": "annual report 2023-24",
        "highlights": [{"title": title, "description": text} for title, text in PUBLISHED_2024],
    }
]


@pytest.fixture
async def site() -> AsyncIterator[SimulatedPage]:
    async with SimulatedPage() as site:
        yield site


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await open_store(url)
    yield store
    await store.close()


async def call(url: str, page: str, *arguments: str) -> Result:
    """Run a command as a user would, beside the loop that serves the page."""
    environ = {"PLACEMENT_ALERTS__DATABASE__URL": url, "PLACEMENT_ALERTS__SOURCES__OFFICIAL__URL": page}
    return await asyncio.to_thread(CliRunner(env=environ).invoke, app, list(arguments))


async def test_dry_run_shows_batches_and_cards_and_stores_nothing(url: str, store: Store, site: SimulatedPage) -> None:
    shown = await call(url, site.url, "--dry-run")
    said = json.loads((await call(url, site.url, "--dry-run", "--json")).stdout)

    assert shown.exit_code == 0
    assert "highest: rank 1, amount 41.2, company Brightwave, offers 2" in shown.stdout
    assert "companies: companies 118 at least" in shown.stdout
    assert "never read before" in shown.stdout
    assert [batch["batch_name"] for batch in said["batches"]] == ["2032", "2031"]
    assert said["first"]
    assert await store.official.newest() is None
    assert await store.official.batches() == []


async def test_dry_run_says_what_would_change(url: str, store: Store, site: SimulatedPage) -> None:
    known = a_batch("2032", cards=[("Rs. 9.50 Lacs", "Average Package")])
    records = [a_record(known), a_record(a_batch("2031"), live=False), a_record(a_batch("2030"))]
    await store.official.save(a_snapshot(known))
    await store.official.save_batches(records)

    shown = (await call(url, site.url, "--dry-run")).stdout

    assert "2032: Average package: Rs. 9.50 Lacs → Rs. 9.80 Lacs" in shown
    assert "2032: Companies visited: - → 64" in shown
    assert "batch 2031 is frozen and stays as it is" in shown
    assert "batch 2030 is no longer on the page" in shown


async def test_dry_run_of_an_old_page_shows_pointers_and_distribution(url: str, site: SimulatedPage) -> None:
    site.layout = Layout.OLD

    shown = (await call(url, site.url, "--dry-run")).stdout

    assert "Quality Companies Visited So Far: 64" in shown
    assert "average 27.40, median 26.00" in shown


async def test_dry_run_of_an_unchanged_page_says_so(url: str, store: Store, site: SimulatedPage) -> None:
    await call(url, site.url)

    assert (await call(url, site.url, "--dry-run")).stdout.endswith("nothing changed\n")

    site.content = type(site.content)(logos=())
    assert "logos or introduction changed" in (await call(url, site.url, "--dry-run")).stdout
    assert len(await store.official.snapshots(5)) == 1


async def test_page_that_is_not_understood_fails_the_command(url: str, site: SimulatedPage) -> None:
    site.layout = Layout.UNKNOWN

    tried = await call(url, site.url, "--dry-run")

    assert tried.exit_code == 1
    assert "layout is unknown" in tried.stderr


async def test_reading_without_dry_run_stores_the_figures(url: str, store: Store, site: SimulatedPage) -> None:
    done = await call(url, site.url, "--json")

    assert json.loads(done.stdout)["official"]["items"] == 2
    assert [record.batch.name for record in await store.official.batches()] == ["2032", "2031"]

    site.layout = Layout.UNKNOWN
    assert (await call(url, site.url, "--json")).exit_code == 1


async def test_source_that_is_off_is_named(url: str) -> None:
    tried = await call(url, "", "--dry-run")

    assert isinstance(tried.exception, ConfigError)


async def test_import_stores_frozen_batches_and_a_second_one_changes_nothing(
    url: str, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(EARLIER), encoding="utf-8")

    first = await call(url, "", "import", str(file))
    records = await store.official.batches()
    second = await call(url, "", "import", str(file), "--overwrite", "--json")

    assert first.stdout == "2024: stored\n"
    assert (records[0].live, records[0].provenance) == (False, "annual report 2023-24")
    assert json.loads(second.stdout) == {"stored": [], "left": {"2024": "is stored already"}}
    assert await store.official.batches() == records


async def test_live_batch_is_not_imported(url: str, store: Store, tmp_path: Path) -> None:
    await store.official.save_batches([a_record(a_batch("2024"))])
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(EARLIER), encoding="utf-8")

    done = await call(url, "", "import", str(file), "--overwrite")

    assert done.stdout == "2024: is live: the page's own figures stay\n"


async def test_file_that_cannot_be_read_is_refused(url: str, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    file.write_bytes(b"\xff\xfe")

    assert isinstance((await call(url, "", "import", str(file))).exception, UnreadableFile)


async def test_frozen_batch_is_set_live_and_written_by_the_next_reading(
    url: str, store: Store, site: SimulatedPage
) -> None:
    await call(url, site.url)
    await store.official.save_batches([a_record(a_batch("2032", cards=[("1", "x")]), live=False)])

    done = await call(url, site.url, "live", "2032")
    again = await call(url, site.url, "live", "2032")
    unknown = await call(url, site.url, "live", "1999")
    await call(url, site.url)

    assert "2032 is live" in done.stdout
    assert isinstance(again.exception, NotPossible)
    assert isinstance(unknown.exception, NotFound)
    record = next(one for one in await store.official.batches() if one.batch.name == "2032")
    assert (record.live, len(record.batch.highlights)) == (True, 3)
    assert record.updated_at > NOW
