from datetime import UTC, datetime
from pathlib import Path

import pytest

from placement_alerts.core.mail import Attachment
from placement_alerts.core.mail_understanding import understand_mail
from placement_alerts.core.notice import NoticeKind
from tests.bench.comparing import FIELDS
from tests.bench.understanding import Score, labelled, scores_of
from tests.builders import a_mail

PAYLOADS = Path(__file__).parents[1] / "payloads" / "mails_holdout.jsonl"
SENT = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
RESULT = (
    "Dear all,\n\nBrightwave Systems has selected the following students as Software Engineer at 11.5 LPA:\n\n"
    "23103001 Asha Rao\n23103002 Ben Dey\n\nLocation: Pune\nDate of joining: 1 July 2026\nBond: 12 months\n"
)


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    """The scores over own mails. They were written before the rules saw them, and the rules were improved on them."""
    return scores_of(list(labelled(PAYLOADS)))


@pytest.mark.parametrize("name", [*FIELDS, "offer precision", "offer recall", "students (numbers, F1 over all)"])
def test_own_mails_are_understood(name: str, scores: dict[str, Score]) -> None:
    assert scores[name].share >= 0.97


def test_same_mail_gives_the_same_answer() -> None:
    assert understand_mail(a_mail(text=RESULT)) == understand_mail(a_mail(text=RESULT))


def test_result_contributes_what_its_rows_and_the_rest_say() -> None:
    contribution = understand_mail(a_mail(subject="Final result", text=RESULT, date=SENT)).contribution

    assert contribution is not None
    assert (contribution.company, contribution.locations) == ("Brightwave Systems", ("Pune",))
    assert [(role.role, role.package_lpa) for role in contribution.roles] == [("Software Engineer", 11.5)]
    assert [(one.name, one.role, one.package_lpa, one.location) for one in contribution.students] == [
        ("Asha Rao", "Software Engineer", 11.5, "Pune"),
        ("Ben Dey", "Software Engineer", 11.5, "Pune"),
    ]
    assert contribution.students[0].inferred == ("role", "package_lpa", "location", "joining_date")
    assert contribution.joining_date == "2026-07-01"
    assert contribution.additional_info == "Bond: 12 months"
    assert "23103001 Asha Rao" in contribution.evidence


@pytest.mark.parametrize(
    ("left_out", "lacks"),
    [("at 11.5 LPA", "no package or stipend"), ("Brightwave Systems has", "no company")],
)
def test_result_that_lacks_something_is_held_and_says_what(left_out: str, lacks: str) -> None:
    text = RESULT.replace(left_out, "We have" if "has" in left_out else "").replace("Bond: 12 months", "")

    understood = understand_mail(a_mail(subject="Final result", text=text))

    assert understood.facts.kind is NoticeKind.OFFER
    assert understood.contribution is None
    assert lacks in (understood.facts.held or "")


def test_result_without_students_is_office_news() -> None:
    text = "Congratulations! Three of our students have been placed in Brightwave Systems at 11.5 LPA."

    assert understand_mail(a_mail(text=text)).facts.kind is NoticeKind.ANNOUNCEMENT


def test_list_in_a_file_that_cannot_be_read_is_held_and_the_file_is_named() -> None:
    file = Attachment(name="scan.pdf", media_type="application/pdf", size_bytes=9, unread="it holds no text")
    text = "Please find attached the list of students shortlisted by Acme Labs for the interview on 14 March, 10 AM."

    facts = understand_mail(a_mail(subject="Acme Labs shortlist", text=text, attachments=(file,))).facts

    assert facts.kind is not NoticeKind.IRRELEVANT
    assert "scan.pdf" in (facts.held or "")


def test_rows_of_a_file_are_students_and_lines() -> None:
    file = Attachment(
        name="a.csv",
        media_type="text/csv",
        size_bytes=9,
        rows=(("Roll No", "Name", "Mobile"), ("23103001", "Asha Rao", "9876543210"), ("23103002", "Ben Dey", "")),
    )
    text = "PFA the list of students shortlisted by Acme Labs. Interviews are on 14 March 2026 at 10 AM."

    understood = understand_mail(a_mail(subject="Acme Labs shortlist", text=text, date=SENT, attachments=(file,)))

    assert [one.enrollment for one in understood.facts.students] == ["23103001", "23103002"]
    assert "23103001 | Asha Rao" in understood.text
    assert "9876543210" not in understood.text + understood.html


def test_innermost_mail_gives_title_time_and_author() -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Asha Rao <asha@b.example>\nDate: Tue, Mar 10, 2026 at 6:30 PM\n"
        "Subject: Acme Labs talk\nTo: <all@b.example>\n\nThe talk of Acme Labs is tomorrow at 11 AM in LT-2."
    )

    understood = understand_mail(a_mail(subject="Fwd: Fwd: see", text=text, date=SENT))

    assert (understood.title, understood.author) == ("Acme Labs talk", "Asha Rao")
    assert understood.sent_at == datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
    assert understood.facts.event_at == datetime(2026, 3, 11, 5, 30, tzinfo=UTC)
    assert "b.example" not in understood.text + understood.html


def test_date_in_the_text_is_never_the_time_it_was_sent() -> None:
    understood = understand_mail(a_mail(text="Interview Date: 25 January 2026\nDate: 3 January 2026", date=SENT))

    assert understood.sent_at == SENT


def test_time_of_a_block_cannot_lie_behind_the_mail_that_brings_it() -> None:
    text = (
        "Begin forwarded message:\n\nFrom: Asha Rao\nDate: 1 Jan 2030 at 10:00\nSubject: Acme\n\nThe office is closed."
    )

    assert understand_mail(a_mail(subject="Fwd: Acme", text=text, date=SENT)).sent_at == SENT


@pytest.mark.parametrize("line", ["Interview via Zoom", "We look forward to meeting you", "To: be decided"])
def test_words_that_look_like_headers_survive(line: str) -> None:
    understood = understand_mail(a_mail(text=f"Dear students,\n{line}\nRegards"))

    assert line in understood.text
    assert line in understood.html


def test_html_of_a_mail_is_shown_without_its_footer() -> None:
    html = (
        "<p>Dear students, fill <a href='https://a.example/f'>this form</a>.</p><script>x()</script>"
        "<p>-- <br>You received this message because you are subscribed to the Google Groups x.<br>"
        "To unsubscribe from this group, <a href='https://a.example/u'>click here</a>.</p>"
    )

    understood = understand_mail(a_mail(text="", html=html))

    assert understood.html == (
        '<p>Dear students, fill <a href="https://a.example/f" rel="noopener noreferrer">this form</a>.</p>'
    )
    assert understood.facts.links == ("https://a.example/f",)


def test_text_part_that_only_names_the_other_part_is_not_what_the_mail_says() -> None:
    mail = a_mail(text="Please view this message in an HTML capable reader.", html="<p>The office is closed.</p>")

    assert understand_mail(mail).text == "The office is closed."


def test_copies_forwarded_by_two_people_have_one_digest() -> None:
    inner = "From: Office <o@b.example>\nDate: Tue, 10 Mar 2026 at 11:20\nSubject: Final result\n\n" + RESULT
    first = a_mail("<a>", subject="Fwd: Final result", text=f"---------- Forwarded message ---------\n{inner}")
    second = a_mail("<b>", subject="FW: FW: Final result", text=f"fyi\n\n-----Original Message-----\n{inner}")
    other = a_mail("<c>", subject="Final result", text=RESULT.replace("Asha Rao", "Uma Rao"))

    digests = [understand_mail(mail).digest for mail in (first, second, other)]

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("subject", "text", "year", "held"),
    [
        ("Placement Policy 2027", "1. One\n2. Two\n3. Three", 2027, False),
        (
            "Placement policy",
            "The placement policy for the 2027 Graduating Batches:\n1. One\n2. Two\n3. Three",
            2027,
            False,
        ),
        ("Placement policy", "The placement policy is revised.\n1. One\n2. Two\n3. Three", None, True),
    ],
)
def test_policy_is_held_if_it_names_no_graduating_year(
    subject: str,
    text: str,
    year: int | None,
    held: bool,
) -> None:
    understood = understand_mail(a_mail(subject=subject, text=text))

    assert understood.facts.kind is NoticeKind.POLICY
    assert understood.graduating_year == year
    assert (understood.facts.held is not None) is held


def test_alias_gives_the_year_and_two_years_are_held() -> None:
    one = understand_mail(a_mail(recipients=("x+202526@mail.example",)))
    two = understand_mail(a_mail(recipients=("x+202526@mail.example", "x+202627@mail.example")))

    assert (one.year, two.year) == ("202526", None)
    assert "several years" in (two.facts.held or "")


def test_list_that_is_longer_than_what_is_read_is_held() -> None:
    rows = tuple((str(22_100_000 + number), f"Asha Verma {number}") for number in range(3_001))
    file = Attachment(name="list.csv", media_type="text/csv", size_bytes=90_000, rows=(("Roll No", "Name"), *rows))

    understood = understand_mail(
        a_mail(subject="Shortlisted for interview - Acme", text="See the list.", attachments=(file,))
    )

    assert "longer than" in str(understood.facts.held)


@pytest.mark.parametrize("is_html", [False, True], ids=["plain", "html"])
def test_text_that_is_longer_than_what_is_read_is_held(is_html: bool) -> None:
    rows = [f"{22_100_000 + number} Asha Verma" for number in range(4_000)]
    html = "<table>" + "".join(f"<tr><td>{row}</td></tr>" for row in rows) + "</table>"
    body = {"html": html, "text": ""} if is_html else {"text": "\n".join(rows)}

    understood = understand_mail(a_mail(subject="Shortlisted for interview - Acme", **body))

    assert understood.facts.held is not None


def test_mail_that_was_not_read_whole_is_held() -> None:
    understood = understand_mail(a_mail(text="Dear students, the office is closed.", damaged="too many parts"))

    assert understood.facts.held == "it was not read whole: too many parts"


def test_mail_without_subject_has_a_title() -> None:
    understood = understand_mail(a_mail(subject="", text=RESULT))

    assert understood.title == "Offer: Brightwave Systems"


def test_known_company_is_preferred_to_the_short_form() -> None:
    mail = a_mail(subject="Northwind: names for the interview", text="23103001 Asha Rao\nInterview on 14 March, 10 AM.")

    assert understand_mail(mail, known_companies=("Northwind Labs",)).facts.company == "Northwind Labs"


def test_offices_mail_is_shown_with_its_own_contacts() -> None:
    assert "office@example.org" in understand_mail(a_mail(text="Dear students, write to office@example.org.")).text


def test_rows_add_posts_beyond_those_that_a_message_shows() -> None:
    rows = "\n".join(f"231030{n}\tAsha Ra{'o' * (n - 9)}\tKeeper of Keys {n}\t{n} LPA" for n in range(10, 24))
    text = f"Brightwave Systems has selected the following students:\n\nRoll No\tName\tProfile\tCTC\n{rows}\n"

    contribution = understand_mail(a_mail(subject="Final result - Brightwave Systems", text=text)).contribution

    assert contribution is not None
    assert len(contribution.roles) == 14
    assert contribution.students[13].package_lpa == 23.0


def test_pay_without_a_post_is_enough() -> None:
    text = "Asha Rao (23103001) got placed in Brightwave Systems with a package of Rs 8,40,000 per annum."

    contribution = understand_mail(a_mail(subject="Offer from Brightwave Systems", text=text)).contribution

    assert contribution is not None
    assert [(role.role, role.package_lpa) for role in contribution.roles] == [(None, 8.4)]


@pytest.mark.parametrize(
    ("line", "joining"),
    [
        ("DOJ: 6 July 2026", "2026-07-06"),
        ("Tentative joining: 6th July 2026", "6th July 2026"),
        ("Date of joining: January 2026", "January 2026"),
        ("Fill the joining preference form by 29-11-2026", None),
        ("Joining will be announced later", None),
    ],
)
def test_day_of_joining_is_a_date_when_certain(line: str, joining: str | None) -> None:
    text = RESULT.replace("Date of joining: 1 July 2026", line)

    contribution = understand_mail(a_mail(subject="Final result", text=text, date=SENT)).contribution

    assert contribution is not None
    assert contribution.joining_date == joining


def test_number_that_differs_from_the_list_is_noted() -> None:
    text = RESULT.replace("the following students", "the following 3 students")

    contribution = understand_mail(a_mail(subject="Final result", text=text)).contribution

    assert contribution is not None
    assert "The message says 3, its list has 2" in (contribution.additional_info or "")


def test_internship_is_marked_as_one() -> None:
    text = RESULT.replace("Software Engineer at 11.5 LPA", "Software Intern, stipend Rs 40,000 per month")

    contribution = understand_mail(a_mail(subject="Internship result", text=text)).contribution

    assert contribution is not None
    assert contribution.internship_only
    assert [(role.package_lpa, role.stipend_per_month) for role in contribution.roles] == [(None, 40_000)]


@pytest.mark.parametrize("as_html", [False, True])
def test_forwarder_counts_from_the_own_day_and_the_forwarded_mail_from_its(as_html: bool) -> None:
    lines = [
        "The form of Acme Labs closes tomorrow at 6 PM.",
        "---------- Forwarded message ---------",
        "From: Asha Rao &lt;a@b.example&gt;" if as_html else "From: Asha Rao <a@b.example>",
        "Date: Mon, Mar 2, 2026 at 6:30 PM",
        "Subject: Acme Labs test",
        "Dear students, the test of Acme Labs is on 14 March 2026 at 10 AM.",
    ]
    values = {"text": "", "html": "<br>".join(lines)} if as_html else {"text": "\n".join([*lines[:5], "", lines[5]])}

    understood = understand_mail(a_mail(subject="Fwd: Acme Labs test", date=SENT, **values))

    assert understood.sent_at == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
    assert understood.facts.deadline == datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
    assert understood.author == "T and P Office"
    assert "tomorrow" in understood.text


def test_forwarded_block_of_outlook_in_html_is_unwrapped() -> None:
    html = (
        "<div><p>FYI</p><hr><p><b>From:</b> Gita Moorthy &lt;g@acme.example&gt;<br><b>Sent:</b> 10 March 2026 18:22<br>"
        "<b>To:</b> T&amp;P &lt;tp@b.example&gt;<br><b>Subject:</b> Acme Labs: selected candidates</p>"
        "<p>Dear Sir,</p><p>We have selected Asha Rao (23103001) as Data Engineer. CTC: 9 LPA.</p></div>"
    )

    understood = understand_mail(a_mail(subject="FW: Acme Labs: selected candidates", text="", html=html, date=SENT))

    assert (understood.title, understood.author) == ("Acme Labs: selected candidates", "Gita Moorthy")
    assert understood.contribution is not None
    assert "acme.example" not in understood.html


@pytest.mark.parametrize("sent", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_edges_of_the_calendar_are_survived(sent: datetime) -> None:
    text = (
        "The form closes tomorrow.\n---------- Forwarded message ---------\nFrom: Asha Rao\n"
        "Date: Fri, 31 Dec 1999 23:59:00 +0530\nSubject: Acme\n\nThe test is on Friday at 5 pm, day after tomorrow."
    )

    assert understand_mail(a_mail(subject="Fwd: Acme", text=text, date=sent)).text


def test_year_in_a_tag_of_the_subject_is_the_batch() -> None:
    understood = understand_mail(
        a_mail(subject="[2027] Acme Labs is hiring", text="Apply by 20 March 2026.", date=SENT)
    )

    assert understood.facts.batch_year == 2027


def test_subject_of_an_answer_does_not_say_what_the_answer_is_for() -> None:
    text = "Dear all, the interview will be at 11 AM tomorrow instead of 10 AM.\n\nTPO"

    understood = understand_mail(a_mail(subject="Re: Acme Labs - shortlist for interview", text=text, date=SENT))

    assert understood.facts.kind is NoticeKind.UPDATE


def test_company_whose_name_sounds_like_a_room_hides_no_place_of_work() -> None:
    text = "Offers from Palmyra Labs (SDE, 24 LPA, Pune):\n\n23103001 Asha Rao\n23103002 Ben Dey\n"

    assert understand_mail(a_mail(subject="Palmyra Labs results", text=text, date=SENT)).facts.location == ("Pune",)
