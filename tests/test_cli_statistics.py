import asyncio
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from placement_alerts.core.official import Batch, BatchRecord, Card, CardKind
from placement_alerts.store import open_store
from tests.builders import NOW
from tests.core.placements import a_chosen, an_offer, worked_example

PROGRAM = "import typer; from placement_alerts.cli_statistics import stats; typer.run(stats)"
SETTINGS = """
[database]
url = "sqlite:///cli.db"
[statistics]
years = [{year = "202526", rules = [{branch = "JUIT", when = "contains a letter"}], not_counted = ["JUIT"], ranges = [
    {branch = "CSE", first = "22103000", before = "22104000", strength = 342},
    {branch = "ECE", first = "22102000", before = "22103000", strength = 240},
]}]
"""


async def fill(folder: Path) -> None:
    store = await open_store(f"sqlite:///{folder}/cli.db", exclusive=True)
    for offer in worked_example():
        await store.offers.save(offer)
    await store.offers.save(an_offer("Ünïcode", a_chosen("22102005", name="=Asha")))
    cards = (
        Card(title="64+", description="Companies", kind=CardKind.COMPANIES, companies=64),
        Card(title="Rs. 9.80 Lacs", description="Average", kind=CardKind.AVERAGE, amount=9.8),
    )
    record = BatchRecord(batch=Batch(name="2026", highlights=cards), live=True, updated_at=NOW)
    await store.official.save_batches([record])
    await store.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stats")
    (folder / "config.toml").write_text(SETTINGS)
    asyncio.run(fill(folder))
    return folder


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", PROGRAM, *arguments], cwd=folder, capture_output=True)


def test_figures_are_shown_beside_the_counts_and_the_official_page(folder: Path) -> None:
    lines = call(folder).stdout.decode().splitlines()

    assert "Placements 202526\tstudents placed\t3 of 582 (0.5%)" in lines
    assert "By branch\tCSE\t1\t342\t0.3\t2\t10.00\t10.00\t10.00" in lines
    assert "Not counted\tJUIT\t1\t1" in lines
    assert "Beside the official page\t2026\t64+\t9.80\t-\t-" in lines
    assert "students total\t0" in lines


def test_json_has_counts_placements_and_the_official_page(folder: Path) -> None:
    found = json.loads(call(folder, "--json", "--branch", "ECE").stdout)

    assert found["students"]["total"] == 0
    assert found["placements"]["unique_students_placed"] == 2
    assert found["placements"]["filtered"] is True
    assert found["official"][0]["batch"]["name"] == "2026"


def test_csv_is_utf_8_with_the_line_ends_of_the_standard(folder: Path) -> None:
    text = call(folder, "--csv", "--search", "asha").stdout.decode("utf-8")

    assert text.count("\r\n") == text.count("\n") == 2
    _, row = csv.reader(io.StringIO(text))
    assert row[:4] == ["'=Asha", "22102005", "Ünïcode", ""]


def test_year_without_branches_fails_with_one_clear_line(folder: Path) -> None:
    done = call(folder, "--year", "202627")

    assert done.returncode == 1
    assert b"statistics.years: 202627 has no branches and strengths" in done.stderr
