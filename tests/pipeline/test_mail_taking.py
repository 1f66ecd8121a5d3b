import asyncio
import json
import threading
from typing import Any

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.mail import Attachment, Mail
from placement_alerts.core.mail_review import told_apart
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Facts, NoticeKind
from placement_alerts.core.review import Answer, ReviewKind
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailVerdict
from tests.builders import YEAR, a_job, a_mail, after
from tests.pipeline.conftest import Hand
from tests.pipeline.mails import ASHA, KABIR, MEERA, Office, closed, policy, result, spam


@pytest.fixture
def office(store: Store, now: Hand) -> Office:
    return Office(store, now)


async def verdict_of(office: Office, mail: Mail) -> MailVerdict | None:
    record = await office.real_store.mails.get(told_apart(mail).id)
    return record.verdict if record else None


async def test_a_result_is_an_offer_and_one_notice(office: Office) -> None:
    report = await office.reads(result(MEERA, KABIR))

    (notice,) = await office.notices()
    assert notice.title == "Placement Offer: Brightwave Systems"
    assert [student.enrollment for student in notice.facts.students] == ["22103998", "9922102997"]
    assert (report.offers, report.notices) == (1, 1)
    record = await office.real_store.mails.get(result().id)
    assert record is not None
    assert (record.verdict, record.notice_id) == (MailVerdict.OFFER, notice.id)


async def test_more_students_are_an_update_that_names_them_alone(office: Office) -> None:
    await office.reads(result(MEERA, KABIR))

    await office.reads(result(MEERA, KABIR, ASHA, identifier="<m2@example.org>"))

    assert await office.titles() == ["Placement Offer: Brightwave Systems", "Placement Update: Brightwave Systems (+1)"]
    update = next(notice for notice in await office.notices() if "Update" in notice.title)
    assert [student.name for student in update.facts.students] == ["Asha Rao"]


async def test_a_policy_is_stored_as_one(office: Office) -> None:
    await office.reads(policy())

    stored = await office.real_store.policies.latest(2027)
    assert stored is not None
    assert stored.mail_id == policy().id
    assert await verdict_of(office, policy()) is MailVerdict.POLICY


async def test_what_says_nothing_to_students_is_dropped_without_a_question_whoever_sent_it(office: Office) -> None:
    report = await office.reads(spam(), spam("<s2@example.org>", distrust="its sender is not in the list"))

    assert (report.irrelevant, report.held, await office.notices()) == (2, 0, [])
    assert await office.real_store.reviews.open(10) == []
    assert office.box.seen == {"<s1@example.org>", "<s2@example.org>"}


async def test_a_spoofed_sender_is_held_and_published_to_nobody(office: Office) -> None:
    mail = result(distrust="its Authentication-Results come from another server")

    report = await office.reads(mail)

    review = await office.the_review()
    assert (review.kind, review.mail, review.told) == (ReviewKind.HELD_MAIL, told_apart(mail), False)
    assert review.reasons == ("its Authentication-Results come from another server",)
    assert (report.held, await office.notices(), await office.real_store.offers.of_year(YEAR)) == (1, [], [])


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (closed(recipients=("office+203031@example.org",)), "placement year 203031"),
        (policy(subject="Placement policy", text="Placement policy\n\n1. One offer.\n2. No more.\n3. Attend."), "year"),
        (closed(damaged="it is larger than 20 MiB"), "larger than 20 MiB"),
        (result(text="Final result of Brightwave Systems. CTC 11.5 LPA. The selected list is attached."), "student"),
        (
            closed(
                subject="Shortlist of Acme Labs for the interview",
                text="Find attached the list of shortlisted students.",
                attachments=(
                    Attachment(name="l.pdf", media_type="application/pdf", size_bytes=9, unread="it is a scan"),
                ),
            ),
            "l.pdf",
        ),
    ],
)
async def test_what_is_incomplete_is_held_with_its_reason(office: Office, mail: Mail, reason: str) -> None:
    await office.reads(mail)

    review = await office.the_review()
    assert any(reason in one for one in review.reasons)
    assert await office.notices() == []
    assert await verdict_of(office, mail) is MailVerdict.HELD


async def test_the_year_of_the_alias_is_the_notices_year(office: Office) -> None:
    await office.reads(closed(recipients=("office+2026-27@example.org",)))

    (notice,) = await office.notices()
    assert notice.year == "202627"


@pytest.mark.parametrize(
    "mail", [closed(subject=""), closed(date=None), closed(message_id=None), closed(sender_name=None)]
)
async def test_a_missing_header_stops_no_mail(office: Office, mail: Mail) -> None:
    await office.reads(mail)

    assert len(await office.notices()) == 1


async def test_a_copy_of_a_mail_gives_one_notice(office: Office) -> None:
    report = await office.reads(closed(), closed("<c2@example.org>"))

    assert len(await office.notices()) == 1
    assert (report.notices, report.unchanged) == (1, 1)
    assert await verdict_of(office, closed("<c2@example.org>")) is MailVerdict.COPY


async def test_the_same_words_sent_again_weeks_later_are_no_copy(office: Office, now: Hand) -> None:
    await office.reads(closed())
    now.turn(days=15)
    later: dict[str, Any] = {"date": after(days=15), "received_at": after(days=15)}

    await office.reads(closed("<c2@example.org>", **later))
    await office.reads(closed("<c3@example.org>", **later))

    assert len(await office.notices()) == 2


async def test_tomorrow_is_another_day_in_the_same_words(office: Office, now: Hand) -> None:
    text = "Dear all,\n\nPre-placement talk of Brightwave Systems tomorrow at 10:00 AM in LT-1.\n\nT and P Office\n"
    await office.reads(closed(text=text))
    now.turn(days=3)

    await office.reads(closed("<c2@example.org>", text=text, date=after(days=3), received_at=after(days=3)))

    assert len(await office.notices()) == 2


async def test_a_copy_by_somebody_else_raises_no_question(office: Office) -> None:
    await office.reads(closed(), closed("<c2@example.org>", distrust="its sender is not in the list"))

    assert await office.real_store.reviews.open(10) == []


async def test_a_held_mail_makes_no_copy_of_the_real_one(office: Office) -> None:
    await office.reads(closed(distrust="its sender is not in the list"), closed("<c2@example.org>"))

    assert len(await office.notices()) == 1


async def test_a_stranger_who_takes_the_id_of_a_mail_does_not_keep_it_away(office: Office) -> None:
    forged = [closed(text="Nothing.", distrust="its sender is not in the list"), spam(closed().id, distrust="neither")]

    await office.reads(*forged, closed())
    await office.answers(Answer.RELEASE)

    assert await office.titles() == ["Office closed on Friday", "Office closed on Friday"]


async def test_a_mail_to_the_students_of_another_year_is_no_copy(office: Office) -> None:
    await office.reads(closed(), closed("<c2@example.org>", recipients=("office+202627@example.org",)))

    assert {notice.year for notice in await office.notices()} == {YEAR, "202627"}


async def test_an_attachment_is_named_in_the_notice(office: Office) -> None:
    poster = Attachment(name="poster.png", media_type="image/png", size_bytes=9, unread="pictures are not read")

    await office.reads(closed(attachments=(poster,)))

    (notice,) = await office.notices()
    assert "With attachment poster.png (not read: pictures are not read)" in notice.text


async def test_a_notice_stands_beside_the_job_that_it_is_about(office: Office) -> None:
    await office.real_store.jobs.save(a_job())
    text = "The venue of the Brightwave Systems interview has changed.\nRole: Software Engineer\nNew venue: Lab 3\n"

    await office.reads(a_mail(subject="Venue changed: Brightwave Systems, Software Engineer", text=text))

    (notice,) = await office.notices()
    assert notice.job == a_job()
    assert not notice.announces_job


async def test_a_mail_that_the_rules_fail_on_is_held_and_stops_no_other(office: Office) -> None:
    real = office.understand
    tried = []

    def understand(mail: Mail) -> UnderstoodMail:
        tried.append(mail.id)
        if mail.id == result().id:
            raise ZeroDivisionError("Meera Nair")
        return real(mail)

    office.understand = understand
    report = await office.reads(result(), closed())

    review = await office.the_review()
    assert review.reasons == ("it could not be understood: ZeroDivisionError",)
    assert await office.titles() == ["Office closed on Friday"]
    assert tried == [result().id, result().id, closed().id]
    assert report.failures == ("a mail was held, because it could not be understood: ZeroDivisionError",)


async def test_logs_say_what_became_of_a_mail_and_nothing_of_what_it_says(office: Office) -> None:
    real = office.understand

    def understand(mail: Mail) -> UnderstoodMail:
        if mail.id == policy().id:
            raise ValueError(f"{MEERA}: {mail.sender_address}")
        return real(mail)

    office.understand = understand
    with capture_logs() as events:
        await office.reads(result(MEERA, KABIR), closed(distrust="stranger@example.org"), policy(), spam())
        await office.answers(Answer.RELEASE, (await office.real_store.reviews.open(10))[0])

    told = json.dumps(events, default=str)
    crashed = next(event for event in events if event["event"] == "mail.crashed")
    assert crashed["trace"][-1].endswith(" understand")
    assert [word for word in ("Meera", "22103998", "office@", "stranger", "closed on", "LPA") if word in told] == []


async def test_a_mail_that_no_store_can_keep_as_it_is_is_scrubbed(office: Office) -> None:
    rows = ((MEERA, "\ud800"),)
    broken = Attachment(name="a\udfff.csv", media_type="text/csv", size_bytes=9, rows=rows)

    await office.reads(closed(text="The office is closed on Friday \ud83d because.", attachments=(broken,)))

    (notice,) = await office.notices()
    assert "closed on Friday ? because" in notice.text


async def test_a_released_mail_that_the_rules_fail_on_is_shown_as_it_is(office: Office) -> None:
    def understand(mail: Mail) -> UnderstoodMail:
        raise ZeroDivisionError

    office.understand = understand
    await office.reads(closed(text="The office <b>is</b> closed."))

    await office.answers(Answer.RELEASE)

    (notice,) = await office.notices()
    assert (notice.title, notice.text) == ("Office closed on Friday", "The office <b>is</b> closed.")
    assert notice.html == "<p>The office &lt;b&gt;is&lt;/b&gt; closed.</p>"


async def test_understanding_a_slow_mail_holds_nobody_up(office: Office) -> None:
    real, loop, begun, turned = office.understand, asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def understand(mail: Mail) -> UnderstoodMail:
        loop.call_soon_threadsafe(begun.set)
        if not turned.wait(5):  # seconds; nobody can turn a loop that waits here
            raise TimeoutError
        return real(mail)

    office.understand = understand
    office.box.get(closed())

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(office.poll.run_once(first=False))
        await begun.wait()
        turned.set()

    assert (poll.result().notices, poll.result().failures) == (1, ())


class Filling:
    """An assistant that fills what it can, and more than it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fill(self, title: str, text: str, facts: Facts) -> Facts:
        self.asked.append(title)
        return facts.model_copy(update={"venue": "Lab 3", "kind": NoticeKind.OFFER, "held": "x"})


async def test_an_assistant_fills_fields_and_decides_nothing(office: Office) -> None:
    office.assistant = Filling()
    office.start()

    await office.reads(closed())

    (notice,) = await office.notices()
    assert (notice.facts.venue, notice.facts.kind, notice.facts.held) == ("Lab 3", NoticeKind.ANNOUNCEMENT, None)


async def test_an_assistant_never_sees_untrusted_or_irrelevant_mail(office: Office) -> None:
    assistant = office.assistant = Filling()
    office.start()
    await office.reads(closed(distrust="its sender is not in the list"), spam(), result())

    await office.answers(Answer.RELEASE)

    assert assistant.asked == []
