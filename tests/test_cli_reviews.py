import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from placement_alerts.cli import app
from placement_alerts.core.review import Answer, Review, ReviewId
from placement_alerts.store import open_store
from tests.builders import a_review


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def call(url: str, *arguments: str) -> Result:
    return CliRunner(env={"PLACEMENT_ALERTS__DATABASE__URL": url}).invoke(app, ["reviews", *arguments])


def ask(url: str, review: Review) -> None:
    async def asked() -> None:
        store = await open_store(url)
        await store.reviews.ask(review)
        await store.close()

    asyncio.run(asked())


def stored(url: str, review_id: ReviewId) -> Review | None:
    async def got() -> Review | None:
        store = await open_store(url)
        try:
            return await store.reviews.get(review_id)
        finally:
            await store.close()

    return asyncio.run(got())


def test_what_waits_is_listed_without_the_mail(url: str) -> None:
    review = a_review()
    ask(url, review)

    done = call(url, "list", "--json")

    (listed,) = json.loads(done.stdout)
    assert listed["id"] == review.id
    assert "mail" not in listed


def test_an_answer_is_stored_with_who_gave_it(url: str) -> None:
    review = a_review()
    ask(url, review)

    done = call(url, "answer", review.id, "discard")

    assert done.exit_code == 0
    after = stored(url, review.id)
    assert after is not None
    assert (after.answer, after.answered_by) == (Answer.DISCARD, "cli")


@pytest.mark.parametrize("arguments", [("rNobody", "discard"), ("{id}", "same")], ids=["unknown", "no such answer"])
def test_an_answer_that_cannot_be_is_refused_and_changes_nothing(url: str, arguments: tuple[str, str]) -> None:
    review = a_review()
    ask(url, review)

    done = call(url, "answer", *(one.format(id=review.id) for one in arguments))

    after = stored(url, review.id)
    assert done.exit_code == 1
    assert after is not None
    assert after.answer is None


def test_a_second_answer_is_refused(url: str) -> None:
    review = a_review()
    ask(url, review)
    call(url, "answer", review.id, "discard")

    done = call(url, "answer", review.id, "release")

    assert done.exit_code == 1
