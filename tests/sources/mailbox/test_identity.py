from datetime import timedelta

import pytest

from placement_alerts.sources.mailbox.decoding import decode
from tests.sources.mailbox.mails import RECEIVED, a_mail, read


def test_same_mail_has_the_same_id_whenever_and_however_it_comes() -> None:
    first = decode(a_mail(), received_at=RECEIVED).mail
    second = decode(a_mail(above=["Received: from a by b"], body="other"), received_at=RECEIVED + timedelta(9)).mail

    assert first.id == second.id
    assert len(first.id) == len("m") + 16


@pytest.mark.parametrize(
    "line",
    ["Message-Id: <a1@COLLEGE.example>", "message-id:\r\n <a1@college.example>", "MESSAGE-ID: a1@college.example"],
)
def test_id_does_not_depend_on_how_the_message_id_is_written(line: str) -> None:
    assert read(a_mail(line, without=["Message-ID"])).id == read(a_mail()).id


def test_mail_without_a_message_id_has_one_from_what_it_says() -> None:
    bare = a_mail(without=["Message-ID"])
    later = decode(bare, received_at=RECEIVED + timedelta(days=9)).mail

    assert read(bare).message_id is None
    assert later.id == read(bare).id == read(bare.replace(b"\r\n", b"\n")).id


@pytest.mark.parametrize("line", ["Subject: x", "From: b@college.example", "Date: Thu, 26 Feb 2026 10:00:01 +0530"])
def test_without_a_message_id_a_difference_makes_another_mail(line: str) -> None:
    name = line.partition(":")[0]
    other = a_mail(line, without=["Message-ID", name])

    assert read(other).id != read(a_mail(without=["Message-ID"])).id


def test_without_a_message_id_another_text_makes_another_mail() -> None:
    assert read(a_mail(without=["Message-ID"], body="x")).id != read(a_mail(without=["Message-ID"])).id
