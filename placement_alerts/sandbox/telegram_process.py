"""The simulated Bot API as a process of its own: for benchmarks and for tests that kill the bot."""

import argparse
import asyncio
import signal
import sys

from placement_alerts.sandbox.telegram_api import TOKEN, SimulatedTelegram
from placement_alerts.sandbox.telegram_limits import NO_LIMITS, Limits


def main() -> None:
    """Serve until SIGTERM or SIGINT. The first line on stdout is the address."""
    asyncio.run(_serve(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m placement_alerts.sandbox.telegram_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--rate", type=float, default=30.0, help="calls a second for the bot")
    parser.add_argument("--burst", type=int, default=30)
    parser.add_argument("--penalty-s", type=float, default=3.0, help="how long a violation is punished")
    parser.add_argument("--per-chat-rate", type=float, default=1.0)
    parser.add_argument("--no-limit", action="store_true", help="no flood control at all")
    parser.add_argument("--latency-ms", type=float, default=60.0)
    parser.add_argument("--students", type=int, default=0, help="persons who have pressed Start")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    limits = (
        NO_LIMITS
        if arguments.no_limit
        else Limits(arguments.rate, arguments.burst, arguments.penalty_s, per_chat_rate=arguments.per_chat_rate or None)
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    telegram = SimulatedTelegram(
        port=arguments.port, token=arguments.token, limits=limits, latency_s=arguments.latency_ms / 1000
    )
    telegram.world.add_students(arguments.students)
    async with telegram:
        sys.stdout.write(f"{telegram.base_url}\n")
        sys.stdout.flush()
        await stop.wait()
