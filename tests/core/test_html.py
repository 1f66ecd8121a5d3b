import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_alerts.core.document import Link
from placement_alerts.core.html import from_html, is_web_address, links, sanitise, to_text
from placement_alerts.core.wellformed import TAGS


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p onclick=x>a</p><script>alert(1)</script>", "<p>a</p>"),
        ("<p>a<!-- hidden --></p><!-- never closed <p>b", "<p>a</p>"),
        ("<style>p{}</style><b>a</b>", "<b>a</b>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="/local">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ("<a href='mailto:a@b.example'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        (
            "<a href=http://a.example/?q=1&amp;r=2>x</a>",
            '<a href="http://a.example/?q=1&amp;r=2" rel="noopener noreferrer">x</a>',
        ),
        ("<a href='http://[bad'>x</a>", '<a rel="noopener noreferrer">x</a>'),
        ("CTC < 5 & R&D &lt;b&gt;", "CTC &lt; 5 &amp; R&amp;D &lt;b&gt;"),
        ("<p>a<p>b</i></div>", "<p>a</p><p>b</p>"),
        ("<center>a</center><img src=x>", "<div>a</div>"),
        ("<td rowspan=99 colspan=x>a", "a"),
        ("<div><table><tr><td></div>a", "<div><table><tbody><tr><td>a</td></tr></tbody></table></div>"),
        ("<![CDATA[x]]><?php y ?>", ""),
    ],
)
def test_only_the_allowed_markup_is_left(html: str, clean: str) -> None:
    assert sanitise(html) == clean


def test_sanitising_twice_changes_nothing() -> None:
    html = "<table><tr><td>a<td rowspan=2>b<tr><td>c</table><ul><li>d<li>e<p>f</ul><dl><dt>g<dd>h</dl><b>i<p>j</b>k"

    assert sanitise(sanitise(html)) == sanitise(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p>two<br>three<div>four</div>", "one\ntwo\nthree\nfour"),
        ("a\n b\u00a0\u200bc", "a b c"),
        ("<table><tr><th>Name</th><th>Roll</th></tr><tr><td>A</td><td>1</td></tr></table>", "Name | Roll\nA | 1"),
        ("<table><tr><td>A<br>1</td><td rowspan=2>X</td></tr><tr><td>B</td></tr></table>", "A 1 | X\nB | X"),
        (
            "<table><tr><td rowspan=3>X</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></table>",
            "X | 1\nX | 2\nX | 3",
        ),
        ("<table><tr><td><p>all</p><p>of it</p></td></tr></table>", "all\nof it"),
        ("<table><tr><td>out<table><tr><td>in</td><td>er</td></tr></table></td></tr></table>", "out\nin | er"),
        ("<table><tr><td></td></tr></table>", ""),
        ("<ul><li>a</li><li>b</li></ul><ol><li>c</ol>", "a\nb\nc"),
        ("<dl><dt>Role</dt><dd>Analyst</dd><dt>CTC:</dt><dd>5</dd></dl>", "Role: Analyst\nCTC: 5"),
        ("<pre>Roll      Name\n23103001  Asha Rao</pre>", "Roll Name\n23103001 Asha Rao"),
        ("<p>10 LPA <del>8 LPA</del></p>", "10 LPA"),
        ("<blockquote>a</blockquote><h3>b</h3>", "a\nb"),
        ("23<sup>rd</sup> January", "23rd January"),
        ("", ""),
    ],
)
def test_text_has_a_line_for_each_block_and_row(html: str, text: str) -> None:
    assert to_text(html) == text


def test_lines_know_where_they_stand() -> None:
    text = from_html(
        " A\n title ", "<h3>Top</h3><ul><li>x</li></ul><pre>a  b</pre><table><tr><td>1</td><td>2</td></tr></table>"
    )

    assert text.title == "A title"
    assert [(line.text, line.heading, line.item, line.cells, line.table) for line in text.lines] == [
        ("Top", True, False, (), 0),
        ("x", False, True, (), 0),
        ("a b", False, False, ("a", "b"), 1),
        ("1 | 2", False, False, ("1", "2"), 2),
    ]


def test_links_are_listed_once_with_their_words() -> None:
    html = '<a href="https://a.example/x">Form <b>here</b></a><a href="https://a.example/x">again</a><a>none</a>'

    assert links(html) == (Link("https://a.example/x", "Form here"),)


@pytest.mark.parametrize(
    ("url", "is_web"), [("HTTP://a.example", True), ("https:", False), ("ftp://a.example", False), ("http://[a", False)]
)
def test_web_address_has_a_scheme_and_a_host(url: str, is_web: bool) -> None:
    assert is_web_address(url) is is_web


def test_very_long_markup_is_cut() -> None:
    assert len(sanitise("x<br>" * 30_000)) < 110_000


def test_elements_beyond_the_depth_leave_their_text() -> None:
    clean = sanitise("<div>" * 60 + "text" + "</div>" * 60)

    assert (clean.count("<div>"), clean.count("text")) == (40, 1)


def test_very_long_text_is_cut() -> None:
    assert len(to_text("<p>" + "word " * 9_000 + "</p><p>" + "word " * 9_000 + "</p><p>end</p>")) < 90_100


@pytest.mark.parametrize(
    "html",
    ["<div>" * 10_000, "".join(f"<b id={i}><p>" for i in range(4_000)), "<table><tr><td>" * 3_000, "<a '" * 12_000],
    ids=["deep", "unclosed", "tables", "quotes"],
)
def test_hostile_markup_takes_bounded_time(html: str) -> None:
    started = time.process_time()

    sanitise(html)

    assert time.process_time() - started < 0.5


_TAGS = "<p> </p> <table> </table> <tr> <td> </td> <b> </a> <li> </ul> <pre> <dt> <dd> <del> <!-- <a'"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*_TAGS.split(), "<a href='http://a.example'>"]) | st.text(max_size=4), max_size=30).map(
        "".join
    )
)
def test_any_markup_can_be_read_and_carries_no_other_tags(html: str) -> None:
    clean = sanitise(html)

    assert set(re.findall(r"<([a-z0-9]+)", clean)) <= TAGS | {"tbody"}
    assert isinstance(to_text(html), str)
