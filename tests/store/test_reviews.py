"""What the admins have to look at, on both stores."""

import asyncio
from datetime import datetime
from typing import Any

from placement_alerts.core.mail import Attachment
from placement_alerts.core.review import Answer, Review, ReviewId, ReviewKind
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import NOW, a_mail, a_review, after, facts


async def asked(store: Store, identifier: str = "r1", **values: Any) -> Review:
    review = a_review(identifier, **values)
    await store.reviews.ask(review)
    return review


async def answered(store: Store, review: Review, now: datetime = NOW) -> Review:
    await store.reviews.answer(review.id, Answer.RELEASE, "7", now)
    given = {"answer": Answer.RELEASE, "answered_by": "7", "answered_at": now}
    return review.model_copy(update=given)


async def test_stored_review_comes_back_with_its_mail_and_facts(store: Store) -> None:
    attached = Attachment(name="list.xlsx", media_type="application/x", size_bytes=9, rows=(("Asha", "21103001"), ()))
    review = a_review(mail=a_mail(attachments=(attached,)), facts=facts())

    assert await store.reviews.ask(review)

    assert await store.reviews.get(review.id) == review


async def test_question_about_two_names_comes_back_in_their_order(store: Store) -> None:
    review = await asked(store, kind=ReviewKind.SAME_COMPANY, companies=("brightwave systems", "brightwave"))

    assert await store.reviews.get(review.id) == review


async def test_the_same_question_is_asked_once(store: Store) -> None:
    first = await asked(store)

    assert not await store.reviews.ask(a_review(title="again", told=True))

    assert await store.reviews.open(9) == [first]
    assert await store.reviews.untold(9) == [first]


async def test_question_that_was_answered_is_not_asked_again(store: Store) -> None:
    await answered(store, await asked(store))

    assert not await store.reviews.ask(a_review())

    assert await store.reviews.open(9) == []


async def test_open_reviews_come_oldest_first_up_to_the_limit(store: Store) -> None:
    late = await asked(store, "a", asked_at=after(hours=1))
    second = await asked(store, "c")
    first = await asked(store, "b")

    assert await store.reviews.open(9) == [first, second, late]
    assert await store.reviews.open(2) == [first, second]
    assert await store.reviews.open(0) == []


async def test_admins_are_told_of_a_review_once(store: Store) -> None:
    late = await asked(store, "a", asked_at=after(hours=1))
    first = await asked(store, "b")
    assert await store.reviews.untold(9) == [first, late]

    await store.reviews.mark_told(first.id)
    await store.reviews.mark_told(first.id)

    assert await store.reviews.untold(9) == [late]
    assert await store.reviews.open(9) == [first.model_copy(update={"told": True}), late]


async def test_answer_is_stored_with_who_gave_it_and_when(store: Store) -> None:
    review = await asked(store, mail=a_mail())

    assert await store.reviews.answer(review.id, Answer.DISCARD, "cli", after(hours=1))

    stored = await store.reviews.get(review.id)
    given = {"answer": Answer.DISCARD, "answered_by": "cli", "answered_at": after(hours=1)}
    assert stored == review.model_copy(update=given)
    assert await store.reviews.open(9) == []
    assert await store.reviews.untold(9) == []


async def test_second_answer_changes_nothing(store: Store) -> None:
    first = await answered(store, await asked(store))

    assert not await store.reviews.answer(first.id, Answer.DISCARD, "8", after(hours=1))

    assert await store.reviews.get(first.id) == first


async def test_review_that_is_not_there_is_neither_answered_nor_told_nor_done(store: Store) -> None:
    missing = ReviewId("none")

    assert not await store.reviews.answer(missing, Answer.NOTED, "7", NOW)
    await store.reviews.mark_told(missing)
    await store.reviews.mark_done(missing)

    assert await store.reviews.get(missing) is None


async def test_of_many_answers_at_once_one_counts(store: Store, store_url: str) -> None:
    review = await asked(store)
    other = await open_store(store_url)
    everybody = [(each, str(number)) for number in range(20) for each in (store, other)]

    async with asyncio.TaskGroup() as admins:
        answers = [
            admins.create_task(each.reviews.answer(review.id, Answer.RELEASE, by, NOW)) for each, by in everybody
        ]
    await other.close()

    assert sum(answer.result() for answer in answers) == 1
    stored = await store.reviews.get(review.id)
    winner = next(by for answer, (_, by) in zip(answers, everybody, strict=True) if answer.result())
    assert stored is not None
    assert stored.answered_by == winner


async def test_answers_wait_oldest_answer_first_until_they_are_done(store: Store) -> None:
    reviews = [await asked(store, name) for name in ("a", "b", "c")]
    late = await answered(store, reviews[0], after(hours=1))
    second = await answered(store, reviews[2])
    first = await answered(store, reviews[1])

    assert await store.reviews.answered(9) == [first, second, late]
    assert await store.reviews.answered(1) == [first]
    await store.reviews.mark_done(first.id)

    assert await store.reviews.answered(9) == [second, late]


async def test_what_is_done_keeps_neither_mail_nor_facts(store: Store) -> None:
    review = await answered(store, await asked(store, mail=a_mail(), facts=facts()))

    await store.reviews.mark_done(review.id)
    await store.reviews.mark_done(review.id)

    forgotten = review.model_copy(update={"mail": None, "facts": None, "done": True})
    assert await store.reviews.get(review.id) == forgotten


async def test_open_review_cannot_be_done_and_keeps_its_mail(store: Store) -> None:
    review = await asked(store, mail=a_mail())

    await store.reviews.mark_done(review.id)

    assert await store.reviews.open(9) == [review]


async def test_largest_mail_that_is_read_is_held_whole(store: Store) -> None:
    rows = (("é" * 2,) * 50,) * 5_000
    files = tuple(
        Attachment(name=f"{number}.csv", media_type="text/csv", size_bytes=9, rows=rows) for number in range(8)
    )
    review = a_review(mail=a_mail(attachments=files, html="é" * 500_000))

    await store.reviews.ask(review)

    assert await store.reviews.get(review.id) == review
