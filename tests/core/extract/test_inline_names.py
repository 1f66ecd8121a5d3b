import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.extract.students import find_students


def names_in(body: str) -> list[str | None]:
    return [one.name for one in find_students(from_plain("t", body), names_alone=True)]


@pytest.mark.parametrize(
    "body",
    [
        "The result is out. Asha Rao and Ben Dey have been selected by Acme Foods as Analyst.",
        "Asha Rao (CSE) & Ben Dey (IT) are shortlisted by Acme for the interview.",
        "We are happy that our students Ms. Asha Rao and Mr. Ben Dey have bagged offers from Acme.",
        "Acme has confirmed the selection of Asha Rao and Ben Dey as Analyst.",
        "Acme Foods has shortlisted Asha Rao, Ben Dey for the next round.",
        "Congratulations to Asha Rao and Ben Dey on getting placed at Acme.",
        "Our students Asha Rao, CSE, and Ben Dey, IT, have secured a placement at Acme.",
        "Asha Rao and Ben Dey will be joining Acme as interns.",
        "Asha Rao aur Ben Dey ka selection ho gaya.",
    ],
)
def test_a_sentence_names_the_selected_without_numbers(body: str) -> None:
    assert names_in(body) == ["Asha Rao", "Ben Dey"]


@pytest.mark.parametrize(
    "body",
    [
        "The following students of Acme Foods have been selected.",
        "Congratulations to Dr. Anita Rao on her award.",
        "Acme Foods has shortlisted 10 students.",
        "SSC Officers are selected through an interview.",
        "How I cracked Acme.",
        "Final Year students have been placed.",
        "Asha Rao has not been selected.",
    ],
)
def test_others_that_a_sentence_names_are_no_students(body: str) -> None:
    assert names_in(body) == []
