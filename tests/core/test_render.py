import pytest

from placement_alerts.core.message import Style
from placement_alerts.core.notice import ListedStudent, NoticeKind
from placement_alerts.core.render import BODY_LIMIT, SEEN_BUTTON, ShowNames, render, render_announcement, render_naming
from tests.builders import NOW, a_job, a_notice, after, facts

LIST = facts(
    kind=NoticeKind.SHORTLIST,
    deadline=None,
    students=(ListedStudent(name="Meera Nair", enrollment="22103998"), ListedStudent(name="Ravi K", enrollment=None)),
)


def text_of(notice: object, show_names: ShowNames = ShowNames.COUNT) -> str:
    return render(notice, show_names, NOW).plain()  # type: ignore[arg-type]  # shorter tests


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_shows_its_title_and_a_badge_of_its_own(kind: NoticeKind) -> None:
    lines = text_of(a_notice(title="A title", facts=facts(kind=kind))).splitlines()

    assert lines[0] == "A title"
    assert lines[1]


@pytest.mark.parametrize("text", ["CTC < 5", "R&D", "3*4*5", "a_b_c [x](y)"])
def test_text_is_text_and_never_markup(text: str) -> None:
    assert text in text_of(a_notice(text=text))


def test_the_deadline_is_shown_in_indian_time() -> None:
    assert "⚠️ Deadline: Thu 13 Nov 2025, 12:00 PM IST" in text_of(a_notice())


def test_a_deadline_that_is_over_is_shown_as_closed() -> None:
    message = render(a_notice(), ShowNames.COUNT, after(days=4))

    assert "(closed)" in message.plain()


def test_a_posting_without_deadline_says_so() -> None:
    assert "Deadline: not specified" in text_of(a_notice(facts=facts(deadline=None)))


def test_an_urgent_notice_says_so() -> None:
    assert "urgent" in text_of(a_notice(urgent=True)).splitlines()[1]


def test_the_jobs_deadline_stands_beside_the_notices_own() -> None:
    text = text_of(a_notice(job=a_job(deadline=after(days=5)), announces_job=True))

    assert "Deadline: Thu 13 Nov 2025" in text
    assert "Deadline on the portal: Sat 15 Nov 2025" in text


def test_names_and_numbers_stay_out_when_only_counts_are_shown() -> None:
    text = text_of(a_notice(text="Selected:\nMeera Nair | 22103998\nRAVI K\nCome at 9.", facts=LIST))

    assert "Students named: 2" in text
    assert "Come at 9." in text
    assert not {"Meera", "22103998", "RAVI"} & set(text.replace("|", " ").split())


@pytest.mark.parametrize("show_names", [ShowNames.COUNT, ShowNames.NAMES])
@pytest.mark.parametrize("kind", [NoticeKind.ANNOUNCEMENT, NoticeKind.WEBINAR, NoticeKind.SHORTLIST])
@pytest.mark.parametrize("number", ["22103998", "9922103052", "211030123", "IIT2021045"])
def test_no_form_of_number_in_a_list_of_any_kind_is_shown(number: str, kind: NoticeKind, show_names: ShowNames) -> None:
    notice = a_notice(text=f"Come:\n{number} A\n{number[:-1]}7 B", facts=facts(kind=kind))

    assert number not in text_of(notice, show_names)


def test_a_single_number_in_a_text_that_names_nobody_stays() -> None:
    assert "Meeting ID 95550001112" in text_of(a_notice(text="Meeting ID 95550001112"))


@pytest.mark.parametrize("row", ["22103998 | Meera Nair", "Meera Nair | 22103998", "Meera Nair (22103998)"])
def test_a_row_without_its_number_leaves_no_empty_place(row: str) -> None:
    text = text_of(a_notice(text=f"Selected:\n{row}", facts=LIST), ShowNames.NAMES)

    assert "Meera Nair" in text.splitlines()


def test_names_without_numbers_are_shown_when_names_are_wanted() -> None:
    text = text_of(a_notice(text="Meera Nair | 22103998", facts=LIST), ShowNames.NAMES)

    assert "Meera Nair" in text
    assert "22103998" not in text


def test_the_whole_list_is_shown_when_it_is_wanted() -> None:
    assert "Meera Nair | 22103998" in text_of(a_notice(text="Meera Nair | 22103998", facts=LIST), ShowNames.FULL)


def test_at_most_five_links_are_shown() -> None:
    links = tuple(f"https://site.example/{number}" for number in range(9))

    assert text_of(a_notice(facts=facts(links=links))).count("https://") == 5


def test_who_posted_and_when_stand_at_the_end() -> None:
    assert text_of(a_notice()).splitlines()[-2:] == [
        "Posted by T and P Office",
        "On November 10, 2025 at 12:00 PM IST",
    ]


def test_an_edited_notice_says_when() -> None:
    text = text_of(a_notice(revision=2, stored_at=after(hours=1)))

    assert text.splitlines()[-1] == "Edited November 10, 2025 at 1:00 PM IST"


def test_a_huge_text_is_bounded_and_says_where_the_rest_is() -> None:
    text = text_of(a_notice(text="line of text\n" * 100_000))

    assert len(text) < BODY_LIMIT + 1000
    assert "The rest is on the portal." in text


def test_the_rest_of_a_huge_mail_is_not_said_to_be_on_the_portal() -> None:
    text = text_of(a_notice(source="mailbox", text="line of text\n" * 100_000))

    assert "The rest is in the office's mail." in text


def test_a_notice_without_text_and_author_is_shown_all_the_same() -> None:
    assert text_of(a_notice(text="", author=None)).endswith("IST\n\nOn November 10, 2025 at 12:00 PM IST")


def test_a_withdrawn_notice_is_struck_through_and_has_no_button() -> None:
    message = render(a_notice(withdrawn=True), ShowNames.COUNT, NOW)

    assert message.plain().startswith("🚫 Withdrawn by the placement office")
    assert all(Style.STRIKE in span.styles for block in message.blocks[2:] for span in block.spans)
    assert message.buttons == ()


def test_the_button_names_the_notice_within_telegrams_limit() -> None:
    ((button,),) = render(a_notice("n" + "0" * 16), ShowNames.COUNT, NOW).buttons

    assert button.data == f"{SEEN_BUTTON}n{'0' * 16}"
    assert len(button.data.encode()) <= 64


@pytest.mark.parametrize("matters", [True, False])
def test_only_a_change_that_matters_makes_a_sound(matters: bool) -> None:
    message = render_announcement(a_notice(announcement="Venue changed: LT-1 → LT-2", matters=matters))

    assert message is not None
    assert message.plain().splitlines()[0] == "🔔 Venue changed: LT-1 → LT-2"
    assert message.silent is not matters


def test_nothing_to_tell_is_no_announcement() -> None:
    assert render_announcement(a_notice()) is None


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        (NoticeKind.SHORTLIST, "🎯 You are on the list"),
        (NoticeKind.OFFER, "🎉 You are on the list: congratulations"),
        (NoticeKind.INTERNSHIP_NOC, "📌 This notice names you"),
        (NoticeKind.UPDATE, "📌 This notice names you"),
    ],
)
def test_who_is_named_reads_that_first_and_nobody_else_does(kind: NoticeKind, heading: str) -> None:
    notice = a_notice(facts=LIST.model_copy(update={"kind": kind}))

    assert render(notice, ShowNames.COUNT, NOW, personal=True).plain().splitlines()[0] == heading
    assert heading not in text_of(notice)


def test_when_and_where_to_come_stand_under_the_personal_heading_and_only_there() -> None:
    listed = LIST.model_copy(update={"event_at": after(days=1), "venue": "LT-1"})

    lines = render(a_notice(title="Round 1", facts=listed), ShowNames.COUNT, NOW, personal=True).plain().splitlines()

    assert lines[:5] == ["🎯 You are on the list", "When: Tue 11 Nov 2025, 12:00 PM IST", "Venue: LT-1", "", "Round 1"]
    assert sum(line.startswith(("When", "Venue")) for line in lines) == 2


@pytest.mark.parametrize("show_names", list(ShowNames))
def test_the_personal_form_shows_as_much_of_the_list_as_the_other(show_names: ShowNames) -> None:
    notice = a_notice(text="Selected:\nMeera Nair | 22103998\nRAVI K", facts=LIST)

    personal = render(notice, show_names, NOW, personal=True).plain()

    assert personal.endswith(text_of(notice, show_names))


def test_the_line_for_who_is_named_by_a_small_change_makes_a_sound() -> None:
    small = render_announcement(a_notice(announcement="The list of students changed"))

    line = render_naming(a_notice(title="Round 1", facts=LIST.model_copy(update={"venue": "LT-1"})), small)

    assert line.plain().splitlines() == ["🎯 You are on the list", "Venue: LT-1", "Round 1"]
    assert not line.silent


def test_the_line_for_who_is_named_tells_a_change_that_matters_too() -> None:
    moved = render_announcement(a_notice(announcement="Deadline moved: a → b", matters=True))

    assert "🔔 Deadline moved: a → b" in render_naming(a_notice(facts=LIST), moved).plain()
