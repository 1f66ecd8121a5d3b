"""How one parcel is carried to a chat: parts edited in place or sent, surplus removed, the change announced."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

from placement_alerts.channels.base import Parcel, RecordPart
from placement_alerts.channels.telegram.errors import Remedy, Verdict
from placement_alerts.channels.telegram.text import TEXT_LIMIT, Part, layout
from placement_alerts.core.message import Block, Button, Message, Span
from placement_alerts.core.outcome import Deferred, Outcome, Refused, Sent

DASH = Part("–")  # what stands where a part was that is no more and cannot be deleted

Buttons = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to show. edits: the id of the message to change; None: a new one."""

    target: str
    part: Part
    buttons: Buttons = ()
    silent: bool = False
    edits: str | None = None
    reply_to: str | None = None


class Calls(Protocol):
    """The calls to Telegram that a carry needs. Each pays its turn; a Verdict says why it gave no result."""

    async def show(self, draft: Draft) -> str | Verdict:
        """Send or edit a message; return its id."""

    async def remove(self, target: str, message_id: str) -> Verdict | None:
        """Delete a message."""


class Carry:
    """One parcel on its way."""

    def __init__(self, calls: Calls, parcel: Parcel, record: RecordPart) -> None:
        self._calls = calls
        self._parcel = parcel
        self._record = record
        self._target = parcel.target
        self._parts = list(layout(parcel.message))
        self._surplus = list(parcel.shown[len(self._parts) :])
        self._ids = list(parcel.done)
        self._announced_id = parcel.announced_id
        self._split_again = False

    async def run(self) -> Outcome:
        """Do what is left to do of the parcel."""
        if not self._parts:
            return Refused("empty", "the message has no text", our_fault=True)
        steps: tuple[Callable[[], Coroutine[Any, Any, Verdict | None]], ...] = (
            self._show_parts,
            self._remove_surplus,
            self._announce,
        )
        for step in steps:
            verdict = await step()
            if verdict is not None:
                return self._with_new_chat(verdict.outcome)
        return self._with_new_chat(Sent(tuple(self._ids), self._announced_id))

    async def _show_parts(self) -> Verdict | None:
        while (index := len(self._ids)) < len(self._parts):
            shown = await self._show(self._draft(index))
            if isinstance(shown, str):
                self._ids.append(shown)
                await self._record_unless_last()
            elif shown.remedy is Remedy.SPLIT_AGAIN and not self._split_again:
                self._split_again = True
                self._parts[index : index + 1] = _halves(self._parts[index])
            else:
                return shown
        return None

    def _draft(self, index: int) -> Draft:
        is_last = index == len(self._parts) - 1
        return Draft(
            self._target,
            self._parts[index],
            self._parcel.message.buttons if is_last else (),
            self._parcel.message.silent,
            edits=self._parcel.shown[index] if index < len(self._parcel.shown) else None,
        )

    async def _record_unless_last(self) -> None:
        if len(self._ids) < len(self._parts) or self._surplus or self._is_to_announce():
            await self._record(tuple(self._ids), self._announced_id)

    async def _remove_surplus(self) -> Verdict | None:
        while self._surplus:
            message_id = self._surplus[-1]
            if message_id not in self._ids:  # a part sent anew, or split again, may have taken its place
                verdict = await self._calls.remove(self._target, message_id)
                if verdict is not None and verdict.remedy is Remedy.BLANK_IT:
                    verdict = await self._blank(message_id)
                if verdict is not None and isinstance(verdict.outcome, Deferred):
                    return verdict
            self._surplus.pop()
        return None

    async def _blank(self, message_id: str) -> Verdict | None:
        answer = await self._calls.show(Draft(self._target, DASH, edits=message_id))
        return answer if isinstance(answer, Verdict) else None

    def _is_to_announce(self) -> bool:
        return self._parcel.announcement is not None and self._announced_id is None

    async def _announce(self) -> Verdict | None:
        if self._parcel.announcement is None or self._announced_id is not None:
            return None
        for part in layout(self._parcel.announcement):
            draft = Draft(
                self._target,
                part,
                self._parcel.announcement.buttons,
                self._parcel.announcement.silent,
                reply_to=self._ids[0],
            )
            shown = await self._show(draft)
            if isinstance(shown, Verdict):
                return shown
            self._announced_id = self._announced_id or shown
        return None

    async def _show(self, draft: Draft) -> str | Verdict:
        """Show a draft, with every remedy that Telegram's answer allows; each is used once at most."""
        while True:
            answer = await self._calls.show(draft)
            if isinstance(answer, str):
                return answer
            if answer.remedy is Remedy.ALREADY_SO and draft.edits is not None:
                return draft.edits
            better = remedied(draft, answer)
            if better is None or (better.target != draft.target and self._target != self._parcel.target):
                return answer  # a chat that has moved twice in one delivery is nonsense
            self._target = better.target
            draft = better

    def _with_new_chat(self, outcome: Outcome) -> Outcome:
        if self._target == self._parcel.target or isinstance(outcome, Refused):
            return outcome
        return replace(outcome, moved_to=self._target)


def remedied(draft: Draft, verdict: Verdict) -> Draft | None:
    """Return the draft that may pass where `draft` did not; None if there is none. It always asks for less."""
    match verdict.remedy:
        case Remedy.SEND_ANEW if draft.edits is not None:
            return replace(draft, edits=None)
        case Remedy.WITHOUT_REPLY if draft.reply_to is not None:
            return replace(draft, reply_to=None)
        case Remedy.PLAIN if draft.part.entities:
            return replace(draft, part=Part(draft.part.text))
        case Remedy.WITHOUT_BUTTONS if draft.buttons:
            return replace(draft, buttons=())
        case Remedy.AT_NEW_CHAT if verdict.migrate_to is not None and draft.target.startswith("-"):
            moved = replace(draft, target=verdict.migrate_to, edits=None, reply_to=None)
            return moved if moved.target != draft.target else None
    return None


def _halves(part: Part) -> tuple[Part, ...]:
    """Cut a part that Telegram found too long although we did not, without its looks."""
    message = Message(tuple(Block((Span(line),)) for line in part.text.split("\n")))
    return layout(message, limit=TEXT_LIMIT // 2)
