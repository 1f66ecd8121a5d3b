import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.mail import Attachment, Mail
from placement_alerts.core.mail_review import HISTORY, told_apart
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Facts, NoticeKind
from placement_alerts.core.review import Answer, ReviewKind
from placement_alerts.errors import PeerRefused, PeerUnreachable, StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailVerdict
from tests.builders import YEAR, a_job, a_mail, after
from tests.pipeline.conftest import Hand
from tests.pipeline.mails import ASHA, KABIR, MEERA, Fuse, Killed, Office, closed, policy, result, spam


@pytest.fixture
def office(store: Store, now: Hand) -> Office:
    return Office(store, now)


async def verdict_of(office: Office, mail: Mail) -> MailVerdict | None:
    record = await office.real_store.mails.get(told_apart(mail).id)
    return record.verdict if record else None


async def test_a_mail_is_a_notice_and_then_flagged(office: Office) -> None:
    report = await office.reads(closed())

    (notice,) = await office.notices()
    assert (notice.title, notice.facts.kind, notice.year) == ("Office closed on Friday", NoticeKind.ANNOUNCEMENT, YEAR)
    assert (report.items, report.notices, report.archived) == (1, 1, 0)
    assert office.box.seen == {closed().id}
    assert office.stored.count == 1


async def test_the_same_mail_at_another_time_is_the_same_notice(office: Office, now: Hand) -> None:
    await office.reads(closed())
    before = await office.notices()
    now.turn(days=2)

    report = await office.reads(closed(), uidvalidity=2)

    assert await office.notices() == before
    assert (report.notices, report.unchanged) == (0, 1)


async def test_a_mail_that_is_done_is_only_flagged_again(office: Office) -> None:
    await office.reads(closed())
    office.box.seen.clear()

    await office.reads(closed(), folder="Other")

    assert office.box.seen == {closed().id}
    assert len(await office.notices()) == 1


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
    real = office.understand

    def understand(mail: Mail) -> UnderstoodMail:
        time.sleep(0.2)  # a hostile mail
        return real(mail)

    office.understand = understand
    office.box.get(closed())

    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(office.poll.run_once(first=False))
        turns = 0
        while not poll.done():
            await asyncio.sleep(0.01)
            turns += 1

    assert turns > 5


async def test_an_unavailable_store_ends_the_poll_and_the_mail_comes_again(office: Office) -> None:
    class Away:
        """A store that does not answer when a notice is stored."""

        def __init__(self, inner: Store) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> object:
            return self if name == "notices" else getattr(self.inner, name)

        async def save(self, notice: object) -> bool:
            raise StoreUnavailable("no answer")

    real = office.real_store
    office.real_store = Away(real)  # type: ignore[assignment]  # it is one but for what fails
    office.start()
    with pytest.raises(StoreUnavailable):
        await office.reads(closed())
    assert office.box.seen == set()

    office.real_store = real
    office.start()
    await office.reads()

    assert len(await office.notices()) == 1
    assert office.box.seen == {closed().id}


async def test_a_mailbox_that_refuses_us_raises_one_alarm(office: Office) -> None:
    office.box.refuses = PeerRefused("the login was refused")

    for _ in range(2):
        with pytest.raises(PeerRefused):
            await office.reads()

    review = await office.the_review()
    assert (review.kind, review.reasons) == (ReviewKind.ALARM, ("the login was refused",))


async def test_a_mailbox_that_cannot_be_reached_for_once_raises_no_alarm(office: Office) -> None:
    office.box.refuses = PeerUnreachable("no answer")

    with pytest.raises(PeerUnreachable):
        await office.reads()

    assert await office.real_store.reviews.open(10) == []


async def test_history_is_kept_for_reading_and_told_to_nobody(office: Office) -> None:
    old: dict[str, Any] = {"date": after(days=-9), "received_at": after(days=-9)}

    report = await office.reads(result(**old), closed(**old), policy(**old))

    assert all(notice.archived for notice in await office.notices())
    assert (report.notices, report.archived) == (3, 3)
    assert len(await office.real_store.offers.of_year(YEAR)) == 1


async def test_what_arrived_of_late_is_told_at_the_first_reading(office: Office) -> None:
    await office.reads(closed(received_at=after(hours=-23)))

    (notice,) = await office.notices()
    assert not notice.archived


async def test_history_that_a_crash_broke_off_stays_history(office: Office) -> None:
    old: dict[str, Any] = {"received_at": after(days=-9)}
    office.max_mails = 1
    office.start()
    await office.reads(closed(**old), result(**old))

    office.start()
    await office.reads()

    assert [notice.archived for notice in await office.notices()] == [True, True]
    assert office.rung == 1


async def test_a_folder_that_is_added_later_brings_its_history(office: Office) -> None:
    await office.reads(closed())

    await office.reads(result(received_at=after(days=-9)), folder="Older")

    assert {notice.title: notice.archived for notice in await office.notices()} == {
        "Office closed on Friday": False,
        "Placement Offer: Brightwave Systems": True,
    }


async def test_mails_that_came_while_we_were_down_are_told(office: Office, now: Hand) -> None:
    await office.reads(closed())
    now.turn(days=5)

    await office.reads(result(received_at=after(days=2)))

    assert not any(notice.archived for notice in await office.notices())


async def test_mails_that_came_while_we_were_down_are_told_though_the_folder_was_empty(
    office: Office, now: Hand
) -> None:
    await office.reads()
    now.turn(days=5)

    await office.reads(closed(received_at=after(days=2)))

    assert [notice.archived for notice in await office.notices()] == [False]


async def test_mails_that_came_while_we_were_down_are_told_though_another_folder_cannot_be_opened(
    office: Office, now: Hand
) -> None:
    office.box.refuses_after = PeerRefused("no such folder")
    with pytest.raises(PeerRefused):
        await office.reads(closed("<c0@example.org>", subject="Closed on Monday"))
    now.turn(days=5)

    with pytest.raises(PeerRefused):
        await office.reads(closed(received_at=after(days=2)))

    assert [notice.archived for notice in await office.notices()] == [False, False]


async def test_mails_that_came_while_we_were_down_are_told_though_the_folder_was_renumbered(
    office: Office, now: Hand
) -> None:
    await office.reads(closed("<c0@example.org>", subject="Closed on Monday"))
    now.turn(days=5)

    await office.reads(closed(received_at=after(days=2)), uidvalidity=2)

    assert [notice.archived for notice in await office.notices()] == [False, False]


async def test_held_history_wakes_nobody_and_is_released_for_reading_alone(office: Office) -> None:
    await office.reads(closed(received_at=after(days=-9), distrust="its sender is not in the list"))
    review = await office.the_review()
    assert (review.told, review.reasons[-1]) == (True, HISTORY)

    await office.answers(Answer.RELEASE)

    (notice,) = await office.notices()
    assert notice.archived


async def test_more_mails_than_one_run_takes_follow_in_the_next(office: Office) -> None:
    office.max_mails = 2
    office.start()

    await office.reads(*(closed(f"<c{number}@example.org>", subject=f"Closed, {number}") for number in range(5)))
    assert (len(await office.notices()), office.rung) == (2, 1)
    await office.reads()
    await office.reads()

    assert (len(await office.notices()), office.rung) == (5, 2)


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


WHOLE = [result(MEERA, KABIR), closed(), spam(), policy(), result(MEERA, KABIR, ASHA, identifier="<m2@example.org>")]
TITLES = [
    "Office closed on Friday",
    "Placement Offer: Brightwave Systems",
    "Placement Update: Brightwave Systems (+1)",
]
WHOLE.append(closed("<c9@example.org>", subject="A shortlist", distrust="its sender is not in the list"))


@pytest.mark.parametrize("after_call", [False, True])
async def test_whichever_call_the_store_does_not_answer_every_mail_is_taken_in_once(
    office: Office, after_call: bool
) -> None:
    office.box.get(*WHOLE)
    losses = 0
    while True:
        office.start(Fuse(losses + 1, StoreUnavailable("no answer"), after_call))
        try:
            await office.poll.run_once(first=False)
            break
        except StoreUnavailable:
            losses += 1

    titles = await office.titles()
    assert losses > 10
    assert (titles[:3], len(titles)) == (TITLES, 4)
    assert office.box.seen == {mail.id for mail in WHOLE}


async def test_killed_in_each_life_one_step_later_every_mail_is_taken_in_once(office: Office) -> None:
    office.box.get(*WHOLE)
    kills = 0
    while await is_killed(office, kills + 1):
        kills += 1

    titles = await office.titles()
    assert kills > 10
    assert titles[:3] == TITLES
    assert len(titles) == 4
    assert office.box.seen == {mail.id for mail in WHOLE}
    assert len(await office.real_store.reviews.open(10)) == 1


async def is_killed(office: Office, at: int) -> bool:
    """Poll in a process that is killed at its call of that number; say whether it lived to make it."""
    office.start(Fuse(at))
    try:
        await office.poll.run_once(first=False)
    except Killed:
        return True
    return False


async def test_killed_once_at_any_step_the_next_life_finishes_the_work(tmp_path: Path) -> None:
    lives: list[tuple[list[str], set[str], int]] = []
    while True:
        store = await open_store(f"sqlite:///{tmp_path}/store{len(lives)}.db")
        office = Office(store, Hand())
        office.box.get(*WHOLE)
        killed = await is_killed(office, len(lives) + 1)
        office.start()
        await office.poll.run_once(first=False)
        lives.append((await office.titles(), office.box.seen, len(await store.reviews.open(10))))
        await store.close()
        if not killed:
            break

    assert len(lives) > 30
    assert lives == [lives[-1]] * len(lives)
    assert lives[-1][0][:3] == TITLES
