from datetime import timedelta
from typing import Any

import pytest

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.mail import Attachment, MailId
from placement_alerts.core.mail_notice import (
    id_of_event,
    id_of_mail,
    notice_of_mail,
    notice_of_offer,
    plain_reading,
    year_of_mail,
)
from placement_alerts.core.message import Message
from placement_alerts.core.notice import Change, Notice, NoticeKind
from placement_alerts.core.offer import Offer, OfferEvent, OfferEventKind, OfferRole, OfferStudent
from placement_alerts.core.offers import add
from placement_alerts.core.render import ShowNames, render
from tests.builders import NOW, YEAR, a_contribution, a_job, a_mail, after, facts, understood_mail

MEERA = OfferStudent(name="Meera Nair", enrollment="22103998", offered_at=NOW)
KABIR = OfferStudent(name="Kabir Sethi", enrollment="9922102997", role="Tester", package_lpa=8.0, offered_at=NOW)


def an_event_of(*students: OfferStudent, **values: Any) -> tuple[Offer, OfferEvent]:
    told: dict[str, Any] = {"students": students, "locations": ("Noida",), "joining_date": "2026-07-01"}
    offer = add(None, a_contribution("<m1>", **(told | values)), YEAR, "brightwave systems")
    return offer, offer.pending[0]


def a_notice_of(*students: OfferStudent, **values: Any) -> Notice:
    offer, event = an_event_of(*students, **values)
    return notice_of_offer(offer, event, NOW)


def shown(message: Message) -> str:
    return "\n".join("".join(span.text for span in block.spans) for block in message.blocks)


@pytest.mark.parametrize(("named", "year"), [(None, YEAR), ("202627", "202627"), ("203031", None)])
def test_the_year_is_the_aliases_if_there_is_such_a_year(named: str | None, year: str | None) -> None:
    assert year_of_mail(named, (YEAR, "202627"), YEAR) == year


def test_a_mails_notice_is_what_was_understood() -> None:
    understood = understood_mail(title="Office closed", text="On Friday.", facts=facts(held="contradictory"))

    notice = notice_of_mail(a_mail("<m1>"), understood, YEAR, a_job(), after(hours=1))

    assert notice.id == id_of_mail(MailId("<m1>"))
    assert (notice.title, notice.text, notice.items) == ("Office closed", "On Friday.", ("mail:<m1>",))
    assert (notice.facts, notice.job, notice.announces_job) == (facts(), a_job(), False)
    assert (notice.published_at, notice.stored_at) == (understood.sent_at, after(hours=1))


def test_a_mail_that_is_due_within_a_day_is_urgent_and_lives_until_then() -> None:
    soon = understood_mail(facts=facts(deadline=after(hours=20)))

    notice = notice_of_mail(a_mail(), soon, YEAR, None, NOW)

    assert notice.urgent
    assert notice.expires_at == NOW + timedelta(hours=24)


def test_a_mail_without_subject_has_a_title() -> None:
    assert notice_of_mail(a_mail(), understood_mail(title=" "), YEAR, None, NOW).title == "Notice"


def test_attachments_are_named_unless_the_text_names_them() -> None:
    poster = Attachment(name="a<b>.png", media_type="image/png", size_bytes=1, unread="pictures are not read")
    files = (poster, Attachment(name="list.csv", media_type="text/csv", size_bytes=1))

    notice = notice_of_mail(a_mail(attachments=files), understood_mail(text="See list.csv", html=""), YEAR, None, NOW)

    assert notice.text == "See list.csv\n📎 With attachment a<b>.png (not read: pictures are not read)"
    assert "a&lt;b&gt;.png" in notice.html
    both = notice_of_mail(a_mail(attachments=files), understood_mail(text="x"), YEAR, None, NOW)
    assert "📎 With attachment list.csv" in both.text


def test_a_mail_that_the_rules_fail_on_is_an_announcement_of_its_own_words() -> None:
    understood = plain_reading(a_mail(subject="Hello", text="a < b\n\nc", sender_address="x@example.org"))

    assert (understood.facts.kind, understood.title, understood.author) == (NoticeKind.ANNOUNCEMENT, "Hello", None)
    assert understood.html == "<p>a &lt; b</p><p>c</p>"


def test_a_mail_that_the_rules_fail_on_shows_no_address_and_no_telephone() -> None:
    understood = plain_reading(a_mail(text="Ask meera.nair@example.org, 98765 43210 or +91-9876543210 by 5 pm."))

    assert understood.text == "Ask …, … or … by 5 pm."


def test_a_new_offer_says_who_got_what_from_whom() -> None:
    notice = a_notice_of(MEERA, KABIR)

    assert notice.title == "Placement Offer: Brightwave Systems"
    assert shown(render(notice, ShowNames.FULL, NOW)).splitlines()[3:] == [
        "Company: Brightwave Systems",
        "Role: Software Engineer (12.5 LPA)",
        "Location: Noida",
        "Students named: 2",
        "",
        "Joining date: 2026-07-01",
        "Number of offers: 2",
        "Meera Nair (22103998) – Software Engineer, 12.5 LPA",
        "Kabir Sethi (9922102997) – Tester, 8 LPA",
        "Congratulations!",
        "",
        "On November 10, 2025 at 12:00 PM IST",
    ]


@pytest.mark.parametrize(("show", "visible"), [(ShowNames.COUNT, ()), (ShowNames.NAMES, ("Meera", "Kabir"))])
def test_students_are_shown_as_configured(show: ShowNames, visible: tuple[str, ...]) -> None:
    text = shown(render(a_notice_of(MEERA, KABIR, additional_info="Bond of 12 months"), show, NOW))

    assert [name for name in ("Meera", "Kabir", "22103998", "9922102997") if name in text] == list(visible)
    assert "Number of offers: 2" in text
    assert "Bond of 12 months" in text


def test_a_name_without_its_number_reads_well() -> None:
    lines = shown(render(a_notice_of(MEERA), ShowNames.NAMES, NOW)).splitlines()

    assert "Meera Nair – Software Engineer, 12.5 LPA" in lines


@pytest.mark.parametrize(
    ("student", "line"),
    [
        (OfferStudent(name="Meera Nair", offered_at=NOW), "Meera Nair – SE, 9 LPA"),
        (OfferStudent(name="", enrollment="22103998", offered_at=NOW), "22103998 – SE, 9 LPA"),
        (OfferStudent(name="", offered_at=NOW), "A student – SE, 9 LPA"),
        (
            OfferStudent(name="M", location="Pune", joining_date="August", offered_at=NOW),
            "M – SE, 9 LPA, Pune, joins August",
        ),
    ],
)
def test_a_student_is_told_as_far_as_known(student: OfferStudent, line: str) -> None:
    notice = a_notice_of(student, roles=(OfferRole(role="SE", package_lpa=9.0),))

    assert line in notice.text.splitlines()


def test_a_student_of_whom_nothing_else_is_known_is_a_name_alone() -> None:
    notice = a_notice_of(MEERA, roles=(), locations=(), joining_date=None)

    assert "Meera Nair (22103998)" in notice.text.splitlines()


def test_an_internship_says_its_stipend_and_that_it_is_one() -> None:
    role = OfferRole(role="Intern", stipend_per_month=40_000, details="6 months")

    notice = a_notice_of(MEERA, roles=(role,), internship_only=True)

    assert notice.facts.roles[0].stipend_per_month == 40_000
    assert {"An internship only", "Intern: 6 months"} <= set(notice.text.splitlines())


def test_an_update_tells_only_the_new_and_how_many_there_are() -> None:
    offer, event = an_event_of(MEERA, KABIR)
    event = event.model_copy(update={"kind": OfferEventKind.MORE_STUDENTS, "students": (KABIR,)})

    notice = notice_of_offer(offer, event, NOW)

    assert notice.title == "Placement Update: Brightwave Systems (+1)"
    assert [one.name for one in notice.facts.students] == ["Kabir Sethi"]
    assert {"New offers: 1", "Number of offers: 2"} <= set(notice.text.splitlines())
    assert "Meera" not in notice.text


def test_a_change_tells_old_and_new() -> None:
    offer, event = an_event_of(MEERA)
    changes = (
        Change(field="Joining date", before="July", after="2026-07-01"),
        Change(field="Role", before=None, after="Tester"),
        Change(field="Location", before="Noida", after=None),
    )
    event = event.model_copy(update={"kind": OfferEventKind.CHANGED, "students": (), "changes": changes})

    notice = notice_of_offer(offer, event, NOW)

    assert notice.title == "Offer changed: Brightwave Systems"
    assert notice.text.splitlines()[:3] == [
        "Joining date: July → 2026-07-01",
        "Role added: Tester",
        "Location: Noida → no longer stated",
    ]
    assert "Congratulations!" not in notice.text


def test_history_is_delivered_to_nobody() -> None:
    offer, event = an_event_of(MEERA)

    assert notice_of_offer(offer, event.model_copy(update={"archived": True}), NOW).archived


def test_who_is_identified_by_a_later_mail_is_named_in_its_notice() -> None:
    offer, event = an_event_of(MEERA)
    event = event.model_copy(update={"kind": OfferEventKind.CHANGED, "students": (), "identified": (MEERA,)})

    notice = notice_of_offer(offer, event, NOW)

    assert [one.enrollment for one in notice.facts.students] == [MEERA.enrollment]
    assert any(line.startswith(f"{MEERA.name} ({MEERA.enrollment})") for line in notice.text.splitlines())


def test_the_id_of_an_offers_notice_comes_from_its_event_and_never_from_the_clock() -> None:
    offer, event = an_event_of(MEERA)

    one, later = notice_of_offer(offer, event, NOW), notice_of_offer(offer, event, after(days=1))

    assert one.id == later.id == id_of_event(event.id)


def test_no_line_but_those_of_students_is_hidden() -> None:
    notice = a_notice_of(MEERA, KABIR, additional_info="Bond of 12 months, joining on 2026-07-01")
    lines = notice.text.splitlines()

    assert [lines[index][:5] for index in naming_lines(lines, notice.facts.students)] == ["Meera", "Kabir"]
