"""How close to Telegram's limit a fan-out gets (PROOF.md, P1): ours beside python-telegram-bot's limiter and two loops.

python -m tests.bench.telegram [--n 300 3000] [--rounds 5] [--only "ours" "limiter tuned"]
python -m tests.bench.telegram --students 2000 --notices 10 --only ours     # 11 minutes

The simulated Bot API runs in a process of its own, and its own log is what is counted.
"""

import argparse
import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.rig import fetch, progress, quiet_logs, say, simulated_telegram, table
from tests.bench.telegram_peers import PEERS, chosen


@dataclass(frozen=True, slots=True)
class Run:
    """accepted: messages that Telegram took. complete: students who got every text exactly once."""

    accepted: int
    seconds: float
    of_the_limit: float | None
    refusals: int
    complete: int
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Load:
    """Who gets how much, and what the simulated Bot API allows."""

    students: int
    notices: int
    rate: float
    burst: int
    penalty_s: float
    latency_ms: float

    @property
    def messages(self) -> int:
        return self.students * self.notices


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line names and print a table for each size."""
    given = _arguments(arguments)
    sizes = [(given.students, given.notices)] if given.students else [(n, 1) for n in given.n]
    for students, notices in sizes:
        load = Load(students, notices, given.rate, given.burst, given.penalty_s, given.latency_ms)
        asyncio.run(_compare(load, given.only, given.rounds))
    say(
        "Of the limit: 1.00 is as fast as Telegram allows; medians over the rounds. Refused: 429s. "
        "Complete: students who got everything exactly once."
    )


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, nargs="+", default=[300, 3000], help="messages, one a student")
    parser.add_argument("--students", type=int, help="in place of --n")
    parser.add_argument("--notices", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1, help="each runs every peer once")
    parser.add_argument("--only", nargs="+", choices=list(PEERS))
    parser.add_argument("--rate", type=float, default=30.0, help="calls a second that the simulator allows")
    parser.add_argument("--burst", type=int, default=30)
    parser.add_argument("--penalty-s", type=float, default=3.0)
    parser.add_argument("--latency-ms", type=float, default=60.0)
    return parser.parse_args(arguments)


async def _compare(load: Load, only: Sequence[str] | None, rounds: int) -> None:
    runs: dict[str, list[Run]] = {name: [] for name in chosen(only)}
    for number in range(rounds):
        for name in runs:
            progress(f"round {number + 1} of {rounds}: {name}, {load.messages:,} messages")
            runs[name].append(await _run(name, load))
    progress("")
    say(f"{load.messages:,} messages: {load.students:,} students x {load.notices} notices, {rounds} rounds")
    table(
        ("", "messages", "seconds", "of the limit", "refused", "complete", "CPU µs a message"),
        *(_row(name, runs[name], load) for name in runs),
    )


async def _run(name: str, load: Load) -> Run:
    limits = ("--rate", load.rate, "--burst", load.burst, "--penalty-s", load.penalty_s)
    others = ("--latency-ms", load.latency_ms, "--students", load.students)
    async with simulated_telegram(*map(str, limits + others)) as address:
        took = await PEERS[name](address, load.students, load.notices)
        summary = await fetch(f"{address}/sandbox/summary")
        sends = await fetch(f"{address}/sandbox/sends")
    accepted = summary["accepted"]
    seconds = summary["last_at"] - summary["first_at"]
    above_burst = accepted - load.burst
    texts = [[text for _, text, _ in of_chat] for of_chat in sends.values()]
    return Run(
        accepted,
        seconds,
        above_burst / load.rate / seconds if above_burst > 0 else None,
        summary["calls"]["sendMessage"].get("429", 0),
        sum(len(each) == len(set(each)) == load.notices for each in texts),
        took.cpu_s / load.messages * 1e6,
    )


def _row(name: str, runs: Sequence[Run], load: Load) -> tuple[str, ...]:
    """Return the medians; of refusals the most, of complete students the fewest."""
    shares = [run.of_the_limit for run in runs if run.of_the_limit is not None]
    return (
        name,
        f"{statistics.median(run.accepted for run in runs):,.0f}",
        f"{statistics.median(run.seconds for run in runs):.2f}",
        f"{statistics.median(shares):.3f}" if shares else "-",
        f"{max(run.refusals for run in runs):,}",
        f"{min(run.complete for run in runs):,} of {load.students:,}",
        f"{statistics.median(run.cpu_us for run in runs):,.0f}",
    )


if __name__ == "__main__":
    quiet_logs()
    main()
