from pathlib import Path

import pytest

from tests.chaos.full_disk import NoDisk, full_disk
from tests.chaos.outage import outages
from tests.chaos.program import Nursery
from tests.chaos.stage import Stage
from tests.chaos.storm import storm
from tests.store.mongo_server import NoServer, no_server


async def test_storm_at_telegram_loses_nothing_and_repeats_only_where_an_answer_was_lost(stage: Stage) -> None:
    finding = await storm(stage, students=30, seed=1, flood_s=(1, 1), calm_after=30, name="storm")

    assert finding.problems == ()


async def test_mongodb_paused_and_restarted_in_a_fan_out_costs_nothing_but_time(
    tmp_path: Path, nursery: Nursery
) -> None:
    try:
        finding = await outages(tmp_path, nursery, students=100, away_s=2.0, name="outage")
    except NoServer as error:
        no_server(error)

    assert finding.problems == ()


async def test_disk_that_fills_up_in_a_fan_out_costs_nothing_but_time(tmp_path: Path, nursery: Nursery) -> None:
    try:
        finding = await full_disk(tmp_path, nursery, students=100, full_s=0.5, name="full-disk")
    except NoDisk as error:
        pytest.skip(f"no small disk for this test: {error}")

    assert finding.problems == ()
