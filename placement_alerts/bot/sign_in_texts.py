"""What the bot says about signing in on the web page."""

from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Code, Text, as_list

from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.pipeline.signing_in import Confirmation

NUMBER_BUTTON = "signin:number:"  # followed by the number, a colon and the code
NO_BUTTON = "signin:no:"  # followed by the code

SIGNED_IN = "Signed in: go back to your browser."
REFUSED = "That browser stays signed out."
OUT_OF_DATE = "This sign-in is out of date. Reload the page in your browser and try again."
WRONG = "That is not the number that the browser shows, so it stays signed out. Reload its page to try again."
CONFIRMED = {
    Confirmation.DONE: SIGNED_IN,
    Confirmation.WRONG: WRONG,
    Confirmation.TOO_LATE: OUT_OF_DATE,
}

_BOLD = frozenset({Style.BOLD})


def question(label: str, choices: Sequence[str], code: str) -> Message:
    """Ask which number the browser shows: whoever was sent a link by somebody else sees none."""
    blocks = (
        Block((Span(f"Sign in the browser {label}? "), Span("Press the number that your browser shows.", _BOLD))),
        Block(
            (
                Span(
                    "Press No if you did not open the sign-in page yourself, even if somebody tells you a number:"
                    " they would be signed in as you."
                ),
            )
        ),
    )
    numbers = tuple(Button(one, data=f"{NUMBER_BUTTON}{one}:{code}") for one in choices)
    return Message(blocks, (numbers, (Button("No", data=f"{NO_BUTTON}{code}"),)))


def signed_in(page: str | None) -> Text:
    """Say that it worked, and what to do if it should not have. page: of the devices."""
    where = f" See your browsers at {page}" if page else ""
    return Text("A browser is signed in as you now: go back to it.", where)


def out_of_date() -> Text:
    """Answer a deep link that cannot be used any more."""
    return Text(OUT_OF_DATE)


def code(text: str, page: str | None) -> Text:
    """Give a one-time code. page: where it is typed; None: the world does not reach our pages."""
    where = Text("Type it at ", page) if page else Text("Type it on the sign-in page")
    return as_list(
        Text("Your sign-in code: ", Bold(Code(f"{text[:4]}-{text[4:]}"))),
        Text(where, " within 10 minutes. It works once."),
        "Tell it nobody: whoever types it is signed in as you.",
    )
