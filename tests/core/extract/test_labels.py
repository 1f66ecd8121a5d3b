import pytest

from placement_alerts.core.document import Line
from placement_alerts.core.extract.labels import fields_of, header_of, segments_of
from placement_alerts.core.html import from_html


@pytest.mark.parametrize(
    ("html", "fields"),
    [
        ("<p>Role: Analyst</p>", [("role", "Analyst")]),
        (
            "<p>Package: 9 LPA | Location: Pune; CGPA - 7</p>",
            [("package", "9 LPA"), ("location", "Pune"), ("cgpa", "7")],
        ),
        (
            "<p>It is regretted. Role: Analyst. Students may withdraw.</p>",
            [("role", "Analyst. Students may withdraw.")],
        ),
        ("<p>a) Content Associate ........ Rs 4 LPA</p>", []),
        ("<p>Pune - a fine city</p>", []),
        ("<table><tr><th>CTC:</th><td>5 LPA</td></tr></table>", [("ctc", "5 LPA")]),
        ("<table><tr><td>1</td><td>x</td></tr></table>", []),
        (
            "<table><tr><th>Position</th><th></th><th>Package</th></tr><tr><td>Analyst</td><td>x</td><td></td></tr></table>",
            [("position", "Analyst")],
        ),
    ],
)
def test_values_have_their_labels(html: str, fields: list[tuple[str, str]]) -> None:
    assert [(one.label, one.value) for one in fields_of(from_html("t", html))] == fields


@pytest.mark.parametrize(
    ("cells", "is_header"),
    [
        (("Name", "Roll No"), True),
        (("Asha", "23103001"), False),
        (("Name",), False),
        (("Name", "x" * 41), False),
        (("CTC", "5.5"), False),
    ],
)
def test_heading_of_a_table_is_told_from_its_rows(cells: tuple[str, ...], *, is_header: bool) -> None:
    assert (header_of(Line("", cells)) is not None) is is_header


def test_pictograms_part_a_line() -> None:
    assert segments_of("📍 Pune 💰 5 LPA") == ["Location: Pune", "5 LPA"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            "Result is out. Package 3.25 LPA, post Relationship Officer, posting Lucknow. Join in June.",
            [("package", "3.25 LPA"), ("post", "Relationship Officer"), ("posting", "Lucknow")],
        ),
        ("CTC is Rs 6 lakh, role SDE, stipend 20k", [("ctc", "Rs 6 lakh"), ("role", "SDE"), ("stipend", "20k")]),
        ("Bring the offer letter, post graduate certificates, location proof", []),
        ("Position(s): Analyst", [("position", "Analyst")]),
    ],
)
def test_values_in_a_row_of_keywords_are_labelled(line: str, fields: list[tuple[str, str]]) -> None:
    assert [(one.label, one.value) for one in fields_of(from_html("t", f"<p>{line}</p>"))] == fields
