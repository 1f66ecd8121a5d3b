from typing import Any

import pytest

from placement_alerts.core.delivery import DeliveryState, Priority
from placement_alerts.core.eligibility import NAMED, deliveries_for, enrollment_numbers, is_meant, judge, was_told
from placement_alerts.core.notice import Audience, ListedStudent, NoticeKind
from placement_alerts.core.student import Address, AddressId, OffReason, Student
from tests.builders import NOW, a_delivery, a_notice, a_student, after, an_address, facts

S = DeliveryState
LISTED = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="Meera Nair", enrollment="22103998"),))


def test_a_notice_goes_to_a_student_of_its_year() -> None:
    verdict = judge(a_notice(), a_student(), [])

    assert verdict.addresses == (an_address(),)


def test_another_years_student_gets_nothing_and_the_reason_says_so() -> None:
    verdict = judge(a_notice(), a_student(year="202627"), [])

    assert (verdict.addresses, verdict.reason) == ((), "of another year: 202627")


def test_a_student_whose_addresses_are_off_gets_nothing() -> None:
    verdict = judge(a_notice(), a_student(addresses=(an_address(off=OffReason.BLOCKED),)), [])

    assert (verdict.addresses, verdict.reason) == ((), "no address is on: blocked")


def test_a_student_without_address_gets_nothing() -> None:
    assert judge(a_notice(), a_student(addresses=()), []).reason == "has no address"


def test_who_joins_later_does_not_get_the_backlog() -> None:
    late = a_student(addresses=(an_address(on_since=after(seconds=1)),))

    verdict = judge(a_notice(), late, [])

    assert (verdict.addresses, verdict.reason) == ((), "joined after the notice was stored")


def test_a_change_that_matters_reaches_who_never_got_the_notice() -> None:
    assert judge(a_notice(revision=2, matters=True), a_student(), []).addresses


def test_a_small_change_does_not_reach_who_never_got_the_notice() -> None:
    verdict = judge(a_notice(revision=2), a_student(), [])

    assert (verdict.addresses, verdict.reason) == ((), "never got an earlier revision, and the change is small")


@pytest.mark.parametrize("state", [S.SENT, S.SEEN, S.SENDING, S.DUE, S.RETRYING, S.SUPERSEDED])
def test_a_small_change_follows_where_the_earlier_revision_went_or_would_have_gone(state: DeliveryState) -> None:
    assert judge(a_notice(revision=2), a_student(), [a_delivery(state=state)]).addresses


@pytest.mark.parametrize("state", [S.REFUSED, S.DEAD, S.EXPIRED, S.SUPPRESSED])
def test_a_small_change_does_not_follow_what_never_arrived(state: DeliveryState) -> None:
    assert judge(a_notice(revision=2), a_student(), [a_delivery(state=state)]).addresses == ()


def test_a_withdrawal_reaches_who_got_the_notice() -> None:
    assert judge(a_notice(revision=2, withdrawn=True), a_student(), [a_delivery(state=S.SENT)]).addresses


def test_a_withdrawal_reaches_who_possibly_got_the_notice() -> None:
    possibly = a_delivery(state=S.WITHDRAWN, possibly_delivered=1)

    assert judge(a_notice(revision=2, withdrawn=True), a_student(), [possibly]).addresses


def test_a_withdrawal_does_not_reach_who_never_got_the_notice() -> None:
    verdict = judge(a_notice(revision=2, withdrawn=True), a_student(), [a_delivery(state=S.WITHDRAWN)])

    assert (verdict.addresses, verdict.reason) == ((), "never got what is withdrawn")


def test_each_usable_address_gets_one_delivery() -> None:
    student = a_student(addresses=(an_address("7"), an_address("8"), an_address("9", off=OffReason.STOPPED)))

    rows = list(deliveries_for(a_notice(urgent=True), student, [], NOW))

    assert [(row.target, row.state, row.priority) for row in rows] == [
        ("7", S.DUE, Priority.URGENT),
        ("8", S.DUE, Priority.URGENT),
    ]


def test_a_student_who_is_not_told_has_one_row_that_says_why() -> None:
    (row,) = deliveries_for(a_notice(), a_student(year="202627"), [], NOW)

    assert (row.state, row.address_id, row.reason) == (S.SUPPRESSED, None, "of another year: 202627")


def test_numbers_are_read_from_a_list_as_they_are_compared_each_once() -> None:
    written = ("22103998", "iit2021045", " 2210 3998", "not a number", None)
    students = [ListedStudent(name="A", enrollment=number) for number in written]

    assert enrollment_numbers(students) == ("22103998", "IIT2021045")


@pytest.mark.parametrize(
    "student",
    [
        a_student(),
        a_student(year="202627"),
        a_student(addresses=(an_address(on_since=after(days=1)),)),
    ],
)
def test_a_listed_student_is_told_whatever_their_year_and_since_when(student: Student) -> None:
    (row,) = deliveries_for(a_notice(facts=LISTED), student, [], NOW, listed=True)

    assert (row.personal, row.priority, row.state, row.reason) == (True, Priority.URGENT, S.DUE, NAMED)


def test_a_listed_student_whose_addresses_are_off_is_not_told() -> None:
    student = a_student(year="202627", addresses=(an_address(off=OffReason.STOPPED),))

    (row,) = deliveries_for(a_notice(facts=LISTED), student, [], NOW, listed=True)

    assert (row.state, row.personal, row.reason) == (S.SUPPRESSED, False, "no address is on: stopped")


def test_who_is_not_listed_gets_an_ordinary_delivery() -> None:
    (row,) = deliveries_for(a_notice(facts=LISTED), a_student(), [], NOW)

    assert (row.personal, row.priority) == (False, Priority.NORMAL)


def test_a_small_change_reaches_who_is_listed_by_it_and_never_got_the_notice() -> None:
    (row,) = deliveries_for(a_notice(revision=2, facts=LISTED), a_student(), [], NOW, listed=True)

    assert (row.personal, row.priority) == (True, Priority.URGENT)


def test_who_was_told_already_is_not_urgent_again_for_a_small_change() -> None:
    told = a_delivery(personal=True, state=S.SENT, message_ids=("1",))

    (row,) = deliveries_for(a_notice(revision=2, facts=LISTED), a_student(), [told], NOW, listed=True)

    assert (row.personal, row.priority) == (True, Priority.NORMAL)


def test_a_change_that_matters_is_urgent_for_who_is_listed() -> None:
    told = a_delivery(personal=True, state=S.SENT, message_ids=("1",))

    (row,) = deliveries_for(a_notice(revision=2, matters=True, facts=LISTED), a_student(), [told], NOW, listed=True)

    assert row.priority is Priority.URGENT


def test_a_withdrawn_list_reaches_who_got_it_and_nobody_else() -> None:
    gone = a_notice(revision=2, withdrawn=True, facts=LISTED)
    stranger = a_student(year="202627")

    assert judge(gone, stranger, [], listed=True).addresses == ()
    assert judge(gone, stranger, [a_delivery(state=S.SENT)], listed=True).addresses == stranger.addresses


def test_who_drops_off_a_list_of_another_year_gets_the_notice_as_it_reads_now() -> None:
    had = a_delivery(personal=True, state=S.SENT, message_ids=("1",))

    (row,) = deliveries_for(a_notice(revision=2), a_student(year="202627"), [had], NOW)

    assert (row.state, row.personal) == (S.DUE, False)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], False),
        ([{"state": S.SENT, "message_ids": ("1",)}], False),
        ([{"personal": True, "state": S.SENT, "message_ids": ("1",)}], True),
        ([{"personal": True, "state": S.SUPERSEDED}], False),
        # cut short: the first part, with the heading, came as a new message
        ([{"personal": True, "state": S.SUPERSEDED, "message_ids": ("1",)}], True),
        # cut short while a message that stood there was edited: no sound was made yet
        ([{"state": S.SENT, "message_ids": ("1",)}, {"personal": True, "message_ids": ("1",)}], False),
        ([{"state": S.SENT}, {"personal": True, "message_ids": ("1",), "announced_id": "2"}], True),
    ],
)
def test_a_student_was_told_if_the_heading_came_with_a_sound(rows: list[dict[str, Any]], told: bool) -> None:
    assert was_told([a_delivery(revision=number, **row) for number, row in enumerate(rows, 1)]) is told


CSE_ONLY = Audience(branches=("CSE",))
NAMED_ONLY = Audience(only_named=True)
BY_TELEGRAM = Audience(channels=("telegram",))
PUSH = Address(id=AddressId("p7"), channel="webpush", value="https://push.example/7", on_since=NOW)


def test_a_student_of_another_branch_is_left_out_with_the_reason() -> None:
    verdict = judge(a_notice(audience=CSE_ONLY), a_student(branch="ECE"), [])

    assert (verdict.addresses, verdict.reason) == ((), "of another branch: ECE")


@pytest.mark.parametrize("branch", ["CSE", None])
def test_a_student_of_the_branch_or_of_unknown_branch_is_reached(branch: str | None) -> None:
    assert judge(a_notice(audience=CSE_ONLY), a_student(branch=branch), []).addresses


def test_who_is_named_is_meant_whatever_their_branch() -> None:
    student = a_student(branch="ECE")

    assert judge(a_notice(audience=CSE_ONLY), student, [], listed=True).reason == NAMED


def test_a_notice_for_named_students_reaches_them_alone() -> None:
    notice = a_notice(audience=NAMED_ONLY, facts=LISTED)

    assert judge(notice, a_student(), [], listed=True).addresses
    assert judge(notice, a_student(), []).reason == "not named in the notice"


def test_only_the_channels_that_the_office_chose_carry_a_notice() -> None:
    student = a_student(addresses=(an_address(), PUSH))

    assert judge(a_notice(audience=BY_TELEGRAM), student, []).addresses == (an_address(),)


def test_a_student_without_an_address_on_the_chosen_channels_is_not_told() -> None:
    assert judge(a_notice(audience=BY_TELEGRAM), a_student(addresses=(PUSH,)), []).reason == "has no address"


@pytest.mark.parametrize("audience", [CSE_ONLY, NAMED_ONLY])
@pytest.mark.parametrize("values", [{"withdrawn": True}, {}, {"matters": True}])
def test_who_got_a_notice_is_told_what_becomes_of_it_though_the_office_means_others_now(
    values: dict[str, Any], audience: Audience
) -> None:
    had = a_delivery(state=S.SENT)
    student = a_student(branch="ECE", addresses=(an_address(), an_address("8")))

    verdict = judge(a_notice(revision=2, audience=audience, **values), student, [had], [a_notice()])

    assert verdict.addresses == (an_address(),)


def test_who_was_only_planned_is_left_out_as_soon_as_the_office_means_others() -> None:
    verdict = judge(
        a_notice(revision=2, audience=CSE_ONLY), a_student(branch="ECE"), [a_delivery(state=S.SUPERSEDED)], [a_notice()]
    )

    assert (verdict.addresses, verdict.reason) == ((), "of another branch: ECE")


def test_a_withdrawal_follows_to_a_channel_that_is_not_chosen_any_more() -> None:
    student = a_student(addresses=(an_address(), PUSH))
    had = [a_delivery(state=S.SENT), a_delivery(state=S.SENT, id="n1.1.p7", address_id=PUSH.id, channel="webpush")]

    verdict = judge(a_notice(revision=2, withdrawn=True, audience=BY_TELEGRAM), student, had, [a_notice()])

    assert verdict.addresses == (an_address(), PUSH)


@pytest.mark.parametrize("audience", [CSE_ONLY, NAMED_ONLY])
def test_who_is_meant_since_a_small_change_gets_the_notice(audience: Audience) -> None:
    left_out = a_delivery(state=S.SUPPRESSED, address_id=None, channel="")

    verdict = judge(a_notice(revision=2), a_student(branch="ECE"), [left_out], [a_notice(audience=audience)])

    assert (verdict.addresses, verdict.reason) == ((an_address(),), "meant by the office since this revision")


def test_a_channel_that_is_chosen_by_a_small_change_carries_the_notice_too() -> None:
    student = a_student(addresses=(an_address(), PUSH))

    verdict = judge(a_notice(revision=2), student, [a_delivery(state=S.SENT)], [a_notice(audience=BY_TELEGRAM)])

    assert verdict.addresses == (an_address(), PUSH)


def test_who_was_meant_and_not_reached_gets_no_small_change_because_of_the_audience() -> None:
    left_out = a_delivery(state=S.SUPPRESSED, address_id=None, channel="")

    verdict = judge(
        a_notice(revision=2), a_student(branch="CSE"), [left_out], [a_notice(audience=CSE_ONLY)]
    )  # fmt: skip

    assert verdict.addresses == ()


def test_nobody_new_is_told_of_a_withdrawal() -> None:
    left_out = a_delivery(state=S.SUPPRESSED, address_id=None, channel="")

    verdict = judge(
        a_notice(revision=2, withdrawn=True), a_student(branch="ECE"), [left_out], [a_notice(audience=CSE_ONLY)]
    )

    assert verdict.addresses == ()


@pytest.mark.parametrize(
    ("student", "listed", "meant"),
    [
        (a_student(addresses=()), False, True),
        (a_student(branch="ECE"), False, False),
        (a_student(branch="ECE"), True, True),
        (a_student(year="202627"), False, False),
        (a_student(year="202627"), True, True),
    ],
)
def test_who_is_meant_does_not_depend_on_how_they_are_reached(student: Student, listed: bool, meant: bool) -> None:
    assert is_meant(a_notice(audience=CSE_ONLY), student, listed=listed) is meant
