"""A storm over the Bot API: floods, server errors, resets, lost answers (PROOF.md, R4)."""

from collections import Counter

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.sandbox.telegram_faults import Storm
from tests.chaos.fanout_kills import carry_the_rest
from tests.chaos.report import Finding
from tests.chaos.stage import Stage

READ_S = 0.25  # a 429 counts as read so long after it was answered: calls under way then were begun before
SENDS = "sendMessage"


async def storm(
    stage: Stage, *, students: int, seed: int, flood_s: tuple[int, int], calm_after: int | None, name: str
) -> Finding:
    """Carry a fan-out through the storm. calm_after: how many sends it lasts; None: to the end."""
    weather = Storm(seed, floods=0.02, flood_s=flood_s, server_errors=0.30, resets=0.10, lost=0.05)
    await stage.join(students)
    await stage.publish()
    stage.telegram.storm(weather)
    if calm_after:
        stage.ambush.calm_after(calm_after)
    code = await carry_the_rest(stage)
    dead = [row for row in await stage.rows() if row.state is DeliveryState.DEAD]
    unknown = {row.target for row in dead if row.error_class == "unknown"}
    tally = await stage.tally(except_for=frozenset((stage.marks[0], int(chat)) for chat in unknown))
    problems = [f"{len(pairs)} {what}, e.g. {pairs[0]}" for what, pairs in _wrong(stage, tally.lost).items() if pairs]
    if tally.unmarked:
        problems.append(f"{len(tally.unmarked)} repeats that no row admits")
    if len(unknown) < len(dead):
        problems.append(f"{len(dead) - len(unknown)} died of something else than lost answers")
    if code:
        problems.append(f"the program ended with {code}")
    faults = "429 2 %, 5xx 30 %, resets 10 %, lost answers 5 %" + (f", {calm_after} sends long" if calm_after else "")
    notes = (f"{len(unknown)} dead with class unknown; calls: {dict(_codes(stage))}",)
    return Finding(name, f"{students} students", faults, tally, tuple(problems), notes=notes)


def _wrong(stage: Stage, lost: tuple[object, ...]) -> dict[str, tuple[object, ...]]:
    return {
        "lost": lost,
        "repeated without a lost answer": tuple(_causeless_repeats(stage)),
        "calls within the time of a 429": tuple(_impatient_calls(stage)),
    }


def _causeless_repeats(stage: Stage) -> list[int]:
    cut = Counter(call.chat_id for call in stage.telegram.calls if call.method == SENDS and call.code == 0)
    return [chat for chat, sends in stage.telegram.sends.items() if len(sends) - 1 > cut[chat]]


def _impatient_calls(stage: Stage) -> list[str]:
    floods = [call for call in stage.telegram.calls if call.code == 429 and call.retry_after]
    return [
        f"{call.method} {call.at - flood.answered_at:.2f} s after a 429 for {flood.retry_after} s"
        for flood in floods
        for call in stage.telegram.calls
        if flood.answered_at + READ_S < call.at < flood.answered_at + (flood.retry_after or 0)
    ]


def _codes(stage: Stage) -> Counter[int]:
    return Counter(call.code for call in stage.telegram.calls)
