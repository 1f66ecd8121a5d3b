import pytest

from placement_alerts.core.document import Line, Link, Text, from_plain
from placement_alerts.core.extract.links import find_links
from placement_alerts.core.html import from_html


@pytest.mark.parametrize(
    ("body", "links"),
    [
        ("see https://a.example/x.", ("https://a.example/x",)),
        ("(https://a.example/x)", ("https://a.example/x",)),
        ("https://a.example/x_(y)", ("https://a.example/x_(y)",)),
        ("forms.gle/Abc and www.a.example", ("https://forms.gle/Abc", "https://www.a.example")),
        ("http://a.example/x http://A.example/x/", ("http://a.example/x",)),
        ("https://instagram.com/acme https://discord.gg/acme https://www.linkedin.com/company/acme", ()),
        ("https://a.example/unsubscribe?u=1 https://a.example/logo.png", ()),
        ("mail a@b.example or see B.Tech/M.Tech", ()),
        ("https:// https://[", ()),
        ("https://a.example/" + "x" * 2_000, ()),
    ],
)
def test_links_a_reader_can_use(body: str, links: tuple[str, ...]) -> None:
    assert find_links(from_plain("t", body)) == links


def test_text_of_a_link_is_not_a_second_link() -> None:
    text = from_html("t", '<a href="https://a.example/campus?c=1">a.example/campus</a>')

    assert find_links(text) == ("https://a.example/campus?c=1",)


def test_broken_address_is_left_out() -> None:
    assert find_links(Text("t", (), (Link("http://[x"), Link("https://a.example")))) == ("https://a.example",)


def test_home_page_in_a_signature_is_left_out() -> None:
    text = Text("t", (Line("www.acme.example | +91 90000 04567"), Line("Site: www.brand.example")))

    assert find_links(text) == ("https://www.brand.example",)


def test_home_page_below_the_regards_is_left_out() -> None:
    body = "See www.acme.example\nand https://forms.gle/a\nRegards,\nTPO\nwww.college.example\nforms.gle/b"

    assert find_links(from_plain("t", body)) == (
        "https://www.acme.example",
        "https://forms.gle/a",
        "https://forms.gle/b",
    )


def test_linked_home_page_below_the_regards_is_left_out() -> None:
    html = '<p>Warm regards,<br>TPO<br><a href="https://college.example">college</a></p>'

    assert find_links(from_html("t", html)) == ()
