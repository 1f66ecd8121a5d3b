from placement_alerts.core.brief import BODY_LIMIT, TITLE_LIMIT, brief_of
from placement_alerts.core.message import Block, Message, Span
from placement_alerts.core.notice import ListedStudent, NoticeKind
from placement_alerts.core.render import render_naming
from tests.builders import a_job, a_notice, after, facts

ON_THE_LIST = facts(
    kind=NoticeKind.SHORTLIST,
    students=(ListedStudent(name="Asha Rao", enrollment="21103001"), ListedStudent(name="Ben Dey")),
    event_at=after(days=1),
    venue="Seminar Hall 2",
    deadline=None,
)


def line(text: str, *, silent: bool = False) -> Message:
    return Message((Block((Span(text),)),), silent=silent)


def test_title_says_kind_and_company() -> None:
    assert brief_of(a_notice(), urgent=False, change=None).title == "💼 Job posting · Brightwave Systems"


def test_company_of_the_job_stands_in_where_the_text_names_none() -> None:
    notice = a_notice(facts=facts(company=None), job=a_job(company="Acme Labs"))

    assert brief_of(notice, urgent=False, change=None).title == "💼 Job posting · Acme Labs"


def test_title_without_a_company_is_the_kind_alone() -> None:
    notice = a_notice(facts=facts(kind=NoticeKind.ANNOUNCEMENT, company=None))

    assert brief_of(notice, urgent=False, change=None).title == "📢 Announcement"


def test_body_begins_with_the_title_and_says_when_first() -> None:
    brief = brief_of(a_notice(title="Apply now"), urgent=False, change=None)

    said = ["Apply now", "Deadline: Thu 13 Nov 2025, 12:00 PM IST", "Role: Software Engineer"]
    assert brief.body.splitlines() == said


def test_body_of_a_revision_begins_with_what_changed() -> None:
    brief = brief_of(a_notice(revision=2), urgent=False, change=line("🔔 Deadline moved"))

    assert brief.body.startswith("🔔 Deadline moved\nOpen for applications")
    assert not brief.silent


def test_revision_whose_change_does_not_matter_is_silent() -> None:
    assert brief_of(a_notice(revision=2), urgent=False, change=line("🔔 Edited", silent=True)).silent
    assert brief_of(a_notice(revision=2), urgent=False, change=None).silent
    assert not brief_of(a_notice(), urgent=False, change=None).silent


def test_student_on_a_list_is_told_so_with_when_and_where() -> None:
    notice = a_notice(title="Shortlist for interviews", facts=ON_THE_LIST)

    brief = brief_of(notice, urgent=True, change=None, personal=True)

    assert brief.title == "🎯 You are on the list · Brightwave Systems"
    assert brief.body.splitlines()[1:] == [
        "When: Tue 11 Nov 2025, 12:00 PM IST",
        "Venue: Seminar Hall 2",
        "Role: Software Engineer",
    ]


def test_naming_by_a_revision_is_told_once() -> None:
    notice = a_notice(revision=2, title="Shortlist", facts=ON_THE_LIST)
    change = render_naming(notice, line("🔔 2 students were added"))

    brief = brief_of(notice, urgent=True, change=change, personal=True)

    assert (brief.title + brief.body).count("You are on the list") == 1
    assert "🔔 2 students were added" in brief.body
    assert not brief.silent


def test_no_line_names_a_student() -> None:
    notice = a_notice(title="Congratulations Asha Rao and 21103001", facts=ON_THE_LIST)

    brief = brief_of(notice, urgent=True, change=line("🔔 Added: ben dey"), personal=True)

    shown = (brief.title + brief.body).casefold()
    assert not any(secret in shown for secret in ("asha", "ben", "21103001"))


def test_withdrawn_notice_says_so_even_to_whom_it_named() -> None:
    brief = brief_of(a_notice(facts=ON_THE_LIST, withdrawn=True), urgent=False, change=None, personal=True)

    assert brief.title == "🚫 Withdrawn · Brightwave Systems"


def test_long_texts_are_cut_with_a_sign() -> None:
    brief = brief_of(a_notice(title="t" * 500, facts=facts(company="C" * 200)), urgent=False, change=None)

    assert (len(brief.title), len(brief.body)) == (TITLE_LIMIT, BODY_LIMIT)
    assert brief.title.endswith("…")
    assert brief.body.endswith("…")
