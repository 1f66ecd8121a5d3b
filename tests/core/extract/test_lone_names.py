import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.extract.lone_names import find_lone_names


def names_of(body: str) -> list[str | None]:
    return [one.name for one in find_lone_names(from_plain("t", body))]


@pytest.mark.parametrize(
    "said", ["- you have cleared the OA of Acme.", "you've been selected for round 2", ": you all are shortlisted"]
)
def test_persons_whom_a_sentence_addresses_are_named(said: str) -> None:
    assert names_of(f"Asha Rao, Ben Dey and Uma Roy {said}") == ["Asha Rao", "Ben Dey", "Uma Roy"]


@pytest.mark.parametrize(
    "body",
    [
        "Dear all, you have cleared it",
        "Aptitude Test, Group Discussion - you cleared both",
        "Asha Rao, you are selected",
    ],
)
def test_sentence_that_addresses_no_list_of_names_names_nobody(body: str) -> None:
    assert names_of(body) == []


@pytest.mark.parametrize(
    "lead",
    ["round 1 clear karne walon ki list 👇", "Selected students:", "The shortlist is as below", "NOC is issued to:"],
)
def test_block_of_names_below_an_announced_list_is_read(lead: str) -> None:
    assert names_of(f"{lead}\n\nAsha Rao\nBen K Dey\nUma Roy\n\nReport at 10 am.") == [
        "Asha Rao",
        "Ben K Dey",
        "Uma Roy",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Selected students will go through:\nGroup Discussion\nTechnical Interview",
        "Students should bring the following:\nAadhar Card\nMark Sheet",
        "List of companies is as below:\nAcme Labs\nKestrel Systems",
        "Names of the tests cleared:\nVerbal Ability\nLogical Reasoning",
        "Selected students can choose from:\nNavi Mumbai\nGreater Noida",
        "Names of absent students:\nAsha Rao\nBen Dey",
        "Thanks for coming.\nAsha Rao\nBen Dey",
        "Selected students:\nAsha Rao\nReport at 10 am.",
    ],
)
def test_lines_of_another_matter_name_nobody(body: str) -> None:
    assert names_of(body) == []
