"""What the bot says to admins about reviews. Of e-mail addresses the domain is shown, of mails the first lines."""

import re
from collections.abc import Iterator

from placement_alerts.core.html import to_text
from placement_alerts.core.mail import Mail
from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.review import ANSWERS, Answer, AnsweredBy, Review, ReviewKind
from placement_alerts.core.timetable import show_moment

REVIEW_BUTTON = "review:"  # followed by the review's id, a colon and the answer

NOTHING_HELD = "Nothing waits for an answer."

_DATA_LIMIT = 64  # bytes (reference/telegram.md, section 3)
_LINES_SHOWN = 8
_TEXT_SHOWN = 600  # characters
_HTML_READ = 20_000  # characters: the first lines are in them
_REASONS_SHOWN = 10
_LINE_LIMIT = 200  # characters
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@(?=[\w-])")
_BOLD, _ITALIC = frozenset({Style.BOLD}), frozenset({Style.ITALIC})

_HEADS = {
    ReviewKind.HELD_MAIL: "✋ Held mail",
    ReviewKind.SAME_COMPANY: "🏢 One company or two?",
    ReviewKind.ALARM: "🚨 Alarm",
}
_LABELS = {
    Answer.RELEASE: "✅ Release",
    Answer.DISCARD: "🗑 Discard",
    Answer.SAME: "Same",
    Answer.DIFFERENT: "Different",
    Answer.NOTED: "Noted",
}
_DONE = {
    Answer.RELEASE: "released",
    Answer.DISCARD: "discarded",
    Answer.SAME: "one company",
    Answer.DIFFERENT: "different companies",
    Answer.NOTED: "noted",
}
_THANKS = {
    Answer.RELEASE: "Released: it is taken in now.",
    Answer.DISCARD: "Discarded: nobody gets it.",
    Answer.SAME: "Noted: one company. Their offers are joined now.",
    Answer.DIFFERENT: "Noted: different companies.",
    Answer.NOTED: "Noted.",
}


def question(review: Review) -> Message:
    """Return the review with a button for each possible answer."""
    blocks = [
        Block((Span(f"{_HEADS[review.kind]}: {_line(review.title)}", _BOLD),)),
        *(_of_mail(review.mail, review) if review.mail else ()),
        *(_of_companies(review.companies) if review.companies else ()),
        *(Block((Span(f"• {_line(reason)}"),)) for reason in review.reasons[:_REASONS_SHOWN]),
        Block((Span(f"Asked {show_moment(review.asked_at)}", _ITALIC),)),
        *(_preview(review.mail) if review.mail else ()),
    ]
    return Message(tuple(blocks), _buttons(review))


def held(shown: int, more: bool) -> str:
    """Open the answer to /held. more: not all are shown."""
    what = "1 question waits" if shown == 1 else f"{shown} questions wait"
    return f"{'The oldest ' if more else ''}{what} for an answer:"


def thanks(answer: Answer) -> str:
    """Answer the press that decided."""
    return _THANKS[answer]


def answered_already(review: Review, admin: int) -> str:
    """Answer a later press: who decided, and how."""
    done = _DONE[review.answer] if review.answer else "answered"
    match review.answered_by:
        case AnsweredBy.TIME:
            return f"It waited for too long and was {done}."
        case AnsweredBy.CLI:
            return f"Answered already, on the command line: {done}."
        case by if by == str(admin):
            return f"You answered this already: {done}."
        case by:
            return f"Answered already by admin {by}: {done}."


def _buttons(review: Review) -> tuple[tuple[Button, ...], ...]:
    row = tuple(Button(_LABELS[one], data=f"{REVIEW_BUTTON}{review.id}:{one}") for one in ANSWERS[review.kind])
    return (row,) if all(len((one.data or "").encode()) <= _DATA_LIMIT for one in row) else ()


def _of_mail(mail: Mail, review: Review) -> Iterator[Block]:
    facts = review.facts
    yield Block((Span("From: ", _BOLD), Span(_line(mail.sender_name or "no name"))))
    if mail.subject and _line(mail.subject) != _line(review.title):
        yield Block((Span("Subject: ", _BOLD), Span(_line(mail.subject))))
    kind = facts.kind.replace("_", " ") if facts else "not understood"
    company = f", {_line(facts.company)}" if facts and facts.company else ""
    yield Block((Span("Likely: ", _BOLD), Span(f"{kind}{company}")))
    if mail.attachments:
        names = ", ".join(_line(one.name) for one in mail.attachments[:5])
        yield Block((Span("Attached: ", _BOLD), Span(names)))
    yield Block((Span("Held because:", _BOLD),))


def _of_companies(companies: tuple[str, str]) -> Iterator[Block]:
    kept, other = companies
    yield Block((Span(_line(kept), _BOLD), Span(" and "), Span(_line(other), _BOLD)))


def _preview(mail: Mail) -> Iterator[Block]:
    text = mail.text if mail.text.strip() else to_text(mail.html[:_HTML_READ])
    lines = [_line(line) for line in text[:_HTML_READ].splitlines() if line.strip()]
    left = _TEXT_SHOWN
    yield Block(())
    for line in lines[:_LINES_SHOWN]:
        if left <= 0:
            break
        yield Block((Span(line[:left], _ITALIC),))
        left -= len(line)
    if len(lines) > _LINES_SHOWN or left < 0:
        yield Block((Span("…", _ITALIC),))


def _line(text: str) -> str:
    """Return one line without the names of mailboxes: an admin needs the domain, nobody needs more."""
    line = _ADDRESS.sub("…@", " ".join(text.split()))
    return line if len(line) <= _LINE_LIMIT else f"{line[: _LINE_LIMIT - 1]}…"
