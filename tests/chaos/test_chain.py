from tests.chaos.chain import chain
from tests.chaos.stage import Stage
from tests.chaos.steps import kill_at_steps


async def test_chain_killed_at_random_instants_brings_each_notice_once_and_as_it_reads_now(stage: Stage) -> None:
    finding = await chain(stage, students=12, notices=4, kills=4, seed=1, name="chain")

    assert finding.problems == ()


async def test_chain_killed_at_every_named_step_brings_each_notice_once(stage: Stage) -> None:
    finding = await kill_at_steps(stage, students=10, rounds=1, seed=1, name="steps")

    assert finding.problems == ()
