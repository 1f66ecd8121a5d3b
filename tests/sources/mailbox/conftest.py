"""A simulated mailbox, and a user of the real Dovecot."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from placement_alerts.sandbox.mailbox import SimulatedMailbox
from tests.mail_server import Maildir, MailServer, mail_server
from tests.sources.mailbox.builders import PASSWORD, USERNAME

__all__ = ["mail_server"]

_users = count(1)


@pytest.fixture
async def mailbox() -> AsyncIterator[SimulatedMailbox]:
    async with SimulatedMailbox(USERNAME, PASSWORD) as mailbox:
        yield mailbox


@pytest.fixture
def maildir(mail_server: MailServer) -> Maildir:
    return mail_server.mailbox(f"reader{next(_users)}@college.example")
