import pytest

from placement_alerts.core.mailtext.trimming import trim

GROUP = (
    'You received this message because you are subscribed to the Google Groups "Batch 2026" group.\n'
    "To unsubscribe from this group and stop receiving emails from it, send an email to"
    " b+unsubscribe@googlegroups.com.\n"
    "To view this discussion visit https://groups.google.com/d/msgid/b/1."
)


def kept(text: str, *, is_reply: bool = False, has_blank_lines: bool = True) -> str:
    lines = text.split("\n")
    trimmed = trim(lines, range(len(lines)), is_reply=is_reply, has_blank_lines=has_blank_lines)
    return "\n".join(lines[i] for i in trimmed.kept).strip()


@pytest.mark.parametrize(
    "below",
    [
        f"-- \n{GROUP}",
        GROUP,
        "--\nAsha Rao\nTPO | +91 98765 43210",
        "This e-mail and any attachment are confidential. If you are not the intended recipient, delete it.",
        "DISCLAIMER: the college is not responsible.",
        "Sent from my iPhone",
        "On Mon, 15 Sept 2025 at 11:02, Asha Rao <a@b.example> wrote:\n\n> Old text\n> more",
        "On Mon, 15 Sept 2025 at 11:02, Asha Rao <a@b.example>\nwrote:\n\n> Old text",
        "On Mon, 15 Sept 2025 at 11:02, Asha Rao wrote:\nOld text without marks",
        "> From: Campus <c@acme.example>\n> Sent: Sunday\n> Hi, 5 cleared.",
        "Unsubscribe from CDC mails: https://cdc.example/unsub",
    ],
)
def test_what_stands_below_a_mail_is_cut_off(below: str) -> None:
    assert kept(f"The test is at 5 pm.\n\n{below}") == "The test is at 5 pm."


@pytest.mark.parametrize(
    "text",
    [
        "Interview via Zoom",
        "We look forward to meeting you.",
        "To: be decided",
        "Date: 26 September 2025",
        "> Role: SDE\n> CTC: 6 LPA",
        "Please keep this mail for reference.",
        "This mail is for the students of 2026 batch only.",
        "--\n23103001 Asha Rao",
        "On Monday the test starts\nat 9 AM",
        "On 4 May 2026",
        "On 4 May 2026\nthe test\nof Acme\nis at 5",
    ],
)
def test_text_that_only_looks_like_it_survives(text: str) -> None:
    assert kept(f"Dear all,\n{text}") == f"Dear all,\n{text}"


def test_footer_in_the_middle_takes_nothing_of_what_follows() -> None:
    assert kept(f"Above.\n\n{GROUP}\n\nBelow.") == "Above.\n\n\nBelow."


def test_lines_of_html_are_paragraphs_of_their_own() -> None:
    assert kept("Sent from my phone\nThe test is at 5 pm.", has_blank_lines=False) == "The test is at 5 pm."


def test_answer_between_quoted_lines_is_kept() -> None:
    assert kept("> Is it at 5?\nYes, at 5 pm.\n> Thanks", is_reply=True) == "Yes, at 5 pm."


def test_answer_below_a_quoted_mail_is_kept() -> None:
    assert kept("On 4 May 2026, Asha Rao wrote:\n> Is it at 5?\n\nYes, at 5 pm.") == "Yes, at 5 pm."


def test_small_print_of_bulk_mail_is_handed_on() -> None:
    lines = ["Flat 50% off!", "", "Unsubscribe here"]

    assert trim(lines, range(3), is_reply=False).footer == "Unsubscribe here"


def test_long_text_below_two_dashes_is_no_signature() -> None:
    text = "Dear all,\n--\n" + "\n".join(f"Rule number {n} is as follows" for n in range(30))

    assert kept(text) == text
