"""What the bot says about enrollment numbers. A number is never repeated: its last characters are enough."""

from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Code, Text, as_list

from placement_alerts.core.notice import Notice
from placement_alerts.core.timetable import show_date

LISTS_SHOWN = 10
CHANGES_A_DAY = 3

_WHAT_FOR = (
    "With it I tell you at once when a shortlist or a result names you. Nobody else learns that. I keep no number, "
    "only a hash (a fingerprint from which it cannot be read) and its last three characters, which only you see."
)
_LONGEST_TITLE = 120  # characters


def known(hint: str | None) -> Text:
    """Answer /enrollment without a number. hint: the last characters of the stored one, None if there is none."""
    if hint is None:
        return as_list(
            Bold("I do not know your enrollment number."),
            _WHAT_FOR,
            Text("To give it: ", Code("/enrollment 22103999")),
        )
    return as_list(
        Text(Bold("Your enrollment number ends in ", hint), "."),
        _WHAT_FOR,
        Text("To change it: ", Code("/enrollment 22103999")),
        Text("To remove it: ", Code("/enrollment remove")),
    )


def stored(hint: str, lists: Sequence[Notice]) -> Text:
    """Answer a number that is stored now. lists: earlier notices that name the student, newest first."""
    return as_list(Text(Bold("Noted: your enrollment number ends in ", hint), "."), _WHAT_FOR, *_earlier(lists))


def removed(*, was_known: bool) -> Text:
    """Answer /enrollment remove."""
    if was_known:
        return Text("Removed. I no longer tell you when a list names you; notices come as before.")
    return Text("There is no enrollment number of yours to remove.")


def unclear() -> Text:
    """Answer what is no enrollment number."""
    return as_list(
        "This does not look like an enrollment number. It has 8 to 12 digits, or letters and digits, and nothing else.",
        Text("To give it: ", Code("/enrollment 22103999")),
    )


def cannot_be_set() -> Text:
    """Answer a number that another student gave; says no more than it has to."""
    return Text(
        "This number cannot be set here. Please look whether you typed it right. If it is yours, ask the placement "
        "office to help."
    )


def too_often() -> Text:
    """Answer one change too many."""
    return Text(f"You can set your number {CHANGES_A_DAY} times a day. Please try again tomorrow.")


def _earlier(lists: Sequence[Notice]) -> list[Text]:
    if not lists:
        return []
    shown = [
        Text("• ", _short(notice.title), " (", show_date(notice.published_at), ")") for notice in lists[:LISTS_SHOWN]
    ]
    count = len(lists)
    head = Bold(f"🎯 You are on {count} earlier {'list' if count == 1 else 'lists'}:")
    more = [Text(f"and {count - LISTS_SHOWN} more")] if count > LISTS_SHOWN else []
    return [Text(""), Text(head), *shown, *more]


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
