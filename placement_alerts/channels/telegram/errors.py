"""What Telegram's error answers mean (reference/telegram.md, section 6). Pure: knows codes and texts, no library."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from placement_alerts.channels.pacing import LONGEST_PAUSE_S
from placement_alerts.core.outcome import Deferred, Outcome, Refused
from placement_alerts.core.student import OffReason

NONSENSE = "not an answer of the Bot API"
"""The description of a failure whose answer was no JSON of Telegram's."""
HINTS: Mapping[str, str] = {
    "unauthorized": "Telegram does not know telegram.token; get the right one from @BotFather",
    "unreachable": "no connection to Telegram; check the network and telegram.api_base",
    "no_answer": "Telegram gave no answer in time; check the network and telegram.api_base",
    "flood": "Telegram asks us to wait; try again later",
    "server_error": "Telegram is in trouble itself; try again later",
}
"""What to do about each trouble of Telegram as a whole."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that gave no result. code: None when there was no answer; request_left: then, whether it was written."""

    code: int | None
    description: str = ""
    retry_after: float | None = None
    migrate_to: int | None = None
    request_left: bool = True


class Remedy(StrEnum):
    """What the caller may do at once, before it accepts the outcome."""

    NONE = "none"
    ALREADY_SO = "already so"
    SEND_ANEW = "send anew"
    BLANK_IT = "edit to a dash"
    WITHOUT_REPLY = "without reply"
    SPLIT_AGAIN = "split again"
    PLAIN = "as plain text"
    WITHOUT_BUTTONS = "without buttons"
    AT_NEW_CHAT = "at the new chat"


class Blame(StrEnum):
    """Whose trouble it is, apart from the delivery's own."""

    NOBODY = "nobody"
    PEER = "peer"  # perhaps; many in a row say so
    LINE = "line"  # surely: not even a connection
    US = "us"  # the token


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a failure means. outcome: where no remedy helps."""

    outcome: Outcome
    remedy: Remedy = Remedy.NONE
    blame: Blame = Blame.NOBODY
    retry_after: float | None = None
    migrate_to: str | None = None

    @property
    def error_class(self) -> str:
        """A short fixed word for logs and receipts."""
        return "" if not isinstance(self.outcome, Deferred | Refused) else self.outcome.error_class

    @property
    def trouble(self) -> str:
        """The word of HINTS for the peer as a whole, where the blame is not nobody's."""
        return "no_answer" if self.error_class == "unknown" else self.error_class


_Row = tuple[int, tuple[str, ...], str, OffReason | None, bool, Remedy]

# code, beginnings of the description, class, why the address is switched off, our own fault, remedy
_ROWS: tuple[_Row, ...] = (
    (403, ("bot was blocked by the user",), "blocked", OffReason.BLOCKED, False, Remedy.NONE),
    (403, ("user is deactivated",), "deactivated", OffReason.GONE, False, Remedy.NONE),
    (403, ("bot can't initiate conversation with a user",), "never_started", OffReason.GONE, False, Remedy.NONE),
    (403, ("bot was kicked from the",), "kicked", OffReason.GONE, False, Remedy.NONE),
    (403, ("bot is not a member of the",), "not_member", OffReason.GONE, False, Remedy.NONE),
    (403, ("the group chat was deleted",), "chat_deleted", OffReason.GONE, False, Remedy.NONE),
    (403, ("not enough rights to send",), "muted", None, False, Remedy.NONE),
    (
        403,
        (
            "bots can't send messages to bots",
            "bot can't send messages to bots",
            "the bot can't send messages to the bot",
        ),
        "bot_target",
        OffReason.GONE,
        False,
        Remedy.NONE,
    ),
    (400, ("chat not found",), "chat_not_found", OffReason.GONE, False, Remedy.NONE),
    (400, ("have no rights to send a message", "not enough rights to send"), "no_rights", None, False, Remedy.NONE),
    (400, ("chat_admin_required", "chat_write_forbidden"), "no_rights", None, False, Remedy.NONE),
    (400, ("topic_closed", "message thread not found"), "topic_gone", OffReason.GONE, False, Remedy.NONE),
    (400, ("message is not modified",), "not_modified", None, False, Remedy.ALREADY_SO),
    (400, ("message to edit not found", "message can't be edited"), "edit_gone", None, True, Remedy.SEND_ANEW),
    (400, ("message to delete not found",), "delete_gone", None, True, Remedy.ALREADY_SO),
    (400, ("message can't be deleted",), "delete_refused", None, True, Remedy.BLANK_IT),
    (400, ("message to be replied not found",), "reply_gone", None, True, Remedy.WITHOUT_REPLY),
    (400, ("message to reply not found", "reply message not found"), "reply_gone", None, True, Remedy.WITHOUT_REPLY),
    (400, ("message is too long", "message caption is too long"), "too_long", None, True, Remedy.SPLIT_AGAIN),
    (400, ("message text is empty",), "empty", None, True, Remedy.SPLIT_AGAIN),
    (400, ("can't parse entities",), "bad_entities", None, True, Remedy.PLAIN),
    (400, ("button_", "reply markup is too long"), "bad_buttons", None, True, Remedy.WITHOUT_BUTTONS),
    (400, ("query is too old", "query id is invalid"), "query_too_old", None, False, Remedy.ALREADY_SO),
    (
        400,
        ("wrong file identifier", "wrong remote file identifier", "failed to get http url content"),
        "bad_file",
        None,
        True,
        Remedy.NONE,
    ),
    (413, ("",), "too_large", None, True, Remedy.NONE),
    (400, ("",), "bad_request", None, True, Remedy.NONE),
)

_PREFIX = re.compile(r"^(?:bad request|forbidden|unauthorized|conflict|not found|internal server error)\s*:\s*")
_PERSONAL = re.compile(r"@\w+|-?\d{4,}")


def judge(failure: Failure) -> Verdict:
    """Return what a failure means for the delivery. Texts are compared by their beginning, without case."""
    if failure.retry_after is not None:
        wait = timedelta(seconds=failure.retry_after)
        return Verdict(Deferred("flood", wait=wait, counts=False), retry_after=failure.retry_after)
    if failure.migrate_to is not None:
        moved_to = str(failure.migrate_to)
        outcome = Deferred("migrated", wait=timedelta(0), counts=False, moved_to=moved_to)
        return Verdict(outcome, Remedy.AT_NEW_CHAT, migrate_to=moved_to)
    if failure.code is None:
        return _judge_silence(failure)
    if failure.code in (401, 404):
        return Verdict(Deferred("unauthorized", counts=False), blame=Blame.US)
    if failure.code == 429:  # without a time: our own patience
        return Verdict(Deferred("flood", counts=False), blame=Blame.LINE)
    if failure.code >= 500:
        return Verdict(Deferred("server_error"), blame=Blame.PEER)
    return _judge_by_text(failure.code, failure.description)


def opening_of(description: str) -> str:
    """Return the description as it is compared: without the name of its code, in lower case."""
    return _PREFIX.sub("", description.strip().lower().replace("’", "'"))


def without_personal_data(description: str) -> str:
    """Return the peer's words fit for a receipt: no ids, no user names, at most 120 characters."""
    return _PERSONAL.sub("…", " ".join(description.split()))[:120]


def failure_in(status: int, content: Any) -> Failure:
    """Return the failure that an answer states. content: its parsed JSON, or None if it was none.

    An answer that is not Telegram's comes from a proxy or front end. Its 5xx says that the request was not taken.
    """
    if not isinstance(content, dict) or content.get("ok") is not False:
        return Failure(status if status >= 500 else None, NONSENSE)
    given = content.get("parameters")
    parameters = given if isinstance(given, dict) else {}
    migrate_to = parameters.get("migrate_to_chat_id")
    return Failure(
        code if isinstance(code := content.get("error_code"), int) else status,
        str(content.get("description", "")),
        retry_after=_wait(parameters.get("retry_after")),
        migrate_to=migrate_to if isinstance(migrate_to, int) else None,
    )


def _wait(asked: Any) -> float | None:
    """Return the seconds that were asked for, if they are any; at most a day's."""
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not asked > 0:  # so NaN is none either
        return None
    return min(asked, LONGEST_PAUSE_S)


def _judge_silence(failure: Failure) -> Verdict:
    if failure.request_left:
        return Verdict(Deferred("unknown", possibly_delivered=True), blame=Blame.PEER)
    return Verdict(Deferred("unreachable"), blame=Blame.LINE)


def _judge_by_text(code: int, description: str) -> Verdict:
    opening = opening_of(description)
    for row_code, beginnings, error_class, off, our_fault, remedy in _ROWS:
        beginning = next((known for known in beginnings if opening.startswith(known)), None)
        if row_code == code and beginning is not None:
            error = beginning or without_personal_data(description)
            return Verdict(Refused(error_class, error, switch_off=off, our_fault=our_fault), remedy)
    if code == 409:
        return Verdict(Deferred("conflict", counts=False))
    return Verdict(Refused("forbidden", without_personal_data(description), unclear=True))
