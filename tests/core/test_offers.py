"""What an offer has to tell its readers: each thing once, and nothing of what they know."""

from typing import Any

import pytest

from placement_alerts.core.notice import ListedStudent, NoticeKind, Role
from placement_alerts.core.offer import OfferEventKind
from placement_alerts.core.offers import add, contribution_of_notice, published, tells_result, united, without
from tests.builders import YEAR, a_notice, facts
from tests.core.offer_mails import KABIR, KEY, MEERA, chosen, mail, merged, role


def test_the_first_mail_of_a_company_is_a_new_offer() -> None:
    offer = merged(mail(1, chosen(*MEERA)))

    (event,) = offer.pending
    assert (event.kind, event.total_students, event.archived) == (OfferEventKind.NEW, 1, False)
    assert [student.name for student in event.students] == ["Meera Nair"]


def test_an_update_names_only_who_is_new() -> None:
    offer = merged(mail(1, chosen(*MEERA)), mail(2, chosen(*MEERA), chosen(*KABIR)))

    event = offer.pending[1]
    assert (event.kind, event.total_students) == (OfferEventKind.MORE_STUDENTS, 2)
    assert [student.name for student in event.students] == ["Kabir Sethi"]


def test_a_change_alone_tells_old_and_new_without_naming_anybody() -> None:
    first = mail(1, chosen(*MEERA), roles=(role(package=9.0),), locations=("Noida",), joining_date="July")
    second = mail(2, chosen(*MEERA), roles=(role(), role("Tester", None)), locations=("Pune",))

    event = merged(first, second.model_copy(update={"joining_date": "2026-07-01"})).pending[1]

    assert event.kind is OfferEventKind.CHANGED
    assert event.students == ()
    assert [(change.field, change.before, change.after) for change in event.changes] == [
        ("Role", "Software Engineer (9 LPA)", "Software Engineer (11.5 LPA)"),
        ("Role", None, "Tester"),
        ("Location", "Noida", "Noida, Pune"),
        ("Joining date", "July", "2026-07-01"),
    ]


def test_who_was_known_by_name_alone_is_named_when_a_number_is_learnt() -> None:
    first = merged(mail(1, chosen("Meera Nair", None), chosen(*KABIR)))

    offer = add(first, mail(2, chosen(*MEERA), chosen(*KABIR)), YEAR, KEY)

    event = offer.pending[-1]
    assert (event.kind, event.students, len(offer.students)) == (OfferEventKind.CHANGED, (), 2)
    assert [(one.name, one.enrollment) for one in event.identified] == [MEERA]
    assert [(one.field, one.before, one.after) for one in event.changes] == [
        ("Enrollment numbers", None, "1 of those named before")
    ]


def test_a_number_that_is_known_already_names_nobody_again() -> None:
    first = merged(mail(1, chosen("Meera Nair", None)), mail(2, chosen(*MEERA)))

    assert add(first, mail(3, chosen(*MEERA)), YEAR, KEY).pending == first.pending


def test_other_packages_of_students_are_counted_for_each_pair() -> None:
    people = [chosen(f"P{number}", f"2210300{number}") for number in range(3)]
    first = mail(1, *(one.model_copy(update={"package_lpa": 9.0}) for one in people), roles=(role(package=11.5),))
    raised = [one.model_copy(update={"package_lpa": 11.5}) for one in people[:2]]
    unnamed = chosen("P2", None, package_lpa=10.0)

    event = merged(first, mail(2, *raised, unnamed, roles=(role(package=11.5),))).pending[1]

    assert [(change.field, change.before, change.after) for change in event.changes] == [
        ("Package of 2 students", "9 LPA", "11.5 LPA"),
        ("Package of 1 student", "9 LPA", "10 LPA"),
    ]


def test_a_mail_that_says_nothing_new_is_no_event() -> None:
    offer = merged(mail(1, chosen(*MEERA)), mail(2, chosen(*MEERA)))

    assert len(offer.pending) == 1
    assert offer.version == 2


def test_what_something_else_tells_is_no_event() -> None:
    assert merged(mail(1, chosen(*MEERA)), announce=False).pending == ()


def test_history_is_marked_in_its_event() -> None:
    assert merged(mail(1, chosen(*MEERA)), archived=True).pending[0].archived


def test_a_corrected_reading_replaces_the_first_and_what_waits_is_told_anew() -> None:
    offer = merged(mail(1, chosen(*MEERA)), mail(1, chosen(*KABIR)))

    (event,) = offer.pending
    assert [student.name for student in offer.students] == ["Kabir Sethi"]
    assert [student.name for student in event.students] == ["Kabir Sethi"]


def test_a_corrected_reading_of_what_was_told_is_not_told_again() -> None:
    told = published(merged(mail(1, chosen(*MEERA))), {merged(mail(1)).pending[0].id})
    assert told is not None

    offer = add(told, mail(1, chosen(*KABIR)), YEAR, KEY)

    assert offer.pending == ()
    assert [student.name for student in offer.students] == ["Kabir Sethi"]


def test_a_correction_that_takes_back_all_that_was_new_leaves_no_event() -> None:
    first, second = mail(1, chosen(*MEERA)), mail(2, chosen(*KABIR))
    offer = merged(first, second)

    offer = add(offer, mail(2, chosen(*MEERA)), YEAR, KEY)

    assert [event.mail_id for event in offer.pending] == ["m1"]


def test_what_is_published_is_taken_out_once() -> None:
    offer = merged(mail(1))

    left = published(offer, {offer.pending[0].id})

    assert left is not None
    assert (left.pending, left.version) == ((), offer.version + 1)
    assert published(left, {offer.pending[0].id}) is None


def test_a_mail_that_says_nothing_of_an_offer_is_not_taken_out() -> None:
    offer = merged(mail(1))

    assert without(offer, "other") is offer


def test_an_offer_can_be_united_with_none() -> None:
    other = merged(mail(1, chosen(*MEERA)))

    both = united(None, other, "quandrix systems")

    assert (both.company_key, both.version, both.students) == ("quandrix systems", 1, other.students)
    assert both.id != other.id
    assert both.pending == other.pending


def test_event_ids_come_from_year_company_and_mail() -> None:
    offers = [merged(mail(1)), merged(mail(2)), add(None, mail(1), "202627", KEY), add(None, mail(1), YEAR, "acme")]
    ids = {offer.pending[0].id for offer in offers}

    assert len(ids) == 4
    assert merged(mail(1)).pending[0].id in ids


def test_a_result_of_the_portal_contributes_what_it_says() -> None:
    row = "<table><tr><td>Meera Nair</td><td>22103998</td></tr></table>"
    html = f"<p>Final result: Brightwave Systems. CTC: 11.5 LPA</p>{row}"
    students = (ListedStudent(name="Meera Nair", enrollment="22103998"),)
    told = facts(kind=NoticeKind.OFFER, students=students, roles=(Role(role="Software Engineer", package_lpa=11.5),))

    contribution = contribution_of_notice(a_notice(html=html, title="Final result", facts=told))

    assert contribution is not None
    assert (contribution.mail_id, contribution.company) == ("n1", "Brightwave Systems")
    assert [student.enrollment for student in contribution.students] == ["22103998"]


@pytest.mark.parametrize(
    "values", [{}, {"kind": NoticeKind.OFFER}, {"kind": NoticeKind.OFFER, "held": "contradictory evidence"}]
)
def test_what_is_no_whole_result_contributes_nothing(values: dict[str, Any]) -> None:
    notice = a_notice(facts=facts(**values))

    assert not tells_result(notice)
    assert contribution_of_notice(notice) is None
