import pytest
from markdown_it import MarkdownIt

from placement_alerts.core.policy_markdown import MAX_TEXT, deeper, headings, plain, table_of_contents, to_markdown


def headings_of(text: str) -> list[tuple[int, str]]:
    return list(headings(to_markdown(text)))


@pytest.mark.parametrize(
    ("text", "level", "heading"),
    [
        ("1. REGISTRATION\n1.1 It is voluntary.", 2, "1. REGISTRATION"),
        ("7. AMENDMENT", 2, "7. AMENDMENT"),
        ("1) Eligibility\nAll students.", 2, "1) Eligibility"),
        ("2 Offers\n2.1 Dream offers:\nAbove 10 LPA.", 3, "2.1 Dream offers"),
        ("CODE OF CONDUCT:\nBe on time.", 2, "CODE OF CONDUCT"),
        ("Clause 3.3 – number of offers\nOne.", 2, "Clause 3.3 – number of offers"),
        ("Annexure II\nForms.", 2, "Annexure II"),
        ("### Sub-part\nText.", 3, "Sub-part"),
        ("*SECTION 1: SCOPE*\nAll.", 2, "SECTION 1: SCOPE"),
    ],
)
def test_numbered_and_capital_lines_are_headings(text: str, level: int, heading: str) -> None:
    assert (level, heading) in headings_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "1. Students shall carry the ID card.\nBe on time.",
        "1. Carry ID card\n2. Register on the portal\nRegards",
        "2.1 Normal : CTC less than 5 LPA\nMore.",
        "DEAR STUDENTS,\nRead it.",
        "Read it.\nT&P OFFICE",
        "9876543210 is the number\nof the office",
        "2026 was a good year for us all\nbut",
        "CTC\n5 LPA",
    ],
)
def test_rules_greetings_and_signatures_are_no_headings(text: str) -> None:
    assert headings_of(text) == []


def test_lists_stay_lists() -> None:
    text = "Bring:\n• an ID card\n- two photographs\n1. one CV\n2. one pen\na) blue\n4.1 Three absences are too many."

    assert to_markdown(text).splitlines() == [
        "Bring:",
        "",
        "- an ID card",
        "- two photographs",
        "1. one CV",
        "2. one pen",
        "- a) blue",
        "- 4.1 Three absences are too many.",
    ]


def test_lines_that_a_mail_program_broke_are_one_paragraph_or_item() -> None:
    text = (
        "A rule of the placement office that is long enough to be broken off\nhere by a mail program.\nAnother.\n"
        "3.4 A PPO is an offer. Students\n    have to answer within 5 days."
    )

    assert to_markdown(text).split("\n\n") == [
        "A rule of the placement office that is long enough to be broken off here by a mail program.",
        "Another.",
        "- 3.4 A PPO is an offer. Students have to answer within 5 days.",
    ]


def test_rows_of_a_table_stay_on_lines_of_their_own() -> None:
    assert to_markdown("Dream | 10 LPA\nNormal | 5 LPA").splitlines() == ["Dream | 10 LPA  ", "Normal | 5 LPA  "]


@pytest.mark.parametrize(
    "text",
    [
        "3*4*5 a_b_c `x` [y](https://evil.example) <script>alert(1)</script> &amp; ~~z~~ _a_ __b__ R&D",
        "2026. A year",
        "--",
        "= 5",
        "+ more",
        "> quoted",
        "| - | -",
    ],
)
def test_text_is_text_and_never_markup(text: str) -> None:
    paragraph = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(to_markdown(f"{text} y"))[1]

    assert "".join(child.content for child in paragraph.children or []) == f"{text} y"


def test_ids_are_in_githubs_style_and_repeated_ones_are_numbered() -> None:
    markdown = "## 1. Number of offers\n\n### T\\&P: rules\n\n## Rules\n\n## Rules\n\n### Rules\n\n## !!"

    assert [(entry.id, entry.level) for entry in table_of_contents(markdown)] == [
        ("1-number-of-offers", 2),
        ("tp-rules", 3),
        ("rules", 2),
        ("rules-1", 2),
        ("rules-2", 3),
        ("section", 2),
    ]


def test_headings_can_be_moved_under_another_one() -> None:
    assert deeper("## A\n\ntext\n\n### B") == "### A\n\ntext\n\n### B"


def test_plain_takes_the_escapes_away() -> None:
    assert plain("3\\*4 R\\&D") == "3*4 R&D"


def test_an_empty_text_is_empty() -> None:
    assert (to_markdown(" \n\n"), table_of_contents("")) == ("", ())


@pytest.mark.parametrize("text", ["*" * 10, "1.1 a\n", "A\n", "*a ", "a | b\n", "\\[&"])
def test_a_huge_text_is_bounded(text: str) -> None:
    assert len(to_markdown(text * (2 * MAX_TEXT // len(text)))) < 4 * MAX_TEXT
