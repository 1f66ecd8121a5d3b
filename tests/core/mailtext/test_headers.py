from datetime import UTC, datetime

import pytest

from placement_alerts.core.mailtext.headers import Header, house_of, moment_of, name_of, read_block

NEAR = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Asha Rao <asha@college.ac.example>", "Asha Rao"),
        ('"Rao, Asha" <asha@college.ac.example>', "Rao, Asha"),
        ("*Dr. Asha Rao* <asha@college.ac.example>", "Dr. Asha Rao"),
        ("Asha Rao [mailto:asha@college.ac.example]", "Asha Rao"),
        ("'Asha Rao' via Batch 2026 <batch2026@googlegroups.com>", "Asha Rao"),
        ("Asha Rao (TPO) <asha@college.ac.example>", "Asha Rao (TPO)"),
        ("<asha@college.ac.example>", None),
        ("asha@college.ac.example", None),
    ],
)
def test_author_is_a_name_and_never_an_address(value: str, name: str | None) -> None:
    assert name_of(value) == name


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Thu, 21 Aug, 2025, 4:51 pm", "2025-08-21T11:21:00+00:00"),
        ("Wed, 20 Aug 2025 at 13:20", "2025-08-20T07:50:00+00:00"),
        ("Tue, Mar 24, 2026 at 6:30\u202fPM", "2026-03-24T13:00:00+00:00"),
        ("Tuesday, November 4, 2025 10:35 AM", "2025-11-04T05:05:00+00:00"),
        ("30 January 2026 18:22", "2026-01-30T12:52:00+00:00"),
        ("Thu, 5 Mar 2026 11:09:04 +0000", "2026-03-05T11:09:04+00:00"),
        ("25 January 2026", None),
        ("soon", None),
        ("Fri, 31 Dec 9999 23:59:00 -0900", None),
        ("Thu, 99 Mar 2026 11:09:04 +0000", None),
    ],
)
def test_time_of_a_block_is_indian_time_unless_it_says_a_zone(value: str, moment: str | None) -> None:
    read = moment_of(value, NEAR)

    assert (read.astimezone(UTC).isoformat() if read else None) == moment


def test_block_is_read_in_other_languages_with_bold_marks_and_broken_lines() -> None:
    lines = ["*Von:* Asha Rao <a@b.example>", "*Gesendet:* 4 Nov 2025 10:35", "*An:* one@b.example,", "two@b.example",
             "*Betreff:* Acme", "", "To: be decided"]  # fmt: skip

    block = read_block(lines, 0)

    assert block == (Header("Asha Rao", "4 Nov 2025 10:35", "Acme", None, "one@b.example,"), 5)


@pytest.mark.parametrize(
    "lines", [["From: Asha"], ["Date: 4 Nov 2025", "Subject: x"], ["From: Asha", "the text", "Date: x"]]
)
def test_lines_that_only_look_like_headers_are_no_block(lines: list[str]) -> None:
    assert read_block(lines, 0) is None


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("x@acme.example", "acme"),
        ("x@mail.acme.co.in", "acme"),
        ("x@gmail.com", None),
        ("x@college.ac.in", None),
        ("nobody", None),
        ("x@ab.example", None),
    ],
)
def test_house_is_the_company_in_an_address(address: str, house: str | None) -> None:
    assert house_of(address) == house


def test_subject_that_goes_on_in_the_next_line_is_read_whole() -> None:
    block = read_block(["From: Asha Rao", "Subject: Shortlist of Acme", "for the interview", "To: all"], 0)

    assert block is not None
    assert block[0].subject == "Shortlist of Acme for the interview"


def test_block_at_the_end_of_the_text_is_read() -> None:
    assert read_block(["From: Asha Rao", "Subject: Acme"], 0) == (Header("Asha Rao", None, "Acme"), 2)
