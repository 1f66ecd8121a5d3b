"""Mails in a real mailbox while its server hangs up, renumbers, and the program is killed at every step.

PROOF.md, R2 and R7: each mail is taken in exactly once and none is lost, counted at the simulated Bot API.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random
from typing import Any

from tests.chaos.chain import problems_of_chain
from tests.chaos.mail_proxy import Fate, MailProxy, Moment, Strike, mail_proxy
from tests.chaos.program import Program
from tests.chaos.report import Finding
from tests.chaos.stage import Stage, mark_of, now
from tests.chaos.steps import at_row
from tests.mail_server import Maildir, MailServer

SENDER = "office@tiit.ac.example"
AUTHSERV_ID = "mx.tiit.ac.example"
USERNAME = "placements@tiit.ac.example"
FAULT_S = 60.0  # after which a fault should have come, also on a busy machine


@dataclass
class Postroom:
    """The mailbox and the way to it."""

    stage: Stage
    mailbox: Maildir
    proxy: MailProxy
    chance: Random

    def deliver(self, mails: int) -> None:
        """Let so many mails arrive, every third a final result that becomes an offer."""
        for _ in range(mails):
            number = len(self.stage.marks)
            self.stage.marks.append(_company(number) if _is_result(number) else mark_of(number))
            self.mailbox.deliver(mail_number(number))

    async def is_all_told(self) -> bool:
        """Say whether every mail is done and everybody has what it said."""
        done = sum((await self.stage.store.mails.counts()).values())
        return done >= len(self.stage.marks) and await self.stage.is_settled()


Act = Callable[[Postroom, Program], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong while mails come. act: brings it about; kills: it ends the program."""

    name: str
    act: Act
    kills: bool


async def mails_under_fire(stage: Stage, server: MailServer, *, students: int, mails: int, seed: int) -> Finding:
    """Bring about one fault after another, each while mails arrive, until all `mails` have."""
    async with _postroom(stage, server, Random(seed)) as room:
        await stage.join(students)
        life = stage.start()
        # the first poll of an empty store takes the mailbox for history: it must be over before the mails come
        await stage.until(lambda: _was_polled(stage), life)
        done = 0
        while len(stage.marks) < mails:
            fault = FAULTS[done % len(FAULTS)]
            await _under(room, life, fault, min(room.chance.randint(1, 12), mails - len(stage.marks)))
            done += 1
            if not life.runs:
                life = stage.start()
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(room.stage.look_on())
            await stage.until(room.is_all_told, life)
            looking.cancel()
        code = await stage.stop(life)
    problems = [*await problems_of_chain(stage, code), *await _problems_of_mails(stage)]
    faults = f"{done} faults of {len(FAULTS)} kinds, {len(stage.lives) - 1} x SIGKILL"
    return Finding("mails", f"{students} students, {mails} mails", faults, await stage.tally(), tuple(problems))


@asynccontextmanager
async def _postroom(stage: Stage, server: MailServer, chance: Random) -> AsyncIterator[Postroom]:
    async with mail_proxy(server.port) as proxy:
        stage.settings |= {
            "SOURCES__MAILBOX__HOST": "127.0.0.1",
            "SOURCES__MAILBOX__PORT": str(proxy.port),
            "SOURCES__MAILBOX__TLS": "false",
            "SOURCES__MAILBOX__USERNAME": USERNAME,
            "SOURCES__MAILBOX__PASSWORD": server.password,
            "SOURCES__MAILBOX__TRUSTED_SENDERS": f'["{SENDER}"]',
            "SOURCES__MAILBOX__AUTHSERV_ID": AUTHSERV_ID,
            "SOURCES__MAILBOX__TIMEOUT_S": "5",
            "SCHEDULER__UPDATE": "",
            "SCHEDULER__OFFICIAL": "",
        }
        yield Postroom(stage, server.mailbox(USERNAME), proxy, chance)


async def _under(room: Postroom, life: Program, fault: Fault, mails: int) -> None:
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(room.stage.look_on())
        acting = tasks.create_task(fault.act(room, life))
        await asyncio.sleep(0)  # the fault lies in wait before the mails come
        room.deliver(mails)
        async with asyncio.timeout(FAULT_S):
            await acting
        looking.cancel()
    if fault.kills:
        await life.gone()


def _on_the_way(command: bytes, moment: Moment, fate: Fate, *, kills: bool) -> Act:
    async def act(room: Postroom, life: Program) -> None:
        room.proxy.lay(Strike(command, moment, fate, life.kill if kills else lambda: None))
        await room.proxy.struck.wait()

    return act


def _killed(command: bytes, moment: Moment) -> Fault:
    name = f"killed, {command.decode()} {moment.value}"
    return Fault(name, _on_the_way(command, moment, Fate.CUT, kills=True), kills=True)


def _cut(command: bytes, moment: Moment, fate: Fate) -> Fault:
    name = f"{fate.value}, {command.decode()} {moment.value}"
    return Fault(name, _on_the_way(command, moment, fate, kills=False), kills=False)


def _killed_at_row(table: str) -> Fault:
    async def act(room: Postroom, life: Program) -> None:
        await at_row(room.stage, life, f"SELECT count(*) FROM {table}")

    return Fault(f"killed, row in {table}", act, kills=True)


async def _renumber(room: Postroom, _: Program) -> None:
    await asyncio.to_thread(room.mailbox.renumber)


FAULTS = (
    _killed(b"LOGIN", Moment.ASKED),
    _cut(b"FETCH", Moment.INSIDE, Fate.CUT),
    _killed(b"SELECT", Moment.ANSWERED),
    _killed(b"SEARCH", Moment.ANSWERED),
    Fault("renumbered", _renumber, kills=False),
    _killed(b"FETCH", Moment.INSIDE),
    _cut(b"STORE", Moment.ASKED, Fate.BYE),
    _killed(b"FETCH", Moment.ANSWERED),
    _killed_at_row("notices"),
    _cut(b"SEARCH", Moment.ASKED, Fate.BYE),
    _killed_at_row("offers"),
    _killed_at_row("mails"),
    _cut(b"STORE", Moment.ANSWERED, Fate.CUT),
    _killed(b"STORE", Moment.ASKED),
    _killed(b"STORE", Moment.ANSWERED),
    _killed_at_row("deliveries"),
    _cut(b"FETCH", Moment.ASKED, Fate.BYE),
)


async def _problems_of_mails(stage: Stage) -> list[str]:
    counts = await stage.store.mails.counts()
    done = {verdict: count for verdict, count in counts.items() if verdict in ("notice", "offer")}
    if sum(done.values()) != len(stage.marks) or sum(counts.values()) != len(stage.marks):
        return [f"of {len(stage.marks)} mails these became something: {counts}"]
    offers = [offer for year in {"202526"} for offer in await stage.store.offers.of_year(year)]
    waiting = [offer.company for offer in offers if offer.pending]
    return [f"{len(waiting)} offers still hold an event"] if waiting else []


async def _was_polled(stage: Stage) -> bool:
    await stage.ask_update()
    return (await stage.store.sources.poll("mailbox")).last_success_at is not None


def mail_number(number: int) -> bytes:
    """Return one of the mails: every third is a final result of a company that no other mail names."""
    return _result(number) if _is_result(number) else _news(number)


def _is_result(number: int) -> bool:
    return number % 3 == 2


def _company(number: int) -> str:
    """Return a company's name that no other mail has."""
    letters = "".join(chr(ord("a") + number // 26**place % 26) for place in range(3))
    return f"Bright{letters} Systems"


def _news(number: int) -> bytes:
    mark = mark_of(number)
    return _mail(mark, f"Office hours {mark}", f"Dear Students,\n\nThe placement office is open on Friday: {mark}.\n")


def _result(number: int) -> bytes:
    company = _company(number)
    body = (
        f"Dear Students,\n\nThe following students have been finally selected by {company} for the role of"
        f" Software Engineer.\n\nCTC: 9 LPA\n\n{22103000 + number}  Asha Verma\n\nCongratulations!\n"
    )
    return _mail(mark_of(number), f"Final Result || {company} || 2026 Batch", body)


def _mail(mark: str, subject: str, body: str) -> bytes:
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dkim=pass header.i=@tiit.ac.example"
    mail["From"] = f"T and P Office <{SENDER}>"
    mail["To"] = "students@tiit.ac.example"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{mark}@tiit.ac.example>"
    mail.set_content(body)
    return mail.as_bytes()
