"""What the bot says to everybody: text with entities, never markup, so that no name or title can break it.

Beside it stand the texts about one matter each: enrollment_texts, knowledge_texts, review_texts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Code, Text, TextLink, as_list

from placement_alerts.core.student import Student
from placement_alerts.core.timetable import show_date, show_year


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the menu. description: at most 256 characters."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page that students look for. url: http(s)."""

    title: str
    url: str


COMMANDS = (
    Command("start", "Get placement notices here"),
    Command("status", "See whether you get notices"),
    Command("enrollment", "Be told when a list names you"),
    Command("stats", "Placement statistics of your year"),
    Command("policy", "The placement policy"),
    Command("signin", "Sign in on the web page"),
    Command("web", "Useful links"),
    Command("help", "What this bot does"),
    Command("stop", "Get no more notices"),
)

ADMIN_COMMANDS = (Command("held", "What waits for an answer of yours"),)  # beside the others, for admins only

BUTTON_OUT_OF_DATE = "This button is out of date."
SEEN = "Noted: you have seen it."
PRESS_START_FIRST = "Press /start first, so that I know you."


def welcome(year: str, links: Sequence[Link]) -> Text:
    """Greet a new student."""
    return as_list(
        Bold("Welcome! You are on the list."),
        Text(
            "From now on you get every placement notice of ",
            Bold(show_year(year)),
            " that concerns you, right here. What was published before today is not sent again.",
        ),
        "",
        _commands(),
        *_links(links),
    )


def welcome_back(year: str, links: Sequence[Link]) -> Text:
    """Greet a student who comes back."""
    return as_list(
        Bold("Welcome back! You get notices again."),
        Text("Your placement year is ", Bold(show_year(year)), ". What was published meanwhile is not sent again."),
        "",
        _commands(),
        *_links(links),
    )


def already_active() -> Text:
    """Answer /start of a student who gets notices already."""
    return Text("You are on the list already: notices come here by themselves. /status shows the details.")


def stopped(*, was_on: bool) -> Text:
    """Answer /stop."""
    if was_on:
        return Text("Stopped: you get no more notices. Your registration is kept; /start turns them on again.")
    return Text("You were not getting notices, so there is nothing to stop. /start turns them on.")


def status(student: Student | None, chat_id: int, *, is_on: bool) -> Text:
    """Answer /status. student: None if we do not know this chat."""
    if student is None:
        return Text("There is no registration for you yet. /start creates one.")
    head = Bold("You get notices here.") if is_on else Bold("You are registered, but get no notices.")
    return as_list(
        head,
        Text("Registered on: ", show_date(student.joined_at)),
        Text("User id: ", Code(str(chat_id))),
        Text("Placement year: ", show_year(student.year)),
        *([Text("Enrollment number: ends in ", student.enrollment_hint)] if student.enrollment_hint else []),
        Text("Status: ", "active" if is_on else "inactive"),
        *([] if is_on else [Text("/start turns notices on.")]),
    )


def help_text() -> Text:
    """Answer /help."""
    return as_list(
        Bold("I bring you the placement office's notices."),
        "They come by themselves:",
        "• new jobs, with deadline, package and who may apply",
        "• changes: a moved deadline, a new venue, a withdrawn notice",
        "• shortlists, results and other announcements of the office",
        "• at once and for you alone: that a list names you, if you gave your /enrollment number",
        "",
        _commands(),
        "",
        "Press “Got it” under a notice to tell the office that you have seen it.",
    )


def web(links: Sequence[Link]) -> Text:
    """Answer /web."""
    shown = _links(links)
    if not shown:
        return Text("No links have been set up yet.")
    return as_list(*shown[1:])


def start_first() -> Text:
    """Answer what only a registered student can do."""
    return Text(PRESS_START_FIRST)


def unknown_command() -> Text:
    """Answer a command that we do not have."""
    return as_list("I do not know this command.", "", _commands())


def free_text() -> Text:
    """Answer what is no command."""
    return Text("I only bring notices and cannot answer messages. /help shows what I can do.")


def in_group(username: str | None) -> Text:
    """Answer a command that was given to us in a group."""
    name = f"@{username}" if username else "me"
    return Text("I talk to students one by one: write to ", name, " and press Start.")


def _commands() -> Text:
    return as_list(*(f"/{command.name} – {command.description}" for command in COMMANDS))


def _links(links: Iterable[Link]) -> list[Text]:
    shown = [Text("• ", TextLink(link.title, url=link.url)) for link in links]
    return [Text(""), Text(Bold("Links")), *shown] if shown else []
