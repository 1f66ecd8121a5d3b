import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.channels.telegram.text import ENTITY_LIMIT, TEXT_LIMIT, Entity, Part, cut, layout, units
from placement_alerts.core.message import Block, Message, Span, Style
from placement_alerts.sandbox.telegram_rules import check_entities

FAMILY = "👩‍👩‍👧‍👦"
FLAG = "🇮🇳"
THUMB = "👍🏽"
KEYCAP = "1️⃣"
ACCENTED = "é"
ENGLAND = "🏴󠁧󠁢󠁥󠁮󠁧󠁿"
JOINED = [FAMILY, FLAG, THUMB, KEYCAP, ACCENTED, ENGLAND, "❤️‍🔥", "कि"]

pieces = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40),
    st.sampled_from([*JOINED, " ", "\n", "\n\n", ". ", "word ", "x" * 50, "https://acme.example/apply?id=1 "]),
)
spans = st.builds(
    Span,
    text=st.lists(pieces, max_size=6).map("".join),
    styles=st.frozensets(st.sampled_from(Style)),
    url=st.sampled_from([None, None, "https://acme.example/", "javascript:alert(1)"]),
)
blocks = st.builds(Block, spans=st.lists(spans, max_size=6).map(tuple))
messages = st.builds(Message, blocks=st.lists(blocks, min_size=1, max_size=8).map(tuple))


def one(*given_spans: Span) -> Message:
    return Message((Block(given_spans),))


@given(messages, st.integers(40, 200), st.integers(4, 20))
def test_any_message_is_cut_into_valid_parts_whose_text_is_the_original(
    message: Message, limit: int, entity_limit: int
) -> None:
    parts = list(cut(message, limit=limit, entity_limit=entity_limit))

    assert "".join(part.text for part in parts) == message.plain()
    for part in parts:
        assert 0 < units(part.text) <= limit
        assert len(part.entities) <= entity_limit
        check_entities(part.text, [_as_sent(entity) for entity in part.entities])


@given(messages, st.integers(40, 200))
def test_every_part_that_is_sent_shows_something(message: Message, limit: int) -> None:
    parts = layout(message, limit=limit)

    assert all(part.text.strip() for part in parts)
    assert "".join("".join(part.text for part in parts).split()) == "".join(message.plain().split())


@given(messages, st.integers(40, 200))
def test_every_visible_character_keeps_its_look(message: Message, limit: int) -> None:
    expected = [
        (char, _look_of(span)) for block in message.blocks for span in block.spans for char in span.text if char.strip()
    ]

    shown = [look for part in layout(message, limit=limit) for look in _looks(part)]

    assert shown == expected


@given(st.lists(st.sampled_from(JOINED), min_size=30, max_size=120), st.integers(20, 60))
def test_joined_characters_are_never_cut(clusters: list[str], limit: int) -> None:
    parts = layout(one(Span("".join(clusters))), limit=limit)

    rest = list(clusters)
    for part in parts:
        text = part.text
        while text:
            assert text.startswith(rest[0])
            text = text.removeprefix(rest.pop(0))


@pytest.mark.parametrize("emoji", ["😀", *JOINED])
@pytest.mark.parametrize("lead", range(4080, 4097))
def test_4096_units_with_an_emoji_at_the_cut(emoji: str, lead: int) -> None:
    text = "x" * lead + emoji + "y" * 100

    parts = layout(one(Span(text)))

    assert "".join(part.text for part in parts) == text
    assert any(emoji in part.text for part in parts)
    assert max(units(part.text) for part in parts) <= TEXT_LIMIT


def test_exactly_4096_units_are_one_part() -> None:
    assert len(layout(one(Span("😀" * 2048)))) == 1
    assert len(layout(one(Span("😀" * 2048 + "x")))) == 2


def test_5000_characters_without_a_space_are_cut_where_it_is_full() -> None:
    parts = layout(one(Span("x" * 5000)))

    assert [len(part.text) for part in parts] == [4096, 904]


def test_bold_over_the_cut_is_closed_and_opened_again() -> None:
    parts = layout(one(Span("x" * 5000, frozenset({Style.BOLD}))))

    assert [part.entities for part in parts] == [(Entity("bold", 0, 4096),), (Entity("bold", 0, 904),)]


def test_link_is_not_cut_when_it_fits_into_the_next_part() -> None:
    parts = layout(one(Span("word " * 800), Span("see the notice of Acme Labs" * 10, url="https://acme.example/")))

    assert [part.entities for part in parts] == [(), (Entity("text_link", 0, 270, "https://acme.example/"),)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("First line.\nSecond line. Of it", "block two"), ("one line\ntwo line", "and a sentence. Two")],
)
def test_cut_is_between_blocks_before_anything_else(first: str, second: str) -> None:
    message = Message((Block((Span(first),)), Block((Span(second),))))
    limit = len(first) + 5

    parts = layout(message, limit=limit)

    assert parts[0].text == first + "\n"


def test_cut_prefers_lines_to_sentences_and_sentences_to_words() -> None:
    by_line = layout(one(Span("aaaa bbbb. cccc\ndddd. eeee ffff")), limit=25)
    by_sentence = layout(one(Span("aaaa bbbb cccc. eeee ffff gggg")), limit=25)
    by_word = layout(one(Span("aaaa bbbb cccc eeee ffff gggg")), limit=26)

    assert by_line[0].text == "aaaa bbbb. cccc\n"
    assert by_sentence[0].text == "aaaa bbbb cccc. "
    assert by_word[0].text == "aaaa bbbb cccc eeee ffff "


def test_part_has_at_most_90_entities() -> None:
    message = Message(tuple(Block((Span("role", frozenset({Style.BOLD})), Span(" open"))) for _ in range(200)))

    parts = layout(message)

    assert [len(part.entities) for part in parts] == [ENTITY_LIMIT, ENTITY_LIMIT, 20]


def test_links_lead_to_web_pages_only() -> None:
    assert layout(one(Span("press me", url="javascript:alert(1)"))) == (Part("press me"),)


def test_code_nests_in_nothing() -> None:
    every = frozenset(Style)

    assert [entity.type for entity in layout(one(Span("x", every)))[0].entities] == ["code"]
    linked = layout(one(Span("x", every, "https://acme.example/")))[0].entities
    assert [entity.type for entity in linked] == ["text_link", "bold", "italic", "strikethrough"]


def test_entities_do_not_reach_into_blanks_that_telegram_trims() -> None:
    (part,) = layout(one(Span("  bold  \n", frozenset({Style.BOLD}))))

    assert part.entities == (Entity("bold", 2, 4),)


def test_what_cannot_be_sent_is_replaced_unit_by_unit() -> None:
    (part,) = layout(one(Span("a\x00b\rc\ud800d")))

    assert part.text == "a b c\ufffdd"


def test_message_of_blanks_shows_nothing() -> None:
    assert layout(Message((Block(()), Block((Span(" \n\t"),))))) == ()


def test_cluster_longer_than_any_real_one_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 10_000

    parts = layout(one(Span(text)))

    assert "".join(part.text for part in parts) == text
    assert unicodedata.combining("\u0301")


def _as_sent(entity: Entity) -> dict[str, object]:
    return {"type": entity.type, "offset": entity.offset, "length": entity.length, "url": entity.url}


def _look_of(span: Span) -> frozenset[str]:
    return _looks(layout(one(Span("x", span.styles, span.url)))[0])[0][1]


def _looks(part: Part) -> list[tuple[str, frozenset[str]]]:
    looks = []
    at = 0
    for char in part.text:
        around = frozenset(
            f"{entity.type} {entity.url}"
            for entity in part.entities
            if entity.offset <= at < entity.offset + entity.length
        )
        if char.strip():
            looks.append((char, around))
        at += units(char)
    return looks
