"""What the office writes, as HTML."""

import time

import pytest

from placement_alerts.pipeline.office_text import to_html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://a.example/pixel.png)",
        "<b onclick=x>y</b>",
    ],
)
def test_what_the_office_writes_brings_no_script_and_no_picture(text: str) -> None:
    html = to_html(text)

    assert not {"<script", "<img", "<b", 'href="javascript'} & {html[at:].split(" ")[0] for at in range(len(html))}
    assert 'href="javascript' not in html


def test_the_office_writes_lists_tables_and_links() -> None:
    html = to_html("- a\n- b\n\n|x|y|\n|-|-|\n|1|2|\n\n[form](https://a.example/)")

    assert ("<li>a</li>" in html, "<td>1</td>" in html, 'href="https://a.example/"' in html) == (True, True, True)


@pytest.mark.parametrize("piece", ["[", "*a ", ">", "`", "- ", "[](", "a**b", "[a](<b", "<", "|a"])
def test_no_text_takes_long_to_read(piece: str) -> None:
    began = time.thread_time()

    to_html(piece * (20_000 // len(piece)))

    assert time.thread_time() - began < 10  # 0.3 s at most, without measuring coverage
