import pytest

from placement_alerts.core.document import Line, Link
from placement_alerts.core.mail import Attachment
from placement_alerts.core.mailtext.alias import years_of
from placement_alerts.core.mailtext.attached import attached_lines
from placement_alerts.core.mailtext.contacts import lines_without_contacts, without_contacts
from placement_alerts.core.mailtext.markup import to_html
from placement_alerts.core.mailtext.subjects import bare_subject, year_in_tags
from placement_alerts.core.notice import ListedStudent


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Fwd: FW: Re: Acme", "Acme"),
        ("[TIIT Placements] Acme", "Acme"),
        ("Fwd: [Placement-26] [URGENT] Acme", "[URGENT] Acme"),
        ("[b2026] Acme", "Acme"),
        ("RE[2]: Acme", "Acme"),
        ("Reminder: Acme", "Reminder: Acme"),
        ("Re: " * 20 + "Acme", "Re: " * 7 + "Re: Acme"),
        ("", ""),
    ],
)
def test_subject_loses_prefixes_and_tags_of_lists_only(subject: str, bare: str) -> None:
    assert bare_subject(subject, "b2026.googlegroups.com") == bare


@pytest.mark.parametrize(
    ("recipient", "years"),
    [
        ("alerts+202526@mail.example", ("202526",)),
        ("A <alerts+2025-26@mail.example>", ("202526",)),
        ("alerts+2025_26@mail.example", ("202526",)),
        ("alerts+202527@mail.example", ()),
        ("alerts+199900@mail.example", ()),
        ("alerts+unsubscribe@mail.example", ()),
        ("alerts+209900@mail.example", ("209900",)),
    ],
)
def test_alias_names_a_placement_year(recipient: str, years: tuple[str, ...]) -> None:
    assert years_of([recipient, recipient]) == years


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("23103001 Asha Rao asha@b.example 98765 43210", "23103001 Asha Rao"),
        ("Asha Rao (asha.rao@b.example) - 9922103002", "Asha Rao  - 9922103002"),
        ("1 | Asha Rao | 23103001 | asha@b.example | +91-9876543210", "1 | Asha Rao | 23103001"),
        ("23103001 Asha Rao 10:30 AM", "23103001 Asha Rao 10:30 AM"),
    ],
)
def test_contact_data_of_a_student_is_dropped_and_the_number_stays(line: str, bare: str) -> None:
    assert without_contacts(line, {"9922103002"}) == bare


def test_contact_data_of_the_office_stays() -> None:
    lines = ["23103001 Asha Rao, asha@b.example", "Write to office@b.example or call 9876543210"]

    assert lines_without_contacts(lines, [ListedStudent(name="Asha Rao", enrollment="23103001")]) == [
        "23103001 Asha Rao",
        "Write to office@b.example or call 9876543210",
    ]


def test_rows_of_an_attached_list_are_lines_and_other_files_are_none() -> None:
    listed = Attachment(
        name="a.xlsx", media_type="x", size_bytes=9, rows=(("Roll No", "Name"), ("23103001", "Asha\nRao"), ("", ""))
    )
    printed = Attachment(name="b.pdf", media_type="x", size_bytes=9, rows=(("23103002  Ben Dey",), ("Panel 1",)))
    terms = Attachment(name="jd.pdf", media_type="x", size_bytes=9, rows=(("We expect SQL",),))

    assert attached_lines([listed, printed, terms], 3) == (
        Line("Roll No | Name", ("Roll No", "Name"), 3),
        Line("23103001 | Asha Rao", ("23103001", "Asha Rao"), 3),
        Line("23103002 | Ben Dey", ("23103002", "Ben Dey"), 4),
        Line("Panel 1"),
    )


def test_html_is_made_of_the_kept_lines_with_their_links() -> None:
    lines = [
        Line("Results", heading=True),
        Line("Fill the form & wait"),
        Line("one", item=True),
        Line("two", item=True),
        Line("a | b", ("a", "b"), 1),
    ]
    links = [Link("https://a.example/f", "the form"), Link("https://a.example/g", "gone")]

    assert to_html(lines, links) == (
        '<h3>Results</h3><p>Fill <a href="https://a.example/f" rel="noopener noreferrer">the form</a> &amp; wait</p>'
        "<ul><li>one</li><li>two</li></ul><table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
        '<p><a href="https://a.example/g" rel="noopener noreferrer">https://a.example/g</a></p>'
    )


@pytest.mark.parametrize(
    ("subject", "year"),
    [
        ("[2026] Acme is hiring", "2026"),
        ("Fwd: [TIIT] [Batch of 2027] Acme", "2027"),
        ("[Placement 2026] Acme", ""),
        ("Acme [2026]", ""),
        ("", ""),
    ],
)
def test_tag_that_is_a_year_is_told(subject: str, year: str) -> None:
    assert year_in_tags(subject) == year
