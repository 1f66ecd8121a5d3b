import pytest

from placement_alerts.core.changes import compare, differences, first_new_line
from placement_alerts.core.notice import ListedStudent, NoticeKind
from tests.builders import a_job, a_notice, after, facts


def test_a_moved_deadline_is_announced_with_both_moments() -> None:
    before = a_notice(facts=facts(deadline=after(days=2)))

    verdict = compare(before, a_notice(facts=facts(deadline=after(days=4))))

    assert verdict.announcement == "Deadline moved: 12 Nov 12:00 → 14 Nov 12:00"
    assert verdict.matters


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"venue": "LT-2"}, "Venue changed: LT-1 → LT-2"),
        ({"event_at": after(days=2)}, "When moved: 11 Nov 12:00 → 12 Nov 12:00"),
        ({"min_cgpa": 8.0}, "Eligibility changed: 7 CGPA and above → 8 CGPA and above"),
    ],
)
def test_each_change_that_matters_is_named(change: dict[str, object], line: str) -> None:
    base = facts(venue="LT-1", event_at=after(days=1), min_cgpa=7.0)

    verdict = compare(a_notice(facts=base), a_notice(facts=base.model_copy(update=change)))

    assert verdict.announcement == line
    assert verdict.matters


def test_several_changes_share_one_line() -> None:
    before, changed = facts(venue="LT-1"), facts(venue="LT-2", deadline=after(days=4))

    verdict = compare(a_notice(facts=before), a_notice(facts=changed))

    assert verdict.announcement == "Venue changed: LT-1 → LT-2; Deadline moved: 13 Nov 12:00 → 14 Nov 12:00"


def test_a_detail_that_was_read_later_is_shown_and_not_announced() -> None:
    before = a_notice(job=a_job(package_rupees=None), announces_job=True)

    verdict = compare(before, before.model_copy(update={"job": a_job(package_rupees=1_150_000)}))

    assert [change.field for change in verdict.changes] == ["CTC on the portal"]
    assert verdict.announcement is None
    assert not verdict.matters


def test_a_deadline_that_appears_is_announced() -> None:
    verdict = compare(a_notice(facts=facts(deadline=None)), a_notice(facts=facts(deadline=after(days=4))))

    assert verdict.announcement == "Deadline: 14 Nov 12:00"


def test_a_value_that_disappears_is_shown_and_not_announced() -> None:
    verdict = compare(a_notice(facts=facts(venue="LT-1")), a_notice(facts=facts(venue=None)))

    assert [(change.field, change.before, change.after) for change in verdict.changes] == [("Venue", "LT-1", None)]
    assert verdict.announcement is None


def test_new_text_is_quoted_without_a_sound() -> None:
    verdict = compare(a_notice(text="Apply now."), a_notice(text="Apply now.\nCarry two copies of the CV."))

    assert verdict.announcement == "Text changed: “Carry two copies of the CV.”"
    assert not verdict.matters


def test_punctuation_alone_is_not_announced() -> None:
    verdict = compare(a_notice(title="Test link", text="Apply  now"), a_notice(title="Test link!", text="Apply now."))

    assert verdict.announcement is None


def test_a_new_title_is_announced() -> None:
    verdict = compare(a_notice(title="Drive on Monday"), a_notice(title="Drive on Tuesday"))

    assert verdict.announcement == "New title: Drive on Tuesday"


def test_a_posting_that_joins_its_job_announces_no_text() -> None:
    verdict = compare(a_notice(posted=False, text=""), a_notice(posted=True, text="Dear students, apply."))

    assert verdict.announcement is None


@pytest.mark.parametrize(("withdrawn", "line"), [(True, "Withdrawn by the placement office"), (False, "Valid again")])
def test_withdrawing_and_coming_back_matter(withdrawn: bool, line: str) -> None:
    verdict = compare(a_notice(withdrawn=not withdrawn), a_notice(withdrawn=withdrawn))

    assert (verdict.announcement, verdict.matters) == (line, True)


def test_equal_revisions_have_no_differences() -> None:
    assert differences(a_notice(), a_notice()) == ()


def test_title_and_text_stand_among_the_differences_whole() -> None:
    found = differences(a_notice(title="A", text="x"), a_notice(title="B", text="y"))

    assert [(change.field, change.before, change.after) for change in found] == [
        ("Title", "A", "B"),
        ("Text", "x", "y"),
    ]


def test_a_long_new_line_is_shortened() -> None:
    line = first_new_line(a_notice(text=""), a_notice(text="word " * 100))

    assert line is not None
    assert len(line) == 160
    assert line.endswith("…")


def test_removed_text_is_no_new_line() -> None:
    assert first_new_line(a_notice(text="one\ntwo"), a_notice(text="one")) is None


@pytest.mark.parametrize("added", ["Meera Nair", "3 | 22103003 | Chitra Sehgal", "IIT2021045 Ravi"])
def test_a_line_that_names_a_student_is_never_quoted(added: str) -> None:
    listed = facts(kind=NoticeKind.SHORTLIST, students=(ListedStudent(name="Meera Nair"),))

    verdict = compare(a_notice(text="List", facts=listed), a_notice(text=f"List\n{added}", facts=listed))

    assert verdict.announcement == "The list of students changed"


def test_what_else_is_new_beside_a_list_is_quoted() -> None:
    rows = "22103003 Chitra\n22103004 Dev\nBring your ID card."

    assert first_new_line(a_notice(text="List"), a_notice(text=f"List\n{rows}")) == "Bring your ID card."
