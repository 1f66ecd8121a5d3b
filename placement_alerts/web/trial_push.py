"""A push that a student sends to themselves, to see whether this device works and what the push service says."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from placement_alerts.channels.base import Channel, Parcel
from placement_alerts.core.brief import Brief
from placement_alerts.core.delivery import Priority, delivery_id
from placement_alerts.core.message import Message
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent
from placement_alerts.core.student import Address

TEST = NoticeId("test")  # `/notices/test` is a page that says that it worked
_LIFE = timedelta(minutes=10)
_DEADLINE_S = 12.0  # two seconds more than the push service has


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of it. text: for the student."""

    __test__ = False  # no test of pytest's

    sent: bool
    text: str


async def send_test(channel: Channel, address: Address, now: datetime) -> TestResult:
    """Send a test to one address and say in words what the push service answered."""
    brief = Brief(
        notice_id=TEST,
        revision=1,
        title="Notifications work here",
        body="Placement notices will look like this one.",
        published_at=now,
        expires_at=now + _LIFE,
        urgent=True,
    )
    parcel = Parcel(address.value, Message(()), delivery_id(TEST, 1, address.id), brief)
    try:
        async with asyncio.timeout(_DEADLINE_S):
            await channel.gate.turn(Priority.ANSWER)
            return _result(await channel.deliver(parcel, Priority.ANSWER, _record_nothing))
    except TimeoutError:
        return TestResult(sent=False, text="The push service did not answer in time. Try again in a minute.")


def _result(outcome: Outcome) -> TestResult:
    match outcome:
        case Sent():
            return TestResult(sent=True, text="The push service took it. It should show in a moment.")
        case Deferred(wait=wait):
            when = f"in {int(wait.total_seconds())} s" if wait else "in a minute"
            return TestResult(sent=False, text=f"The push service is busy or away. Try again {when}.")
        case Refused(switch_off=None):
            return TestResult(sent=False, text="The push service refused it. The office has been told.")
        case Refused():
            return TestResult(
                sent=False, text="The push service does not know this device any more. Switch notifications on again."
            )


async def _record_nothing(_: tuple[str, ...], __: str | None) -> None:
    """Keep no receipt: a test is no notice."""
