import asyncio
from pathlib import Path
from typing import Any

import pytest

from placement_alerts.core.mail import Mail
from placement_alerts.core.mail_review import told_apart
from placement_alerts.core.review import Answer, ReviewKind
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailVerdict
from tests.builders import YEAR, a_review, after, understood_mail
from tests.pipeline.conftest import Hand
from tests.pipeline.mails import ASHA, KABIR, MEERA, Fuse, Killed, Office, closed, policy, result

STRANGER = "its sender is not in the list"


@pytest.fixture
def office(store: Store, now: Hand) -> Office:
    return Office(store, now)


async def verdict_of(office: Office, mail: Mail) -> MailVerdict | None:
    record = await office.real_store.mails.get(told_apart(mail).id)
    return record.verdict if record else None


@pytest.mark.parametrize(
    ("mail", "title", "verdict"),
    [
        (closed(distrust=STRANGER), "Office closed on Friday", MailVerdict.NOTICE),
        (result(distrust=STRANGER), "Placement Offer: Brightwave Systems", MailVerdict.OFFER),
    ],
)
async def test_a_released_mail_is_published_as_if_it_were_trusted(
    office: Office, mail: Mail, title: str, verdict: MailVerdict
) -> None:
    await office.reads(mail)

    await office.answers(Answer.RELEASE)

    assert await office.titles() == [title]
    assert await verdict_of(office, mail) is verdict


async def test_a_released_policy_is_stored(office: Office) -> None:
    await office.reads(policy(distrust=STRANGER))

    await office.answers(Answer.RELEASE)

    assert await office.real_store.policies.years() == [2027]


async def test_a_release_is_carried_out_once_and_the_mail_is_forgotten(office: Office) -> None:
    await office.reads(closed(distrust=STRANGER))
    review = await office.the_review()

    await office.answers(Answer.RELEASE)
    assert await office.reviewing.run_once() == 0

    done = await office.real_store.reviews.get(review.id)
    assert done is not None
    assert (done.done, done.mail, done.facts) == (True, None, None)
    assert len(await office.notices()) == 1


async def test_a_mail_that_is_held_for_its_facts_is_published_without_that_mark(office: Office) -> None:
    text = "Final result of Brightwave Systems: please find attached the list of students selected. CTC 11.5 LPA"
    await office.reads(result(text=text))

    await office.answers(Answer.RELEASE)

    (notice,) = await office.notices()
    assert (notice.title, notice.facts.held) == ("Final result - Brightwave Systems", None)


async def test_a_release_for_an_unknown_year_is_of_the_active_one(office: Office) -> None:
    await office.reads(closed(recipients=("office+203031@example.org",)))

    await office.answers(Answer.RELEASE)

    (notice,) = await office.notices()
    assert notice.year == YEAR


async def test_a_release_of_what_was_published_meanwhile_is_a_copy(office: Office) -> None:
    await office.reads(closed(distrust=STRANGER), closed("<c2@example.org>"))

    await office.answers(Answer.RELEASE)

    assert len(await office.notices()) == 1
    assert await verdict_of(office, closed(distrust=STRANGER)) is MailVerdict.COPY


async def test_a_discarded_mail_is_never_published(office: Office) -> None:
    await office.reads(closed(distrust=STRANGER))

    await office.answers(Answer.DISCARD)
    await office.reads(closed(distrust=STRANGER), folder="Other")

    assert await office.notices() == []
    assert await office.real_store.reviews.open(10) == []
    assert await verdict_of(office, closed(distrust=STRANGER)) is MailVerdict.DISCARDED


async def test_a_held_mail_that_nobody_answers_is_discarded_in_time(office: Office, now: Hand) -> None:
    await office.reads(closed(distrust=STRANGER))
    review = await office.the_review()

    now.turn(days=29)
    await office.reviewing.run_once()
    assert (await office.the_review()).id == review.id
    now.turn(days=1)
    await office.reviewing.run_once()

    done = await office.real_store.reviews.get(review.id)
    assert done is not None
    assert (done.answer, done.answered_by, done.mail) == (Answer.DISCARD, "time", None)
    assert await verdict_of(office, closed(distrust=STRANGER)) is MailVerdict.DISCARDED


async def test_questions_that_stay_open_do_not_keep_mails_from_expiring(office: Office, now: Hand) -> None:
    for number in range(45):
        alarm = a_review(f"a{number}", kind=ReviewKind.ALARM, asked_at=after(days=-90))
        await office.real_store.reviews.ask(alarm)
    await office.reads(closed(distrust=STRANGER))
    now.turn(days=30)

    await office.reviewing.run_once()

    assert await verdict_of(office, closed(distrust=STRANGER)) is MailVerdict.DISCARDED
    assert len(await office.real_store.reviews.open(100)) == 45


async def test_companies_that_are_the_same_become_one_offer(office: Office) -> None:
    await office.reads(result(MEERA), result(KABIR, identifier="<m2@example.org>", company="Brightwave Systems Noida"))

    await office.answers(Answer.SAME)

    (offer,) = await office.real_store.offers.of_year(YEAR)
    assert len(offer.students) == 2


async def test_companies_that_are_different_stay_apart_and_are_not_asked_about_again(office: Office) -> None:
    other = "Brightwave Systems Noida"
    await office.reads(result(MEERA), result(KABIR, identifier="<m2@example.org>", company=other))

    await office.answers(Answer.DIFFERENT)
    await office.reads(result(ASHA, identifier="<m3@example.org>", company=other))

    assert len(await office.real_store.offers.of_year(YEAR)) == 2
    assert await office.real_store.reviews.open(10) == []


async def test_an_alarm_that_was_seen_is_done(office: Office) -> None:
    await office.alarms.raise_once("mailbox:refused", "The mailbox cannot be read", ("the login was refused",))

    await office.answers(Answer.NOTED)

    assert await office.real_store.reviews.answered(10) == []


async def test_an_alarm_is_raised_once_while_nobody_answers_and_soon_after(office: Office, now: Hand) -> None:
    alarm = ("page:layout", "The official page is not understood", ("no batch was found",))
    await office.alarms.raise_once(*alarm)
    now.turn(days=3)
    await office.alarms.raise_once(*alarm)
    await office.answers(Answer.NOTED)
    now.turn(hours=1)
    await office.alarms.raise_once(*alarm)
    assert await office.real_store.reviews.open(10) == []

    now.turn(days=1)
    await office.alarms.raise_once(*alarm)

    assert (await office.the_review()).title == "The official page is not understood"


async def test_an_answer_that_we_fail_on_stops_no_other_and_is_tried_by_the_next_process(office: Office) -> None:
    real = office.understand
    await office.reads(closed(distrust=STRANGER), result(distrust=STRANGER))
    for review in await office.real_store.reviews.open(10):
        await office.real_store.reviews.answer(review.id, Answer.RELEASE, "7", office.now())

    office.understand = lambda mail: real(mail) if mail.subject == result().subject else understood_mail(facts=None)
    assert [await office.reviewing.run_once(), await office.reviewing.run_once()] == [1, 0]
    assert await office.titles() == ["Placement Offer: Brightwave Systems"]

    office.understand = real
    office.start()
    assert await office.reviewing.run_once() == 1


async def test_it_runs_when_it_is_rung_and_stops(office: Office) -> None:
    await office.reads(closed(distrust=STRANGER))
    review = await office.the_review()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.reviewing.run())
        await asyncio.sleep(0)
        await office.real_store.reviews.answer(review.id, Answer.RELEASE, "7", office.now())
        office.reviewing.flag.set()
        await office.stored.wait(0, timeout_s=5)
        office.reviewing.stop()

    assert await office.titles() == ["Office closed on Friday"]


async def test_a_store_that_is_away_only_postpones_an_answer(office: Office) -> None:
    await office.reads(closed(distrust=STRANGER))
    review = await office.the_review()
    await office.real_store.reviews.answer(review.id, Answer.RELEASE, "7", office.now())
    office.start(Fuse(5, StoreUnavailable("no answer")))

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.reviewing.run())
        while office.stored.count == 0:
            await asyncio.sleep(0.01)
            office.reviewing.flag.set()
        office.reviewing.stop()

    assert await office.titles() == ["Office closed on Friday"]


async def is_killed(office: Office, at: int) -> bool:
    office.start(Fuse(at))
    try:
        await office.reviewing.run_once()
    except Killed:
        return True
    return False


async def test_killed_at_any_step_each_answer_is_carried_out_once(tmp_path: Path) -> None:
    ends: list[tuple[Any, ...]] = []
    while True:
        store = await open_store(f"sqlite:///{tmp_path}/store{len(ends)}.db")
        office = Office(store, Hand())
        other = result(KABIR, identifier="<m2@example.org>", company="Brightwave Systems Noida")
        await office.reads(
            result(MEERA), other, closed(distrust=STRANGER), result(ASHA, identifier="<m3>", distrust="x")
        )
        answers = {ReviewKind.SAME_COMPANY: Answer.SAME, ReviewKind.HELD_MAIL: Answer.RELEASE}
        for review in await store.reviews.open(10):
            await store.reviews.answer(review.id, answers[review.kind], "7", office.now())
        killed = await is_killed(office, len(ends) + 1)
        office.start()
        await office.reviewing.run_once()
        (offer,) = await store.offers.of_year(YEAR)
        ends.append((await office.titles(), len(offer.students), len(await store.reviews.answered(10))))
        await store.close()
        if not killed:
            break

    assert len(ends) > 30
    assert ends == [ends[-1]] * len(ends)
    assert (len(ends[-1][0]), ends[-1][1:]) == (4, (3, 0))
