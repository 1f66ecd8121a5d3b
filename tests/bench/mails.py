"""Measures mail intake: `python -m tests.bench.mails [--mails N]`, a real Dovecot, SQLite, every third mail an offer.

Prints mails a second, CPU, and by how much the loop was late meanwhile (PROOF.md, P5: p99 5 ms, at most 15 ms).
"""

import argparse
import asyncio
import gc
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from placement_alerts.app_parts import Parts, open_parts
from placement_alerts.config.loading import load
from placement_alerts.config.models import Config
from tests.bench.rig import STRETCH_COLUMNS, quiet_logs, row_of, say, stretch_of, table
from tests.chaos.mails import AUTHSERV_ID, SENDER, USERNAME, mail_number
from tests.mail_server import MailServer, running_mail_server

SETTLE_MAILS = 1  # of the first poll, which takes what it finds for history


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure once and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mails", description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    given = parser.parse_args(arguments)
    quiet_logs()
    with running_mail_server() as server, TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        asyncio.run(_measure(server, Path(folder), given.mails))


async def _measure(server: MailServer, folder: Path, mails: int) -> None:
    mailbox = server.mailbox(USERNAME)
    async with open_parts(_config(server, folder, mails), exclusive=True) as parts:
        await parts.membership.join()
        mailbox.deliver(mail_number(0))
        await parts.updater.update("mailbox")
        for number in range(SETTLE_MAILS, SETTLE_MAILS + mails):
            mailbox.deliver(mail_number(number))
        gc.collect()
        gc.freeze()  # as the program does once it has started
        taken = await stretch_of(lambda: _taken(parts))
    table(("", "mails", *STRETCH_COLUMNS), row_of("SQLite", taken))
    if taken.done != mails:
        say(f"of {mails} mails {taken.done} became something")


async def _taken(parts: Parts) -> int:
    report = await parts.updater.update("mailbox")
    return report.items - report.unchanged - report.held


def _config(server: MailServer, folder: Path, mails: int) -> Config:
    settings = {
        "DATABASE__URL": f"sqlite:///{folder}/store.db",
        "SOURCES__MAILBOX__HOST": server.host,
        "SOURCES__MAILBOX__PORT": str(server.port),
        "SOURCES__MAILBOX__TLS": "false",
        "SOURCES__MAILBOX__USERNAME": USERNAME,
        "SOURCES__MAILBOX__PASSWORD": server.password,
        "SOURCES__MAILBOX__TRUSTED_SENDERS": json.dumps([SENDER]),
        "SOURCES__MAILBOX__AUTHSERV_ID": AUTHSERV_ID,
        "SOURCES__MAILBOX__MAX_MAILS_PER_RUN": str(mails + 1),
    }
    return load(environ={f"PLACEMENT_ALERTS__{name}": value for name, value in settings.items()}, folder=folder).config


if __name__ == "__main__":
    main()
