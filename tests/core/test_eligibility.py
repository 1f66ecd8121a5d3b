import pytest

from placement_alerts.core.delivery import DeliveryState, Priority
from placement_alerts.core.eligibility import deliveries_for, judge
from placement_alerts.core.student import OffReason
from tests.builders import NOW, a_delivery, a_notice, a_student, after, an_address

S = DeliveryState


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
