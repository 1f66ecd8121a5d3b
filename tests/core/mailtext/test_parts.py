import pytest

from placement_alerts.core.mailtext.parts import MOST_PARTS, parts_of, says_something


def said(text: str, subject: str = "Fwd: Acme") -> list[tuple[str | None, list[str]]]:
    lines = text.split("\n")
    return [
        (part.header.sender if part.header else None, [lines[i] for i in part.lines if lines[i].strip(" >")])
        for part in parts_of(lines, subject)
    ]


GMAIL = (
    "---------- Forwarded message ---------\nFrom: {0} <x@y.example>\nDate: Thu, 5 Mar 2026 at 11:20\nSubject: {1}\n\n"
)


def test_mail_forwarded_twice_has_three_parts_the_outermost_first() -> None:
    outer, inner = GMAIL.format("Office", "Fwd: Acme"), GMAIL.format("Bhaskar", "Acme")
    text = f"fyi\n\n{outer}Please circulate.\n\n{inner}Results are out."

    assert said(text) == [(None, ["fyi"]), ("Office", ["Please circulate."]), ("Bhaskar", ["Results are out."])]


@pytest.mark.parametrize(
    "block",
    [
        "________________________________\nFrom: Gita <g@acme.example>\nSent: 30 January 2026 18:22\nTo:"
        " T&P\nSubject: Acme\n",
        "-----Original Message-----\nFrom: Gita <g@acme.example>\nSent: Monday, 16 Feb 2026 4:48 PM\nSubject: Acme\n",
        "From: Gita [mailto:g@acme.example]\nSent: 4 Nov 2025 10:35\nTo: x@y.example\nSubject: Acme\n",
    ],
)
def test_blocks_of_outlook_are_forwarded_mails_if_the_subject_says_so(block: str) -> None:
    assert said(f"Dear all, see below.\n{block}\nDear Sir,", "FW: Acme")[1] == ("Gita", ["Dear Sir,"])


def test_block_below_an_answer_is_a_quoted_mail_and_dropped() -> None:
    block = "-----Original Message-----\nFrom: Gita\nSent: 4 Nov 2025\nSubject: Acme\n\nOld text"
    text = f"The test is shifted to 5 pm.\n{block}"

    assert said(text, "RE: Acme") == [(None, ["The test is shifted to 5 pm."])]


def test_block_without_words_above_is_forwarded_whatever_the_subject_says() -> None:
    text = "From: Gita <g@acme.example>\nSent: 4 Nov 2025 10:35\nSubject: Acme\n\nWe are hiring."

    assert said(text, "Acme drive") == [(None, []), ("Gita", ["We are hiring."])]


def test_forwarded_mail_that_is_marked_as_quoted_is_one_part_without_marks() -> None:
    block = "> From: Samuel <s@acme.example>\n> Date: 22 October 2025 at 8:02 PM\n>\n"

    (_, inner) = parts_of(f"Begin forwarded message:\n\n{block}> Hello\n> all".split("\n"), "Fwd: x")

    assert inner.depth == 1
    assert inner.header is not None
    assert inner.header.sender == "Samuel"


def test_marker_without_a_block_is_text() -> None:
    assert said("---------- Forwarded message ---------\nno headers here") == [
        (None, ["---------- Forwarded message ---------", "no headers here"])
    ]


def test_quoted_headers_inside_a_mail_begin_no_part() -> None:
    text = "Report at 9 AM.\n\n> From: Campus <c@acme.example>\n> Sent: Sunday\n> Subject: x\n>\n> Hi, 5 cleared."

    assert len(said(text, "Fwd: Acme")) == 1


def test_hours_of_an_event_are_no_block() -> None:
    text = "The fair is on Friday.\nFrom: 10 AM\nTo: 1 PM\nDate: 5 March 2026\nBring your CV."

    assert len(said(text, "Job fair")[0][1]) == 5


def test_line_of_dashes_above_no_block_is_text() -> None:
    text = "Agenda of the day\n____________________\nTalk at 9 AM, test at 11 AM"

    assert len(said(text, "Acme drive")[0][1]) == 3


def test_chains_are_bounded() -> None:
    assert len(parts_of((GMAIL.format("A", "Fwd: b") * 40).split("\n"), "Fwd: b")) == MOST_PARTS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fyi", False),
        ("FYI please\n\nRegards\nAsha Rao\nT&P Cell", False),
        ("Dear all,\nPlease find the trailing mail for your kind information.\nAsha", False),
        ("Sharing for interested juniors, it's free.", True),
        ("The form closes tomorrow at 5 pm", True),
        ("", False),
    ],
)
def test_only_who_adds_something_says_something(text: str, says: bool) -> None:
    assert says_something(text.split("\n")) is says


def test_marker_at_the_end_of_the_text_is_text() -> None:
    assert len(parts_of(["Agenda", "---------- Forwarded message ---------", "", "", "", ""], "Fwd: x")) == 1
