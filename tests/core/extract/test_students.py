import pytest

from placement_alerts.core.extract.students import find_students
from placement_alerts.core.html import from_html


def students_of(html: str, *, names_alone: bool = False) -> list[tuple[str | None, str | None]]:
    return [(one.name, one.enrollment) for one in find_students(from_html("t", html), names_alone=names_alone)]


def test_short_numbers_count_if_they_are_a_list() -> None:
    assert students_of("<p>210391 Asha Rao<br>Ben Dey - 210877</p>", names_alone=True) == [
        ("Asha Rao", "210391"),
        ("Ben Dey", "210877"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<p>210391 Asha Rao</p>",
        "<p>210391 Asha Rao<br>2108 Ben Dey<br>21087 Uma Rao</p>",
        "<p>Noida 201304<br>Pune 411001</p>",
        "<p>Waiting list:<br>210391 Asha Rao<br>210877 Ben Dey</p>",
    ],
)
def test_short_numbers_elsewhere_are_something_else(html: str) -> None:
    assert students_of(html, names_alone=True) == []


@pytest.mark.parametrize(
    "number",
    [
        "21BCE1045",
        "2K21/CO/123",
        "1MS21CS004",
        "20B81A05C3",
        "RA2111003010123",
        "CB.EN.U4CSE21020",
        "2021A7PS1234P",
        "0901CS211034",
        "312221104045",
        "2100520100089",
        "A2305222150",
        "22bcs10234",
    ],
)
def test_numbers_of_many_colleges_are_known(number: str) -> None:
    assert students_of(f"<p>1. Asha Rao - {number}</p>") == [("Asha Rao", number.upper())]


@pytest.mark.parametrize("word", ["GATE2026", "26SEP2025", "ICPC2025", "LT-2", "2025-26"])
def test_words_with_years_are_no_numbers(word: str) -> None:
    assert students_of(f"<p>Asha Rao - {word}</p>") == []


def test_labels_beside_number_and_name_are_no_names() -> None:
    html = "<p>Reg. No: RA2211026010077, Name: Asha Rao, Dept: CSE</p><p>Ms. Uma Dey (Reg. No. 312222205034) of IT</p>"

    assert students_of(html) == [("Asha Rao", "RA2211026010077"), ("Uma Dey", "312222205034")]


def test_phones_of_a_whole_list_are_the_students_own() -> None:
    html = "<p>Asha Rao, 23103001, 9448012345<br>Ben Dey, 23103002, 9448012346</p>"

    assert students_of(html) == [("Asha Rao", "23103001"), ("Ben Dey", "23103002")]


def test_students_who_are_asked_for_something_are_not_listed() -> None:
    assert students_of("<p>The following students were absent and stand debarred:</p><p>23103001 Asha Rao</p>") == []


TWO = [("Asha Rao", "23103001"), ("Ben D'Souza", "9923103002")]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>Sr</th><th>Roll"
        " No</th><th>Name</th><th>Branch</th></tr><tr><td>1</td><td>23103001</td><td>Asha Rao</td>"
        "<td>CSE</td></tr><tr><td>2</td><td>9923103002</td><td>Ben D'Souza</td><td>IT</td></tr></table>",
        "<table><tr><td>23103001</td><td>Asha Rao</td></tr><tr><td>9923103002</td><td>Ben D'Souza</td></tr></table>",
        "<table><tr><td>Asha Rao<br>23103001</td><td>12 LPA</td></tr><tr><td>Ben"
        " D'Souza<br>9923103002</td><td>12 LPA</td></tr></table>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza</p>",
        "<ol><li>Asha Rao - 23103001</li><li>Ben D'Souza - 9923103002</li></ol>",
        "<ul><li>Asha Rao (23103001)</li><li>Ben D'Souza (9923103002)</li></ul>",
        "<p>23103001 — Asha Rao — 10:00 AM<br>9923103002 — Ben D'Souza — 10:30 AM</p>",
        "<p>Acme has shortlisted Asha Rao (23103001, CSE) and Ben D'Souza (9923103002).</p>",
        "<p>23103001 Asha Rao, 9923103002 Ben D'Souza</p>",
        "<pre>Roll        Student\n23103001    Asha Rao\n9923103002  Ben D'Souza</pre>",
        "<p>Asha Rao | 23103001 | Backend Engineer<br>Ben D'Souza | 9923103002 | Backend Engineer</p>",
        "<p>1) Asha Rao, 23103001<br>2) Ben D'Souza, 9923103002</p><p>Contact: Ravi Kumar 23103099</p>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza</p><p>Waiting list: 23103003 Cara Sen</p>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza</p><h4>Waitlisted</h4><ul><li>23103003 Cara Sen</li></ul>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza Waitlisted: 23103003 Cara Sen</p>",
        "<table><tr><th>Roll</th><th>Name</th><th>Status</th></tr><tr><td>23103001</td><td>Asha"
        " Rao</td><td>Selected</td></tr>"
        "<tr><td>9923103002</td><td>Ben D'Souza</td><td>Selected</td></tr><tr><td>23103003</td><td>Cara"
        " Sen</td><td>Waitlisted</td></tr></table>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza<br>Ravi Kumar 9812345678</p>",
        "<p>23103001 Asha Rao<br>9923103002 Ben D'Souza<br>23103001 Asha Rao</p>",
    ],
)
def test_students_are_found_in_every_layout(html: str) -> None:
    assert students_of(html) == TWO


@pytest.mark.parametrize(
    ("html", "students"),
    [
        ("<p>221B045 - Cara Sen</p><p>221033017 - Dev Nair</p>", [("Cara Sen", "221B045"), ("Dev Nair", "221033017")]),
        (
            "<table><tr><th>Name</th><th>USN</th></tr><tr><td>eve rao</td><td>1rv 20cs-044</td></tr></table>",
            [("eve rao", "1RV20CS-044")],
        ),
        ("<table><tr><th>Name</th><th>Roll</th></tr><tr><td>Eve Rao</td><td>awaited</td></tr></table>", []),
        ("<p>Cyrus Engineer, 23103060</p>", [("Cyrus Engineer", "23103060")]),
        ("<p>23103060</p>", [(None, "23103060")]),
        ("<p>The order number of this consignment is 23103060 please</p>", []),
        (
            "<p>Waiting list</p><p>23103003 Cara Sen</p><p>Selected</p><p>23103001 Asha Rao</p>",
            [("Asha Rao", "23103001")],
        ),
        ("<p>SPOC Ravi Kumar 23103001</p>", []),
        (
            "<table><tr><th>Roll No</th><th>Branch</th><th>Time</th></tr>"
            "<tr><td>23103001</td><td>Asha Rao</td><td>9 AM</td></tr></table>",
            [("Asha Rao", "23103001")],
        ),
    ],
)
def test_numbers_of_other_forms_and_doubtful_lines(html: str, students: list[tuple[str, str]]) -> None:
    assert students_of(html) == students


def test_list_of_names_counts_only_behind_a_line_about_a_selection() -> None:
    names = "<ol><li>Asha Rao</li><li>Ben D'Souza</li></ol>"

    assert students_of(f"<p>Final select list:</p>{names}", names_alone=True) == [
        ("Asha Rao", None),
        ("Ben D'Souza", None),
    ]
    assert students_of(f"<p>Final select list:</p>{names}") == []
    assert students_of(f"<p>Agenda:</p>{names}", names_alone=True) == []
    assert students_of("<p>Selected for:</p><ul><li>Asha Rao</li><li>a one page CV</li></ul>", names_alone=True) == []


def test_very_long_list_is_cut() -> None:
    rows = "".join(f"<p>{23100000 + i} Asha Rao</p>" for i in range(2_100))

    assert len(students_of(rows)) == 2_000


def table_of(*verdicts: str, head: str = "Result") -> str:
    rows = "".join(f"<tr><td>2310300{i}</td><td>Asha R{i}</td><td>{v}</td></tr>" for i, v in enumerate(verdicts))
    return f"<table><tr><th>Enrollment</th><th>Student</th><th>{head}</th></tr>{rows}</table>"


@pytest.mark.parametrize("verdict", ["Not Selected", "Waitlisted", "Absent", "Rejected", "On hold", "No", "NS"])
def test_verdict_in_a_row_is_only_this_students(verdict: str) -> None:
    found = students_of(table_of("Selected", verdict, "Selected", head="Final status"))

    assert [number for _, number in found] == ["23103000", "23103002"]


def test_verdict_at_the_end_of_a_line_is_only_this_students() -> None:
    html = "<p>23103001 Asha Rao - Selected<br>23103002 Ben Dey - Waitlisted<br>23103003 Uma Roy - Selected</p>"

    assert students_of(html) == [("Asha Rao", "23103001"), ("Uma Roy", "23103003")]


def test_waiting_list_in_the_first_cell_of_a_row_begins_a_waiting_list() -> None:
    rows = ["1", "23103001", "Asha Rao"], ["Waiting list:", "23103002", "Ben Dey"], ["2", "23103003", "Uma Roy"]
    html = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)

    assert students_of(f"<table>{html}</table>") == [("Asha Rao", "23103001")]


@pytest.mark.parametrize("lead", ["In waiting (be on campus)", "Waiting", "On hold", "Standby", "Stand-by candidates"])
def test_who_waits_is_not_named(lead: str) -> None:
    assert students_of(f"<p>Asha Rao, 23103001</p><p>{lead}: Ben Dey, 23103002</p>") == [("Asha Rao", "23103001")]
