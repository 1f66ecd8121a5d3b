from tests.chaos.push_kills import push_killed
from tests.chaos.stage import Stage


async def test_pushes_killed_at_random_instants_lose_nothing_and_repeat_only_what_was_in_their_slots(
    stage: Stage,
) -> None:
    finding = await push_killed(stage, students=150, kills=3, seed=5, name="kill-push")

    assert finding.problems == ()
