from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.policy import TocEntry
from placement_alerts.core.policy_markdown import table_of_contents, to_markdown
from placement_alerts.web.pages.policy_text import COMPARED_LINES, Change, changes, to_html


def test_headings_carry_the_ids_of_the_table_of_contents() -> None:
    content = "# Policy\n\n## Rules\n\ntext\n\n### Rules\n\n## Dress \\*code\\*\n"
    toc = (
        TocEntry(id="rules", text="Rules", level=2),
        TocEntry(id="rules-1", text="Rules", level=3),
        TocEntry(id="dress-code", text="Dress *code*", level=2),
    )

    html = to_html(content, toc)
    assert '<h2 id="rules">Rules</h2>' in html
    assert '<h3 id="rules-1">Rules</h3>' in html
    assert '<h2 id="dress-code">' in html
    assert "<h2>Policy</h2>" in html


def test_policy_of_a_mail_links_to_its_headings() -> None:
    content = to_markdown("1. ELIGIBILITY\nSix CGPA or more.\n\n2. CONDUCT\nBe on time.\n")
    toc = table_of_contents(content)

    html = to_html(content, toc)
    assert len(toc) == 2
    assert all(f'id="{entry.id}"' in html for entry in toc)


def test_lists_tables_and_emphasis_are_shown() -> None:
    html = to_html("- **one**\n- two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n3. third\n", ())

    assert "<strong>one</strong>" in html
    assert "<td>1</td>" in html
    assert '<ol start="3">' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        "<a href='x' style='position:fixed'>x</a>",
        "## <svg/onload=alert(1)>",
        "<style>body{display:none}</style>",
    ],
)
def test_hostile_text_is_shown_as_text(hostile: str) -> None:
    html = to_html(hostile, (TocEntry(id='"><script>', text="svgonloadalert1", level=2),))

    marks = ("<script", "<img", "<svg", "<style", 'href="javascript', 'href="data', "<a href='x'")
    assert [mark for mark in marks if mark in html] == []


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}


@given(st.text(max_size=200) | st.text("<>[]()!#*_`|-\n ajs:&\"'", max_size=200))
def test_no_text_brings_an_element_or_attribute_of_its_own(content: str) -> None:
    reader = Reader()
    reader.feed(to_html(content, ()))

    assert not {tag for tag, _ in reader.found} & {"script", "img", "svg", "style", "iframe", "form", "input"}
    assert {name for _, name in reader.found} <= {"", "href", "rel", "start"}


def test_changes_stand_under_their_headings_without_marks() -> None:
    before = "## Rules\n\n- Six **CGPA**\n- On time\n\n## Contact\n\nOffice\n"
    after = "## Rules\n\n- Seven **CGPA**\n- On time\n\n## Contact\n\nOffice\n\nWrite \\*soon\\*\n"

    assert changes(before, after) == [
        Change("Rules", ("• Six CGPA",), ("• Seven CGPA",)),
        Change("Contact", (), ("Write *soon*",)),
    ]


def test_change_before_the_first_heading_has_none() -> None:
    assert changes("old\n\n## A\n", "new\n\n## A\n") == [Change("", ("old",), ("new",))]


def test_other_spaces_are_no_change() -> None:
    assert changes("## A\n\n\ntext ", "## A\ntext\n") == []


def test_very_long_texts_are_not_compared() -> None:
    assert changes("x\n" * (COMPARED_LINES + 1), "y") is None
