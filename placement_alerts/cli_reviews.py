"""`placement-alerts reviews`: what waits for a person of the office, and the answers."""

from typing import Annotated, Any

import typer

from placement_alerts import cli_show, oneshot_reviews
from placement_alerts.cli_options import AsJson, ConfigFile, Limit, finish, settings, show_result
from placement_alerts.core.review import Answer, Review

app = typer.Typer(help="What waits for a person: held mails, company names, alarms.", no_args_is_help=True)


@app.command("list")
def reviews_list(limit: Limit = 50, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """List what is not answered, oldest first, with the reasons."""
    found = finish(oneshot_reviews.list_reviews(settings(config).config, limit))
    show_result(as_json, [_json(review) for review in found], lambda _: cli_show.reviews(found))


@app.command("answer")
def reviews_answer(
    review: Annotated[str, typer.Argument(metavar="ID", help="See `reviews list`.")],
    answer: Annotated[Answer, typer.Argument(help="release or discard a mail; same or different; noted.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Answer one; the running process (or the next one) carries it out."""
    done = finish(oneshot_reviews.answer_review(settings(config).config, review, answer))
    show_result(as_json, _json(done), lambda _: typer.echo(f"{done.id}: {answer}"))


def _json(review: Review) -> dict[str, Any]:
    """Return a review without the mail, which is for the admins' eyes in the bot."""
    return review.model_dump(mode="json", exclude={"mail", "facts"})
