"""What the bot says about signing in on the web page."""

from aiogram.utils.formatting import Bold, Code, Text, as_list

from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.session import SignIn

YES_BUTTON = "signin:yes:"  # followed by the code
NO_BUTTON = "signin:no:"

SIGNED_IN = "Signed in: go back to your browser."
REFUSED = "That browser stays signed out."
OUT_OF_DATE = "This sign-in is out of date. Reload the page in your browser and try again."

_BOLD = frozenset({Style.BOLD})


def question(sign_in: SignIn, code: str) -> Message:
    """Ask whether the browser is the student's own."""
    words = f"Sign in the browser {sign_in.label} that shows "
    blocks = (
        Block((Span(words), Span(sign_in.digits, _BOLD), Span("?"))),
        Block((Span("Press Yes only if you opened that page yourself and it shows this very number."),)),
    )
    buttons = (Button("Yes, sign in", data=f"{YES_BUTTON}{code}"), Button("No", data=f"{NO_BUTTON}{code}"))
    return Message(blocks, (buttons,))


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
