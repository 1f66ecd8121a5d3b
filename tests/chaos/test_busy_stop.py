from tests.chaos.busy_stop import busy_stops
from tests.chaos.stage import Stage


async def test_busy_program_that_is_asked_to_stop_does_so_in_time_and_loses_and_repeats_nothing(stage: Stage) -> None:
    finding = await busy_stops(stage, students=100, terms=2, seed=7, name="stop-busy")

    assert finding.problems == ()
