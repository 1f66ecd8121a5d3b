from typing import Any

import pytest

from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.html import sanitise, to_text
from placement_alerts.core.notice import Audience, Change, ListedStudent, Notice, NoticeKind
from placement_alerts.core.render import ShowNames
from placement_alerts.core.visibility import (
    COMPARED_LINES,
    Reader,
    field_changes,
    is_public,
    may_read,
    names_students,
    text_change,
    visible_html,
    visible_text,
)
from tests.builders import a_notice, a_student, facts

SECRET = b"s"
NUMBER = "21103001"
TEXT = f"The following are invited.\nS.No | Enrollment No | Name\n1 | {NUMBER} | Asha Rao\nBring a pen."


def a_list(**values: Any) -> Notice:
    named = (ListedStudent(name="Nobody"), ListedStudent(name="Asha Rao", enrollment=NUMBER))
    said: dict[str, Any] = {
        "facts": facts(kind=NoticeKind.SHORTLIST, students=named),
        "text": TEXT,
        "html": "<p>list</p>",
    }
    return a_notice(**(said | values))


def asha(year: str = "202526") -> Reader:
    return Reader(a_student(year=year, enrollment_key=enrollment_key(NUMBER, SECRET)), secret=SECRET)


STRANGER = Reader()
ADMIN = Reader(a_student(year="202728"), is_admin=True)


@pytest.mark.parametrize(
    ("notice", "public_pages", "expected"),
    [
        (a_notice(), True, True),
        (a_notice(), False, False),
        (a_notice(public=True), False, False),
        (a_list(), True, False),
        (a_list(public=True), True, True),
        (a_notice(text="21103001 Asha\n21103002 Ravi"), True, False),
        (a_notice(audience=Audience(only_named=True)), True, False),
        (a_notice(audience=Audience(branches=("CSE",))), True, True),
    ],
)
def test_everybody_may_read_what_names_nobody_or_is_meant_for_all(
    notice: Notice, public_pages: bool, expected: bool
) -> None:
    assert is_public(notice, public_pages=public_pages) is expected
    assert may_read(notice, STRANGER, public_pages=public_pages) is expected


@pytest.mark.parametrize(
    "number",
    [
        *("21103001", "9921103001", "2021103001", "211030012", "21BCE1045", "1MS21CS004", "20B81A05C3"),
        *("RA2111003010123", "2021A7PS1234P", "21CSB0A07", "PES1UG22CS101", "2K21/CO/123", "CB.EN.U4CSE21020"),
        *("21bcs045", "21/CSE/123", "2021-ECE-12"),
    ],
)
def test_text_with_numbers_of_two_students_is_not_public_however_they_are_written(number: str) -> None:
    listed = a_notice(text=f"Come at 10:00, 14 Nov 2025.\n1 {number} A\n2 {number} B")
    assert not is_public(listed, public_pages=True)
    assert is_public(a_notice(text=f"Call {number} before 14 Nov 2025 17:00\nin 2026."), public_pages=True)


def test_what_is_not_public_is_for_its_year_for_whom_it_names_and_for_admins() -> None:
    readers = {
        "of the year": Reader(a_student()),
        "of another": Reader(a_student(year="202627")),
        "named, of another": asha("202627"),
        "admin": ADMIN,
    }
    found = {name: may_read(a_list(), reader, public_pages=True) for name, reader in readers.items()}
    assert found == {"of the year": True, "of another": False, "named, of another": True, "admin": True}


def test_what_is_for_the_named_alone_is_not_for_their_year() -> None:
    notice = a_list(audience=Audience(only_named=True))
    assert not may_read(notice, Reader(a_student()), public_pages=True)
    assert may_read(notice, asha(), public_pages=True)


def test_only_the_readers_own_line_is_found() -> None:
    entry = asha().entry(a_list())
    assert entry is not None
    assert entry.name == "Asha Rao"
    assert Reader(a_student()).entry(a_list()) is None
    assert Reader(a_student(enrollment_key="other"), secret=SECRET).entry(a_list()) is None
    assert STRANGER.entry(a_list()) is None


def test_list_is_left_out_of_the_text_and_its_html_is_not_shown() -> None:
    assert visible_html(a_list()) is None
    assert visible_html(a_notice()) == "<p>Apply now.</p>"
    assert visible_text(a_list(), ShowNames.COUNT, asha()) == "The following are invited.\nBring a pen."


def test_strangers_see_no_list_whatever_the_setting() -> None:
    assert "Asha" not in visible_text(a_list(), ShowNames.FULL, STRANGER)
    assert "Asha" in visible_text(a_list(), ShowNames.FULL, Reader(a_student()))
    assert "Asha" in visible_text(a_list(), ShowNames.FULL, Reader(None, is_admin=True))


def test_changed_fields_are_told_without_the_texts() -> None:
    changes = (Change(field="Venue", before=None, after="LT-1"), Change(field="Text", before="x", after="y"))
    assert field_changes(a_notice(changes=changes)) == changes[:1]


def test_changed_lines_are_told_but_for_those_that_name_students() -> None:
    after = a_list(revision=2, text=TEXT.replace(f"1 | {NUMBER} | Asha Rao\n", "").replace("a pen", "two pens\n"))

    found = text_change(a_list(), after)

    assert found is not None
    assert (found.removed, found.added) == (("Bring a pen.",), ("Bring two pens", "."))


def test_equal_and_endless_texts_are_not_compared() -> None:
    assert text_change(a_notice(), a_notice(revision=2)) is None
    assert text_change(a_notice(), a_notice(revision=2, text="x\n" * (COMPARED_LINES + 1))) is None


@pytest.mark.parametrize(
    "hidden",
    [
        "<del>21103012 Asha Rao</del><br><s>21103045 Devika Sehgal</s>",
        f"<p>{'word ' * 16_000}</p><p>21103012 Asha Rao</p><p>21103045 Devika Sehgal</p>",
    ],
)
def test_html_is_not_shown_for_a_list_that_the_text_leaves_out(hidden: str) -> None:
    html = sanitise(f"<p>Results.</p>{hidden}")
    notice = a_notice(html=html, text=to_text(html))

    assert "21103045" in html
    assert not names_students(notice)
    assert visible_html(notice) is None
