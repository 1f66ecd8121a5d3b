from typing import Any

import pytest

from placement_alerts.core.mail import Attachment, Mail
from placement_alerts.core.mail_review import (
    CELLS_KEPT,
    HISTORY,
    TEXT_KEPT,
    bounded,
    copy_digest,
    held_review,
    is_irrelevant,
    why_held,
)
from placement_alerts.core.notice import NoticeKind
from tests.builders import NOW, YEAR, a_mail, facts, understood_mail


def a_file(name: str = "list.pdf", **values: Any) -> Attachment:
    return Attachment(name=name, media_type="application/pdf", **({"size_bytes": 9} | values))


def test_a_trusted_mail_that_is_whole_and_clear_is_not_held() -> None:
    assert why_held(a_mail(), understood_mail(facts=facts()), YEAR) == ()


@pytest.mark.parametrize(
    ("mail", "understood", "year", "why"),
    [
        ({"distrust": "stranger"}, {}, YEAR, ["stranger"]),
        ({"damaged": "too large"}, {"held": "it was not read whole: too large"}, YEAR, ["too large"]),
        ({}, {"held": "contradictory"}, YEAR, ["contradictory"]),
        ({}, {}, None, ["it is addressed to the placement year 203031, which is not in years.offered"]),
        ({}, {"kind": NoticeKind.POLICY}, YEAR, ["it does not say for which graduating year this policy is"]),
        (
            {"distrust": "stranger"},
            {"kind": NoticeKind.OFFER},
            YEAR,
            ["stranger", "it tells a final result, but company, students or package are missing"],
        ),
    ],
)
def test_each_reason_to_hold_is_told(
    mail: dict[str, Any], understood: dict[str, Any], year: str | None, why: list[str]
) -> None:
    reading = understood_mail(facts=facts(**understood), year="203031", contribution=None, graduating_year=None)

    assert list(why_held(a_mail(**mail), reading, year)) == why


@pytest.mark.parametrize(
    ("mail", "values", "dropped"),
    [
        ({"distrust": "stranger"}, {}, True),
        ({}, {"held": "contradictory"}, False),
        ({"damaged": "too large"}, {}, False),
        ({}, {"kind": NoticeKind.ANNOUNCEMENT}, False),
    ],
)
def test_only_what_is_certainly_irrelevant_is_dropped(
    mail: dict[str, Any], values: dict[str, Any], dropped: bool
) -> None:
    reading = understood_mail(facts=facts(**({"kind": NoticeKind.IRRELEVANT} | values)))

    assert is_irrelevant(a_mail(**mail), reading) is dropped


def test_a_question_about_history_says_so_and_wakes_nobody() -> None:
    review = held_review(a_mail(), None, YEAR, ("stranger",), NOW, history=True)

    assert (review.told, review.reasons, review.facts) == (True, ("stranger", HISTORY), None)


def test_a_question_is_one_line_and_fits_a_button() -> None:
    mail = a_mail("<" + "x" * 900 + "@example.org>", subject="a\nb " + "c" * 900)

    review = held_review(mail, understood_mail(), YEAR, ("d" * 900,), NOW, history=False)

    assert len(review.id) < 20
    assert (len(review.title), len(review.reasons[0])) == (150, 300)
    assert "\n" not in review.title
    assert held_review(a_mail(subject=" "), None, YEAR, (), NOW, history=False).title == "(no subject)"


def test_a_held_mail_is_kept_within_bounds() -> None:
    rows = (("x" * 1000,),) * 300
    mail = bounded(
        a_mail(text="t" * 10**6, html="h" * 10**6, attachments=(a_file("a", rows=rows), a_file("b", rows=rows)) * 40)
    )

    kept = [len(cell) for one in mail.attachments for row in one.rows for cell in row]
    assert (len(mail.text), len(mail.html), len(mail.attachments)) == (TEXT_KEPT, TEXT_KEPT, 50)
    assert sum(kept) <= CELLS_KEPT
    assert mail.attachments[0].unread == "too long to be kept whole"


def test_a_mail_of_usual_size_is_kept_as_it_is() -> None:
    mail = a_mail(attachments=(a_file(rows=(("Meera", "22103998"),)), a_file(unread="a scan")))

    assert bounded(mail) == mail


@pytest.mark.parametrize(
    "other",
    [
        (a_mail(), understood_mail(digest="d2"), YEAR),
        (a_mail(), understood_mail(digest="d1"), "202627"),
        (a_mail(), understood_mail(digest="d1", title="Another"), YEAR),
        (a_mail(), understood_mail(digest="d1", facts=facts(kind=NoticeKind.REMINDER)), YEAR),
        (a_mail(), understood_mail(digest="d1", facts=facts(deadline=NOW)), YEAR),
        (a_mail(), understood_mail(digest="d1", facts=facts(event_at=NOW)), YEAR),
        (a_mail(attachments=(a_file(rows=(("22103998", "9 LPA"),)),)), understood_mail(digest="d1"), YEAR),
        (a_mail(attachments=(a_file(unread="a scan"),)), understood_mail(digest="d1"), YEAR),
        (a_mail(attachments=(a_file(unread="a scan", size_bytes=10),)), understood_mail(digest="d1"), YEAR),
    ],
)
def test_what_differs_for_students_is_no_copy(other: tuple[Mail, Any, str]) -> None:
    assert copy_digest(*other) != copy_digest(a_mail(), understood_mail(digest="d1"), YEAR)


def test_a_forwarded_copy_is_one() -> None:
    one, other = understood_mail(digest="d1", title="Final result"), understood_mail(digest="d1", title="Final  Result")

    assert copy_digest(a_mail(), one, YEAR) == copy_digest(a_mail("<m2>", subject="Fwd: Final result"), other, YEAR)


def test_a_file_that_lists_nobody_makes_no_difference() -> None:
    with_file = a_mail(attachments=(a_file(rows=(("About us",),)),))

    one, other = (copy_digest(mail, understood_mail(digest="d1"), YEAR) for mail in (with_file, a_mail()))
    assert one == other


def test_without_a_digest_nothing_is_a_copy() -> None:
    assert copy_digest(a_mail(), understood_mail(digest=""), YEAR) is None
