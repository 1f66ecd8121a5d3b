from tests.chaos.fanout_kills import asked_to_stop, killed, stopped_while_hung
from tests.chaos.stage import SLOTS, Stage


async def test_fan_out_killed_at_random_instants_loses_nothing_and_repeats_only_what_was_in_its_slots(
    stage: Stage,
) -> None:
    finding = await killed(stage, students=200, kills=4, seed=1, name="kill")

    assert finding.problems == ()


async def test_notice_of_several_messages_goes_on_where_it_was_killed(stage: Stage) -> None:
    finding = await killed(stage, students=20, kills=2, seed=4, name="kill", parts=3)

    assert finding.problems == ()


async def test_killed_fan_out_loses_nothing_on_mongodb_either(mongo_stage: Stage) -> None:
    finding = await killed(mongo_stage, students=100, kills=3, seed=2, name="kill")

    assert finding.problems == ()


async def test_fan_out_that_is_asked_to_stop_loses_and_repeats_nothing(stage: Stage) -> None:
    finding = await asked_to_stop(stage, students=150, terms=3, seed=3, name="stop")

    assert finding.problems == ()


async def test_send_that_outlasts_the_grace_period_of_a_stop_is_due_again(stage: Stage) -> None:
    finding = await stopped_while_hung(stage, students=20, name="stop-hung")

    assert finding.problems == ()
    assert finding.tally is not None
    assert finding.tally.repeated == SLOTS
