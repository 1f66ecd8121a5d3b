import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.relevance import Surroundings, not_for_students

PRIVATE = Surroundings(senders=(("Asha Rao", None),))


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Security alert", "We noticed a new sign-in to your account."),
        ("Your password was changed", "If you did not change it, recover your account."),
        ("Delivery Status Notification (Failure)", "Address not found"),
        ("Out of office", "I am out of office till Monday and will respond on return."),
        ("Accepted: sync @ Wed", "Asha has accepted this invitation."),
        ("Notes", 'Asha shared a document with you: "Notes"'),
        ("Receipt", "INR 500 was debited from your account."),
        ("Acme Registration", "Thanks for filling out Acme Registration. Here's what was received."),
        ("kal ka plan??", "movie ka kya scene hai? 6:45 wala show, 3 tickets le lu kya"),
        ("query", "Sir my name is not in the list of Acme even though I cleared all rounds.\nAsha, BT22ECE033"),
        ("Request", "Respected Sir,\nMy name is Asha. I request you to allow me to sit in the test.\nYours faithfully"),
        ("You are selected", "Dear Customer, your pre-approved loan of Rs. 5,00,000 expires on Friday. Apply now."),
        ("Lunch", "Kamal ji, please arrange lunch for the panel of Acme and a cab from the airport."),
        ("Hall", "Please put up the banner, book the projector and raise the bill."),
        ("Sale", "Flat 50% off! Limited seats. Enrol now with coupon A1."),
    ],
)
def test_what_is_nothing_for_students_is_told_with_its_reason(title: str, body: str) -> None:
    assert not_for_students(from_plain(title, body), PRIVATE, 0)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Cyber awareness", "Dear students, a session on phishing and password safety is on Monday in LT-2."),
        ("Acme Labs", "Dear Sir, we are looking for interns. I am attaching the JD. Let me know the names."),
        ("Visit", "Dear students, lunch and tea are served in the guest house; arrange a cab yourselves."),
        ("Office closed", "The T&P office is closed on Friday."),
        ("Joining", "Dear Asha, your joining is moved."),
    ],
)
def test_mail_of_the_office_and_of_companies_is_for_students(title: str, body: str) -> None:
    assert not_for_students(from_plain(title, body), Surroundings(senders=(("T&P Cell", None),)), 0) is None


def test_letter_that_lists_students_is_for_students() -> None:
    body = "Respected Sir, I am sending my list. I have selected 23103001 Asha Rao and 23103002 Ben Dey."

    assert not_for_students(from_plain("List", body), PRIVATE, 2) is None


def test_answer_without_words_of_its_own_is_nothing() -> None:
    around = Surroundings(is_answer=True, own_words=False, has_list=True)

    assert not_for_students(from_plain("Re: Acme", "Noted"), around, 0) == "it answers a mail without saying anything"


def test_list_is_trusted_to_carry_the_offices_matters() -> None:
    assert not_for_students(from_plain("hi", "see you"), Surroundings(has_list=True), 0) is None


ANSWER = Surroundings(senders=(("Asha Rao", None),), is_answer=True)


@pytest.mark.parametrize(
    "body",
    [
        "Thank you so much sir!! Means a lot to me.",
        "Noted sir.",
        "Sir kindly tell if 2024 passouts can apply?",
        "Sir I have filled the form.",
        "Congratulations Asha",
    ],
)
def test_thanks_below_an_inherited_subject_are_nothing_for_students(body: str) -> None:
    assert not_for_students(from_plain("Final selection list - Acme Ltd", body), ANSWER, 0, is_concrete=True)


@pytest.mark.parametrize(
    "body",
    [
        "Thanks. The venue is now the Main Hall.",
        "Thanks, the talk is on 5 March.",
        "Sir, it is at 10 am.",
        "Dear all, thanks for coming.",
        "Thanks, see https://a.example/list",
    ],
)
def test_answer_that_says_more_than_thanks_may_be_for_students(body: str) -> None:
    assert not_for_students(from_plain("Final selection list - Acme", body), ANSWER, 0, is_concrete=True) is None
