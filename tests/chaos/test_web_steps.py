from tests.chaos.stage import Stage
from tests.chaos.web_steps import web_killed


async def test_what_the_web_takes_in_is_done_once_though_the_program_is_killed_at_every_step(stage: Stage) -> None:
    finding = await web_killed(stage, students=5, rounds=1, seed=6, name="web-steps")

    assert finding.problems == ()
