from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_alerts.core.mail import MailId
from placement_alerts.core.notice import ListedStudent, NoticeKind, Role
from placement_alerts.core.offer import Contribution, Offer, OfferEventKind, OfferRole, OfferStudent
from placement_alerts.core.offer_fold import completed, fold
from placement_alerts.core.offers import add, contribution_of_notice, published, tells_result, united, without
from tests.builders import NOW, YEAR, a_contribution, a_notice, after, facts

KEY = "brightwave systems"
MEERA = ("Meera Nair", "22103998")
KABIR = ("Kabir Sethi", "9922102997")


def merged(*contributions: Contribution, **values: Any) -> Offer:
    offer = None
    for one in contributions:
        offer = add(offer, one, YEAR, KEY, **values)
    assert offer is not None
    return offer


def chosen(name: str, enrollment: str | None, **values: Any) -> OfferStudent:
    """Return a row of a result that says nothing but who it is."""
    return OfferStudent(name=name, enrollment=enrollment, **({"offered_at": NOW} | values))


def mail(number: int, *students: OfferStudent, **values: Any) -> Contribution:
    """Return the contribution of the mail that was sent at that hour."""
    sent_at = after(hours=number)
    rows = tuple(one.model_copy(update={"offered_at": sent_at}) for one in students)
    defaults = {"students": rows, "sent_at": sent_at, "author": "T and P Office", "roles": (role(),)}
    return a_contribution(f"m{number}", **(defaults | values))


def role(name: str | None = "Software Engineer", package: float | None = 11.5, **values: Any) -> OfferRole:
    return OfferRole(role=name, package_lpa=package, **values)


few = settings(max_examples=25, deadline=None)
names = st.sampled_from(["Meera Nair", "Kabir Sethi", "Asha Rao", ""])
numbers = st.sampled_from([None, "22103998", "22103999", "9922102997"])
packages = st.sampled_from([None, 4.5, 9.0, 11.5])
rows = st.builds(
    lambda name, number, package, post: chosen(name, number, package_lpa=package, role=post),
    names,
    numbers,
    packages,
    st.sampled_from([None, "Software Engineer", "Test Engineer"]),
)
posts = st.builds(role, st.sampled_from([None, "Software Engineer", "software engineers", "Tester"]), packages)
mails = st.builds(
    lambda number, students, roles, place, joining: a_contribution(
        f"m{number}",
        students=tuple(students),
        roles=tuple(roles),
        locations=place,
        joining_date=joining,
        sent_at=NOW + timedelta(hours=number // 2),
    ),
    st.integers(0, 9),
    st.lists(rows, max_size=4),
    st.lists(posts, max_size=3),
    st.sampled_from([(), ("Noida",), ("Pune", "noida")]),
    st.sampled_from([None, "2026-07-01", "July"]),
)
lists = st.lists(mails, min_size=1, max_size=5, unique_by=lambda one: one.mail_id)


@few
@given(lists, st.randoms(use_true_random=False))
def test_the_order_of_arrival_plays_no_part(contributions: list[Contribution], random: Any) -> None:
    shuffled = contributions.copy()
    random.shuffle(shuffled)

    one, other = merged(*contributions), merged(*shuffled)

    assert one.model_copy(update={"pending": ()}) == other.model_copy(update={"pending": ()})


@few
@given(lists)
def test_the_same_mails_again_change_nothing(contributions: list[Contribution]) -> None:
    offer = merged(*contributions)

    again = offer
    for one in contributions:
        again = add(again, one, YEAR, KEY)

    assert again is offer


@few
@given(lists)
def test_nobody_who_has_a_number_is_lost(contributions: list[Contribution]) -> None:
    named = {student.enrollment for one in contributions for student in one.students if student.enrollment}

    offer = merged(*contributions)

    assert {student.enrollment for student in offer.students if student.enrollment} == named


@few
@given(lists)
def test_the_highest_package_of_a_student_is_kept(contributions: list[Contribution]) -> None:
    said = [student for one in contributions for student in completed(one).students if student.enrollment]
    offer = merged(*contributions)

    kept = {student.enrollment or "": student.package_lpa or 0.0 for student in offer.students}

    assert all(kept[student.enrollment or ""] >= (student.package_lpa or 0.0) for student in said)


@few
@given(lists)
def test_taking_a_mail_out_is_as_if_it_had_never_come(contributions: list[Contribution]) -> None:
    *others, last = contributions
    offer = merged(*contributions)

    left = without(offer, last.mail_id)

    assert (left.contributions if left else ()) == (merged(*others).contributions if others else ())
    assert (left.students if left else ()) == (merged(*others).students if others else ())


@few
@given(lists, lists)
def test_united_offers_are_as_if_all_mails_had_come_to_one(one: list[Contribution], other: list[Contribution]) -> None:
    others = [mail.model_copy(update={"mail_id": MailId(f"x{mail.mail_id}")}) for mail in other]
    kept = merged(*one)

    both = united(kept, merged(*others), KEY)

    assert both.students == merged(*one, *others).students
    assert united(both, merged(*others), KEY) is both


def test_an_offer_can_be_united_with_none() -> None:
    other = merged(mail(1, chosen(*MEERA)))

    both = united(None, other, "quandrix systems")

    assert (both.company_key, both.version, both.students) == ("quandrix systems", 1, other.students)
    assert both.id != other.id
    assert both.pending == other.pending


def test_a_higher_package_wins_with_its_role_and_the_lower_later_one_is_listed() -> None:
    offer = merged(
        mail(1, chosen(*MEERA, role="Software Engineer", package_lpa=11.5)),
        mail(2, chosen(*MEERA, role="Test Engineer", package_lpa=8.0)),
    )

    (student,) = offer.students
    assert (student.role, student.package_lpa) == ("Software Engineer", 11.5)
    assert offer.lowered == ("Meera Nair (22103998): 8 LPA by the mail of November 10, 2025; 11.5 LPA kept",)


def test_a_lower_package_that_came_first_is_not_listed() -> None:
    offer = merged(
        mail(1, chosen(*MEERA, role="Test Engineer", package_lpa=8.0)),
        mail(2, chosen(*MEERA, package_lpa=11.5), roles=()),
    )

    (student,) = offer.students
    assert (student.role, student.package_lpa, offer.lowered) == ("Test Engineer", 11.5, ())


def test_a_lower_package_of_a_role_is_listed() -> None:
    offer = merged(mail(1, roles=(role(None, 9.0), role())), mail(2, roles=(role(None, 8.0), role(package=10.0))))

    assert [line.partition(":")[0] for line in offer.lowered] == ["the role without a name", "Software Engineer"]


def test_a_student_without_number_in_a_lower_row_is_listed_by_name() -> None:
    offer = merged(
        mail(1, chosen("Meera Nair", None, package_lpa=9.0)),
        mail(2, chosen("MEERA  NAIR", None, package_lpa=8.0)),
    )

    assert offer.lowered[0].startswith("Meera Nair: 8 LPA")


def test_a_number_that_is_learnt_later_is_added_to_the_row() -> None:
    offer = merged(mail(1, chosen("Meera Nair", None)), mail(2, chosen("meera nair", "22103998")))

    (student,) = offer.students
    assert (student.enrollment, student.offered_at) == ("22103998", after(hours=1))


def test_a_row_without_number_is_nobody_of_several_with_that_name() -> None:
    offer = merged(
        mail(1, chosen("Asha Rao", "22103001"), chosen("Asha Rao", "22103002")),
        mail(2, chosen("Asha Rao", None)),
        mail(3, chosen("Asha Rao", None)),
    )

    assert [student.enrollment for student in offer.students] == ["22103001", "22103002", None]


def test_two_rows_of_one_list_are_two_people() -> None:
    offer = merged(
        mail(1, chosen("Asha Rao", "22103001"), chosen("Asha Rao", None)),
        mail(2, chosen("Asha Rao", None), chosen("Asha Rao", None)),
    )

    assert len(offer.students) == 3


def test_rows_without_name_and_number_are_never_taken_for_one_person() -> None:
    offer = merged(mail(1, chosen("", None)), mail(2, chosen("", None)))

    assert len(offer.students) == 2


def test_numbers_are_compared_without_spaces_and_case() -> None:
    offer = merged(mail(1, chosen("A", "ab 1234")), mail(2, chosen("A", "AB1234")))

    assert [student.enrollment for student in offer.students] == ["AB1234"]


def test_roles_are_one_in_any_spelling_and_the_higher_package_brings_its_details() -> None:
    offer = merged(
        mail(1, roles=(role("Software  Engineer", 9.0, details="9 fixed"),)),
        mail(2, roles=(role("software engineer", 11.5, details="9.5 fixed + 2 bonus"),)),
    )

    assert offer.roles == (role("Software  Engineer", 11.5, details="9.5 fixed + 2 bonus"),)


def test_a_role_without_name_that_says_no_more_than_a_named_one_is_left_out() -> None:
    offer = merged(mail(1, roles=(role(),)), mail(2, roles=(role(None, 11.5),)), mail(3, roles=(role(None, None),)))

    assert offer.roles == (role(),)


def test_details_are_not_taken_from_a_lower_package() -> None:
    offer = merged(mail(1, roles=(role(package=9.0, details="9 fixed"),)), mail(2, roles=(role(package=11.5),)))

    assert offer.roles == (role(package=11.5),)


def test_places_are_united_and_empty_never_overwrites() -> None:
    offer = merged(
        mail(1, locations=("Noida",), joining_date="2026-07-01", additional_info="Bond", author="Office"),
        mail(2, locations=("noida", "Pune"), subject="", author=None),
        mail(3, joining_date="2026-08-01"),
    )

    assert (offer.locations, offer.joining_date) == (("Noida", "Pune"), "2026-08-01")
    assert (offer.additional_info, offer.author) == ("Bond", "T and P Office")


def test_only_internships_make_an_internship_offer() -> None:
    assert merged(mail(1, internship_only=True)).internship_only
    assert not merged(mail(1, internship_only=True), mail(2)).internship_only


def test_what_follows_from_the_rest_of_the_mail_is_marked() -> None:
    one = mail(1, chosen(*MEERA), roles=(role(),), locations=("Noida",), joining_date="2026-07-01")

    (student,) = completed(one).students

    assert (student.role, student.package_lpa, student.location) == ("Software Engineer", 11.5, "Noida")
    assert student.inferred == ("role", "package_lpa", "location", "joining_date")
    assert completed(completed(one)) == completed(one)


def test_of_several_roles_the_one_of_the_same_name_gives_its_package() -> None:
    one = mail(1, chosen(*MEERA, role="tester"), roles=(role(), role("Tester", 8.0)), locations=("A", "B"))

    (student,) = completed(one).students

    assert (student.package_lpa, student.location, student.inferred) == (8.0, None, ("package_lpa",))


def test_what_was_told_is_not_overwritten_by_what_was_inferred() -> None:
    offer = merged(
        mail(1, chosen(*MEERA, role="Test Engineer", package_lpa=9.0, location="Noida"), roles=()),
        mail(2, chosen(*MEERA), roles=(role("Engineer", 9.0),), locations=("Pune",)),
    )

    (student,) = offer.students
    assert (student.role, student.location, student.inferred) == ("Test Engineer", "Noida", ())


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


def test_event_ids_come_from_year_company_and_mail() -> None:
    offers = [merged(mail(1)), merged(mail(2)), add(None, mail(1), "202627", KEY), add(None, mail(1), YEAR, "acme")]
    ids = {offer.pending[0].id for offer in offers}

    assert len(ids) == 4
    assert merged(mail(1)).pending[0].id in ids


def test_a_company_is_called_as_in_the_first_mail() -> None:
    assert merged(mail(2, company="BRIGHTWAVE SYSTEMS"), mail(1)).company == "Brightwave Systems"


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


def test_nothing_folds_to_nothing() -> None:
    assert fold([]).students == ()
