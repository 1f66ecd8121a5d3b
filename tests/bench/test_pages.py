import pytest

from tests.bench import pages
from tests.bench.page_peers import peers


def test_pages_prints_a_row_for_every_parser_that_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pages.main(["--rounds", "1", "--repeat", "1"])

    shown = capsys.readouterr().out
    assert shown.count("yes\n") == len(peers())
    assert "NO\n" not in shown


def test_page_is_as_long_as_the_real_one() -> None:
    assert pages.SIZE <= len(pages.page()) <= 1.05 * pages.SIZE
