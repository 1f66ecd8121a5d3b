import json
import time

import pytest

from placement_alerts.core.official import CardKind, Distribution, Snapshot
from placement_alerts.core.official_records import has_values, sum_of_offers
from placement_alerts.sandbox.official_content import (
    INTRO,
    PUBLISHED_2024,
    PUBLISHED_2025,
    UNKNOWN_PAGE,
    Content,
    current_page,
    old_page,
)
from placement_alerts.sources.official.page import MAX_CARDS, MAX_LOGOS, read_page
from placement_alerts.sources.official.taming import NotUnderstood
from tests.builders import NOW

URL = "https://site.example/students/placement"
CONTENT = Content()


def read(html: str) -> Snapshot:
    return read_page(html, URL, NOW)


def section(inner: str, heading: str = "Placement Highlights 2032") -> str:
    return (
        f'<div class="student-placement-pg"><div class="mainheading__large">{heading}</div>'
        f'<div class="highlights">{inner}</div></div>'
    )


def item(title: str = "64", description: str = "Students placed") -> str:
    return f'<div class="item"><div class="title ">{title}</div><div class="desc">{description}</div></div>'


def script(*rows: str) -> str:
    return "".join(f"<script>self.__next_f.push({json.dumps([1, row])})</script>" for row in rows)


def test_current_layout_gives_both_batches_the_first_of_them_active() -> None:
    page = read(current_page(CONTENT))

    assert [(batch.name, batch.active, len(batch.highlights)) for batch in page.batches] == [
        ("2032", True, 3),
        ("2031", False, 4),
    ]
    assert (page.layout, page.heading, page.intro) == ("current", "Training & Placement", INTRO)
    assert (page.taken_at, page.seen_at) == (NOW, NOW)


def test_cards_keep_their_text_and_stand_parsed_beside_it() -> None:
    card = read(current_page(CONTENT)).batches[0].highlights[1]

    assert (card.title, card.description) == ("Rs. 41.20 Lacs", "Highest Package by Brightwave (2 Offers)")
    assert (card.kind, card.rank, card.amount, card.company, card.offers) == (
        CardKind.HIGHEST,
        1,
        41.2,
        "Brightwave",
        2,
    )


@pytest.mark.parametrize("wrapper", ["student-placement-pg", "palcement-sec", "placement-sec", ""])
def test_every_known_wrapper_and_the_heading_alone_are_understood_alike(wrapper: str) -> None:
    page = read(current_page(CONTENT, wrapper=wrapper))

    assert page.content_hash == read(current_page(CONTENT)).content_hash
    assert page.layout == "current"


@pytest.mark.parametrize("split", [False, True])
def test_flight_data_alone_says_the_same_also_when_split_over_scripts(split: bool) -> None:
    page = read(current_page(CONTENT, sections=False, split=split))

    assert page.layout == "flight"
    assert page.content_hash == read(current_page(CONTENT)).content_hash


def test_logos_have_their_names_from_flight_data_and_absolute_addresses() -> None:
    with_flight, without = read(current_page(CONTENT)), read(current_page(CONTENT, flight=False))

    assert [(logo.src, logo.name) for logo in with_flight.logos] == [
        ("https://site.example/uploads/brightwave.webp", "Brightwave"),
        ("https://site.example/uploads/northlake.webp", "Northlake Systems"),
    ]
    assert [logo.name for logo in without.logos] == ["", ""]
    assert [logo.src for logo in without.logos] == [logo.src for logo in with_flight.logos]


def test_logos_are_given_once_and_only_with_web_addresses() -> None:
    sources = ["a.png", "/students/a.png", "https://cdn.example/b.png", "data:image/png;base64,AAAA", "http://[", ""]
    images = "".join(f'<img src="{src}" alt=" one ">' for src in sources)
    page = read(section(item()) + f'<div class="recruiters">{images}</div>')

    assert [logo.src for logo in page.logos] == ["https://site.example/students/a.png", "https://cdn.example/b.png"]
    assert page.logos[0].name == "one"


@pytest.mark.parametrize(("cards", "offers"), [(PUBLISHED_2025, 942), (PUBLISHED_2024, 810)])
def test_published_figures_are_all_understood_and_add_up(cards: list[tuple[str, str]], offers: int) -> None:
    (batch,) = read(current_page(Content(batches=[("2025", cards)]))).batches

    assert sum_of_offers(batch) == offers
    assert CardKind.OTHER not in {card.kind for card in batch.highlights}


def test_card_of_unknown_wording_is_kept_as_it_is() -> None:
    page = read(current_page(CONTENT.with_card("2032", "Students placed abroad", "12 or so")))

    assert page.batches[0].highlights[-1].model_dump(exclude_defaults=True) == {
        "title": "12 or so",
        "description": "Students placed abroad",
    }


def test_card_without_title_or_text_is_left_out() -> None:
    page = read(section(item() + item("", "x") + item("x", " ") + '<div class="item"><div class="title">1</div></div>'))

    assert len(page.batches[0].highlights) == 1


def test_section_that_lost_its_cards_is_an_empty_batch() -> None:
    page = read(current_page(CONTENT.with_cards("2032", [])))

    assert [(batch.name, has_values(batch)) for batch in page.batches] == [("2032", False), ("2031", True)]


def test_heading_without_cards_takes_none_of_another_section() -> None:
    page = read(current_page(CONTENT.with_cards("2032", []), wrapper=""))

    assert [(batch.name, len(batch.highlights)) for batch in page.batches] == [("2032", 0), ("2031", 4)]


def test_section_without_cards_and_without_a_year_is_left_out() -> None:
    page = read(section("", "About us") + section(item(), "Highlights of this year"))

    assert [batch.name for batch in page.batches] == ["Unknown Batch 2"]


def test_batch_that_stands_there_twice_keeps_both_sets_of_figures() -> None:
    page = read(section(item()) + section(item("65")))

    assert [batch.name for batch in page.batches] == ["2032", "2032 (2)"]


def test_introduction_is_found_in_flight_data_in_and_beside_json() -> None:
    beside = read(section(item()) + script(f"4:T2b,<p>{INTRO} <b>Always</b></p>23:[1]")).intro
    whole = '<div class="no"></div>' + script(
        '5:{"__component":"x.placement-highlights","title":"2032","list":[{"title":"64","description":"x"}]}',
        f'4:["$",{{"text":"<p>{INTRO} <b>Always</b></p>"}}]',
    )

    assert beside is None
    assert read(whole).intro == f"{INTRO} Always"
    assert read(current_page(CONTENT, sections=False).replace('class="left"', "")).intro == INTRO


def test_old_layout_gives_pointers_and_distribution() -> None:
    page = read(old_page(CONTENT))

    assert (page.layout, page.heading, page.intro) == ("old", "Training & Placement", INTRO)
    assert [(batch.name, batch.active) for batch in page.batches] == [("2032", True), ("2031", False)]
    assert page.batches[0].pointers[0] == "Quality Companies Visited So Far: 64"
    assert page.batches[0].distribution == (Distribution(category="More than 20 LPA", average="27.40", median="26.00"),)
    assert page.logos[1].name == "Northlake Systems"


def test_old_layout_without_names_boxes_and_exact_styles_is_still_read() -> None:
    page = read(
        '<ul class="tab-ul"><li>2024</li></ul><div class="tab-containerr"><p>x</p>'
        '<div class="content" style="DISPLAY :block"><div class="scroll_sec mCustomScrollbar"><li>64</li></div></div>'
        '<div class="content"></div></div>'
    )

    assert [(batch.name, batch.active, batch.pointers) for batch in page.batches] == [
        ("2024", True, ("64",)),
        ("Unknown Batch 2", False, ()),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "not HTML at all",
        UNKNOWN_PAGE,
        current_page(Content(batches=())),
        current_page(Content(batches=[("2032", [])])),
        section("", "Placement Highlights"),
        '<div class="tab-containerr"><div class="content"></div></div>',
        '<ul class="tab-ul"><li>2024</li></ul>',
        '<ul class="tab-ul"><li>2024</li></ul><div class="tab-containerr"><div class="content"></div></div>',
        script('5:{"__component":"x.placement-highlights","title":"2032","list":"none"}'),
    ],
)
def test_page_without_batches_or_of_unknown_layout_is_not_understood(html: str) -> None:
    with pytest.raises(NotUnderstood):
        read(html)


def test_batches_inside_navigation_are_found_when_there_are_none_outside() -> None:
    assert read(f"<nav>{section(item())}</nav>").batches[0].name == "2032"


def test_number_of_cards_and_logos_is_bounded() -> None:
    images = "".join(f'<img src="/{at}.png">' for at in range(MAX_LOGOS + 100))
    page = read(section(item() * 200) + f'<div class="recruiters">{images}</div>')

    assert len(page.batches[0].highlights) == MAX_CARDS
    assert len(page.logos) == MAX_LOGOS


HOSTILE = {
    "deep": "<div>" * 9_900,
    "deep cards": '<div class="student-placement-pg highlights item"><p class="title">' * 5_000,
    "nested sections": '<div class="student-placement-pg mainheading__large">Placement Highlights' * 5_000,
    "formatting left open": "".join(f"<p><b a={at}></p>" for at in range(3_900)),
    "formatting beyond the limit": "".join(f'<p><b a="{"x" * 4_100}{at}"></p>' for at in range(300)),
    "attributes": "<div " + " ".join(f"a{at}" for at in range(100_000)) + ">",
    "attributes behind a quote": "<y '<div " + " ".join(f"a{at}" for at in range(20_000)) + "'",
    "attributes of many tags": "".join(
        f"<i{at} " + " ".join(f"a{at}_{n}" for n in range(50)) + ">" for at in range(3_000)
    ),
    "scripts left open": "<script>" * 500_000,
    "scripts": "<script>self.__next_f.push([1,1])</script>" * 150_000,
    "comments": "<!--" * 1_000_000,
    "rows of no JSON": script('1:["1:[",' * 200_000 + '"slidecount"'),
    "deep JSON": script("1:" + "[" * 1_000_000 + '"slidecount"'),
    "rows": script('1:["slidecount"]' * 90_000),
    "objects": script('1:[{"slidecount":1,"Images":[]}' + ',{"slidecount":1,"Images":[{"image":1}]}' * 40_000 + "]"),
    "texts": section(item("1 " * 400_000)),
    "text in every card": '<div class="student-placement-pg"><div class="highlights">'
    + '<div class="item"><div class="title">' * 150
    + "x " * 600_000,
    "bytes of no text": "\0\ufffd\ud83d" * 400_000,
    "tags": "<p>" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_page_is_read_or_refused_within_a_second(name: str) -> None:
    html = HOSTILE[name]
    began = time.process_time()

    outcome = "read"
    try:
        read(html)
    except NotUnderstood:
        outcome = "refused"

    assert time.process_time() - began < 1.0, outcome
