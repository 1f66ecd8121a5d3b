import io
from typing import Any

import pytest

from placement_alerts.bot.admin import SHOWN
from placement_alerts.core.review import Answer, Review, ReviewId, ReviewKind
from tests.bot.conftest import ADMIN, ASHA, NOW, Desk, a_message, a_press
from tests.builders import a_review

SAME: dict[str, Any] = {"kind": ReviewKind.SAME_COMPANY, "companies": ("acme", "acme labs")}


async def review_of(desk: Desk, identifier: str = "r1") -> Review:
    review = await desk.store.reviews.get(ReviewId(identifier))
    assert review is not None
    return review


async def press(desk: Desk, data: str, person: dict[str, Any] = ADMIN) -> str:
    await desk.hear(callback_query=a_press(data, person=person))
    return desk.telegram.notified()[-1]


async def test_held_lists_what_waits_with_buttons(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review("r1", title="Offers from Acme"))
    await desk.store.reviews.ask(a_review("r2", **SAME))

    await desk.hear(message=a_message("/held", chat=9, person=ADMIN))

    head, first, _ = desk.telegram.said()
    assert head == "2 questions wait for an answer:"
    assert first.splitlines()[:2] == ["✋ Held mail: Offers from Acme", "• sender is not trusted"]
    rows = [sent["reply_markup"]["inline_keyboard"] for sent in desk.telegram.named("sendMessage")[1:]]
    assert [[button["callback_data"] for button in row] for (row,) in rows] == [
        ["review:r1:release", "review:r1:discard"],
        ["review:r2:same", "review:r2:different"],
    ]


async def test_when_nothing_waits_held_says_so(desk: Desk) -> None:
    await desk.hear(message=a_message("/held", chat=9, person=ADMIN))

    assert desk.telegram.said() == ["Nothing waits for an answer."]


async def test_the_oldest_are_listed_when_there_are_many(desk: Desk) -> None:
    for number in range(SHOWN + 1):
        await desk.store.reviews.ask(a_review(f"r{number}"))

    await desk.hear(message=a_message("/held", chat=9, person=ADMIN))

    assert desk.telegram.said()[0] == f"The oldest {SHOWN} questions wait for an answer:"
    assert len(desk.telegram.said()) == SHOWN + 1


async def test_for_everybody_else_held_is_no_command(desk: Desk, log: io.StringIO) -> None:
    await desk.store.reviews.ask(a_review())

    await desk.hear(message=a_message("/held"))

    (said,) = desk.telegram.said()
    assert said.startswith("I do not know this command.")
    assert '"admin.refused"' in log.getvalue()


async def test_in_a_group_nobody_is_shown_what_waits(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())

    await desk.hear(message=a_message("/held@alerts_bot", chat=-100, kind="supergroup", person=ADMIN))

    (said,) = desk.telegram.said()
    assert said.startswith("I talk to students one by one")


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({}, Answer.RELEASE),
        ({}, Answer.DISCARD),
        (SAME, Answer.SAME),
        (SAME, Answer.DIFFERENT),
        ({"kind": ReviewKind.ALARM}, Answer.NOTED),
    ],
)
async def test_a_press_stores_the_answer_with_who_gave_it(
    desk: Desk, log: io.StringIO, values: dict[str, Any], answer: Answer
) -> None:
    await desk.store.reviews.ask(a_review(**values))

    said = await press(desk, f"review:r1:{answer}")

    review = await review_of(desk)
    assert (review.answer, review.answered_by, review.answered_at) == (answer, "9", NOW)
    assert 1 <= len(said) <= 200
    assert '"admin": 9' in log.getvalue()


async def test_after_an_answer_the_buttons_are_gone(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())

    await press(desk, "review:r1:release")

    (edited,) = desk.telegram.named("editMessageReplyMarkup")
    assert (edited["message_id"], edited.get("reply_markup")) == (5, None)


async def test_an_answer_wakes_who_carries_it_out(desk: Desk) -> None:
    await desk.store.reviews.ask(a_review())

    await press(desk, "review:r1:release")

    assert desk.dispatcher["answered"].count == 1


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("8", "Answered already by admin 8: released."),
        ("9", "You answered this already: released."),
        ("cli", "Answered already, on the command line: released."),
        ("time", "It waited for too long and was released."),
    ],
)
async def test_the_second_answer_changes_nothing_and_hears_whose_the_first_was(desk: Desk, by: str, said: str) -> None:
    await desk.store.reviews.ask(a_review())
    await desk.store.reviews.answer(ReviewId("r1"), Answer.RELEASE, by, NOW)

    assert await press(desk, "review:r1:discard") == said
    assert (await review_of(desk)).answer is Answer.RELEASE


@pytest.mark.parametrize(
    "data",
    [
        "review:r1:same",  # no answer to a held mail
        "review:unknown:release",
        "review:r1:publish",
        "review:r1",
        "review::release",
        "review:" + "x" * 48 + ":release",
        "review:r1' OR 1=1:release",
        "review:r1:release:release",
    ],
)
async def test_what_was_never_a_button_answers_nothing(desk: Desk, data: str) -> None:
    await desk.store.reviews.ask(a_review())

    assert await press(desk, data) == "This button is out of date."
    assert (await review_of(desk)).answer is None


async def test_who_is_no_admin_answers_nothing(desk: Desk, log: io.StringIO) -> None:
    await desk.store.reviews.ask(a_review())

    assert await press(desk, "review:r1:release", ASHA) == "This button is out of date."
    assert (await review_of(desk)).answer is None
    assert '"admin.refused"' in log.getvalue()
