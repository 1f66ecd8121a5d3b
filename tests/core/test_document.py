import pytest

from placement_alerts.core.document import MAX_LINE, Line, Text, from_plain, gist, is_shouted, unshouted


def lines_of(body: str) -> list[str]:
    return [line.text for line in from_plain("t", body).lines]


def test_lines_that_a_mail_program_broke_are_joined() -> None:
    body = "This is a sentence that a mail program has broken at about here,\nso it goes on.\n\nNext."

    assert lines_of(body) == [
        "This is a sentence that a mail program has broken at about here, so it goes on.",
        "Next.",
    ]


@pytest.mark.parametrize(
    "second",
    ["- an item", "1. an item", "Label: value", "23103001 Asha Rao", "two   columns", "▶ an arrow"],
)
def test_line_of_its_own_is_not_joined_to_a_long_one(second: str) -> None:
    first = "This is a sentence that stands by itself and is quite a long one"

    assert len(lines_of(f"{first}\n{second}")) == 2


@pytest.mark.parametrize(
    "first",
    [
        "Asha Rao | 23103001 | Software Development Engineer | 12 LPA | Pune",
        "a line    with columns that is longer than the limit is, too",
    ],
)
def test_row_is_not_joined_to_the_next_line(first: str) -> None:
    assert len(lines_of(f"{first}\nnext one")) == 2


def test_aligned_columns_become_rows_of_a_table() -> None:
    text = from_plain("t", "Roll      Name\n23103001  Asha Rao\n\nText\n\n1\tx\ty")

    assert [(line.cells, line.table) for line in text.lines] == [
        (("Roll", "Name"), 1),
        (("23103001", "Asha Rao"), 1),
        ((), 0),
        (("1", "x", "y"), 2),
    ]


def test_overlong_line_is_cut_in_pieces() -> None:
    assert [len(line) for line in lines_of("x" * (MAX_LINE + 10))] == [MAX_LINE, 10]


def test_capitals_are_calmed_down_except_codes() -> None:
    text = Text("ACME LTD IS RECRUITING", (Line("GRADUATE TRAINEES FROM ECE BRANCH, CTC 5 LPA", ("CTC", "PAY")),))

    assert is_shouted(text)
    assert unshouted(text) == Text(
        "Acme Ltd is recruiting", (Line("Graduate Trainees from ECE Branch, CTC 5 LPA", ("CTC", "Pay")),)
    )


def test_ordinary_and_very_short_messages_are_not_shouted() -> None:
    assert not is_shouted(Text("Open for applications - ACME", (Line("Please apply by tomorrow, 5 PM."),)))
    assert not is_shouted(Text("NOC"))


def test_middle_of_a_very_long_message_is_left_out() -> None:
    lines = tuple(Line(f"{number:05} " + "x" * 94) for number in range(400))

    short = gist(Text("t", lines))

    assert short.lines[0] == lines[0]
    assert short.lines[-1] == lines[-1]
    assert len(short.lines) < 130


def test_short_message_is_its_own_gist() -> None:
    text = Text("t", (Line("a"),))

    assert gist(text) is text


def test_padded_labels_below_a_table_are_no_rows_of_it() -> None:
    body = "No   Name        Branch\n1    Asha Rao    CSE\n\nPost       : Analyst\nPay:        5 LPA\nPlace   :   Pune"

    lines = from_plain("t", body).lines

    assert [line.cells for line in lines[2:]] == [("Post", ": Analyst"), ("Pay:", "5 LPA"), ("Place", ": Pune")]
    assert {line.table for line in lines[:2]}.isdisjoint(line.table for line in lines[2:])


def test_line_that_breaks_off_behind_a_preposition_goes_on_with_what_looks_like_a_label() -> None:
    body = "Please find the list of all the selected candidates for the role of\nAssociate Consultant:"

    assert lines_of(body) == [body.replace("\n", " ")]


def test_time_of_day_makes_no_label() -> None:
    body = "All of the shortlisted students of the final year must report at\nPlacement Hall by 8:30 AM."

    assert lines_of(body) == [body.replace("\n", " ")]


def test_rows_between_bars_that_name_students_are_a_table_with_the_heading_above() -> None:
    lines = from_plain("t", "Sr | Roll | Name\n1 | 23103001 | Asha Rao\n2 | 23103002 | Ben Dey").lines

    assert [line.cells for line in lines] == [
        ("Sr", "Roll", "Name"),
        ("1", "23103001", "Asha Rao"),
        ("2", "23103002", "Ben Dey"),
    ]
    assert {line.table for line in lines} == {1}


@pytest.mark.parametrize("line", ["Acme | SDE | 24 LPA | Pune", "23103001 | Asha Rao"])
def test_other_lines_between_bars_are_no_rows(line: str) -> None:
    assert from_plain("t", line).lines[0].cells == ()
