"""What a company's mails make together, in whatever order they came."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placement_alerts.core.mail import MailId
from placement_alerts.core.offer import Contribution
from placement_alerts.core.offer_fold import completed, fold
from placement_alerts.core.offers import add, united, without
from tests.builders import NOW, YEAR, a_contribution, after
from tests.core.offer_mails import KEY, MEERA, chosen, mail, merged, role

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


def test_a_company_is_called_as_in_the_first_mail() -> None:
    assert merged(mail(2, company="BRIGHTWAVE SYSTEMS"), mail(1)).company == "Brightwave Systems"


def test_nothing_folds_to_nothing() -> None:
    assert fold([]).students == ()
