import asyncio
import io
from types import SimpleNamespace
from typing import cast

import pytest

from placement_alerts.bot.review_texts import question
from placement_alerts.bot.reviews import ReviewDesk
from placement_alerts.core.mail import Attachment
from placement_alerts.core.review import Review, ReviewId, ReviewKind
from placement_alerts.errors import StoreUnavailable
from placement_alerts.store.base import Store
from tests.bot.conftest import Desk
from tests.builders import a_mail, a_review, facts

ADMINS = (9, 10)
QUICK = {"idle_s": 0.01, "again_s": 0.01}


async def test_every_admin_is_told_once_with_the_buttons(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())
    reviews = ReviewDesk(desk.store, desk.answers, ADMINS)

    assert await reviews.run_once()
    assert await reviews.run_once()

    sent = desk.telegram.named("sendMessage")
    assert [one["chat_id"] for one in sent] == [9, 10]
    assert sent[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "review:r1:release"
    assert await desk.store.reviews.untold(10) == []
    assert len(await desk.store.reviews.open(10)) == 1


async def test_what_is_asked_while_it_runs_is_told(desk: Desk) -> None:
    reviews = ReviewDesk(desk.store, desk.answers, ADMINS, **QUICK)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(reviews.run())
        await desk.store.reviews.ask(a_review())
        await desk.telegram.heard.get()
        reviews.stop()

    assert len(desk.telegram.said()) == 2
    assert await desk.store.reviews.untold(1) == []


async def test_an_admin_who_cannot_be_reached_just_now_is_told_later_and_the_others_once(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())
    reviews = ReviewDesk(desk.store, desk.answers, ADMINS)
    desk.telegram.failing["sendMessage"] = 500

    assert not await reviews.run_once()
    assert len(await desk.store.reviews.untold(1)) == 1

    del desk.telegram.failing["sendMessage"]
    assert await reviews.run_once()
    assert await desk.store.reviews.untold(1) == []


async def test_what_no_admin_can_be_told_stays_untold(desk: Desk, log: io.StringIO) -> None:
    await desk.store.reviews.ask(a_review())
    desk.telegram.failing["sendMessage"] = 403

    assert not await ReviewDesk(desk.store, desk.answers, ADMINS).run_once()
    assert len(await desk.store.reviews.untold(1)) == 1
    assert '"review.not_told"' in log.getvalue()


async def test_what_no_admin_can_be_told_is_logged_once(desk: Desk, log: io.StringIO) -> None:
    await desk.store.reviews.ask(a_review())
    desk.telegram.failing["sendMessage"] = 403
    reviews = ReviewDesk(desk.store, desk.answers, ADMINS)

    await reviews.run_once()
    await reviews.run_once()

    assert log.getvalue().count('"review.not_told"') == 1


async def test_without_admins_nothing_is_told(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())

    assert await ReviewDesk(desk.store, desk.answers, ()).run_once()
    assert len(await desk.store.reviews.untold(1)) == 1


async def test_an_answered_review_is_not_told(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review(told=True))

    await ReviewDesk(desk.store, desk.answers, ADMINS).run_once()

    assert desk.telegram.said() == []


def test_a_held_mail_is_shown_by_sender_kind_reasons_and_first_lines() -> None:
    mail = a_mail(
        subject="Fwd: Shortlist",
        sender_name="Anupam Kestwal",
        text="Dear all,\n\nmeera@students.example.test is selected.\n" + "line\n" * 50,
        attachments=(Attachment(name="list.xlsx", media_type="x", size_bytes=1),),
    )

    lines = question(a_review(title="Shortlist", mail=mail, facts=facts())).plain().splitlines()

    assert lines[:7] == [
        "✋ Held mail: Shortlist",
        "From: Anupam Kestwal",
        "Subject: Fwd: Shortlist",
        "Likely: job posting, Brightwave Systems",
        "Attached: list.xlsx",
        "Held because:",
        "• sender is not trusted",
    ]
    assert "…@students.example.test is selected." in lines
    assert lines[-1] == "…"


def test_a_mail_that_was_not_understood_and_names_nobody_is_shown_too() -> None:
    mail = a_mail(subject="", sender_name=None, text=" ", html="<p>Hello</p><p>there</p>")

    text = question(a_review(title="(no subject)", mail=mail)).plain()

    assert "From: no name\nLikely: not understood\n" in text
    assert text.endswith("\nHello\nthere")


@pytest.mark.parametrize("text", ["word " * 10_000, "x" * 100_000, "a\n" * 10_000])
def test_what_is_shown_of_a_mail_is_bounded(text: str) -> None:
    mail = a_mail(text=text, subject=text, sender_name=text)

    assert len(question(a_review(title=text, reasons=(text,) * 50, mail=mail)).plain()) < 4_000


def test_two_companies_and_an_alarm_have_buttons_of_their_own() -> None:
    same = question(a_review(kind=ReviewKind.SAME_COMPANY, companies=("acme", "acme labs")))
    alarm = question(a_review(kind=ReviewKind.ALARM))

    assert "acme and acme labs" in same.plain()
    assert [[button.text for button in row] for row in (*same.buttons, *alarm.buttons)] == [
        ["Same", "Different"],
        ["Noted"],
    ]


def test_an_id_that_is_too_long_for_a_button_has_none() -> None:
    assert question(a_review("r" * 50)).buttons == ()


class Away:
    """The real reviews; at first the store is away."""

    def __init__(self, store: Store) -> None:
        self._reviews = store.reviews
        self._away = True

    async def untold(self, limit: int) -> list[Review]:
        away, self._away = self._away, False
        if away:
            raise StoreUnavailable("the store is away")
        return await self._reviews.untold(limit)

    async def mark_told(self, review_id: ReviewId) -> None:
        await self._reviews.mark_told(review_id)


async def test_a_store_that_was_away_holds_nothing_up_for_good(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())
    store = cast("Store", SimpleNamespace(reviews=Away(desk.store)))
    reviews = ReviewDesk(store, desk.answers, (9,), **QUICK)

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(reviews.run())
        await desk.telegram.heard.get()
        reviews.stop()

    assert await desk.store.reviews.untold(1) == []


async def test_once_stopped_it_begins_no_further_review(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())
    reviews = ReviewDesk(desk.store, desk.answers, (9,))
    reviews.stop()

    await reviews.run_once()

    assert desk.telegram.said() == []
