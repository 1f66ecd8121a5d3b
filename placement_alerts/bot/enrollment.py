"""`/enrollment`: a student gives the number by which lists name them. It is neither kept nor logged, its hash is."""

from collections import deque
from datetime import datetime, timedelta

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from aiogram.utils.formatting import Text

from placement_alerts.bot import enrollment_texts as says
from placement_alerts.bot import texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import CHANNEL, Addressed, Now
from placement_alerts.core.enrollment import HINT_LENGTH, enrollment_key, normal_number
from placement_alerts.core.notice import Notice
from placement_alerts.core.student import Student, StudentId
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.store.base import Store

LOOKED_THROUGH = 200  # latest notices of the student's year
REMEMBERED = 10_000  # students whose changes of today are counted
LONGEST = 64  # characters that are looked at


class Changes:
    """How often each student tried to set a number lately. In memory: a new process counts anew."""

    def __init__(self) -> None:
        self._times: dict[StudentId, deque[datetime]] = {}

    def are_used_up(self, student_id: StudentId, now: datetime) -> bool:
        """Say whether the student has tried as often as a day allows."""
        times = self._times.get(student_id)
        return times is not None and len(times) == times.maxlen and now - times[0] < timedelta(days=1)

    def note(self, student_id: StudentId, now: datetime) -> None:
        """Remember a try."""
        times = self._times.pop(student_id, None)
        if times is None:
            times = deque[datetime](maxlen=says.CHANGES_A_DAY)
        times.append(now)
        self._times[student_id] = times  # at the end: the dict is in the order of the last try
        if len(self._times) > REMEMBERED:
            del self._times[next(iter(self._times))]


class Enrollments:
    """The command."""

    def __init__(self) -> None:
        self._changes = Changes()

    def router(self) -> Router:
        """Return a fresh router."""
        router = Router(name="enrollment")
        router.message.register(
            self.answer, F.chat.type == ChatType.PRIVATE, Addressed(), Command("enrollment", ignore_case=True)
        )
        return router

    async def answer(self, message: Message, command: CommandObject, store: Store, answers: Answers, now: Now) -> None:
        """Show, set or remove the number of the student who asks."""
        student = await store.students.by_address(CHANNEL, str(message.chat.id))
        wanted = (command.args or "").strip()[:LONGEST]
        if student is None:
            answer = texts.start_first()
        elif not wanted:
            answer = says.known(student.enrollment_hint)
        elif wanted.casefold() == "remove":
            await store.students.enroll(student.id, None, None)
            answer = says.removed(was_known=student.enrollment_key is not None)
        elif (number := normal_number(wanted)) is None:
            answer = says.unclear()
        else:
            answer = await self._set(store, student, number, now())
        await answers.say(message.chat.id, answer)

    async def _set(self, store: Store, student: Student, number: str, now: datetime) -> Text:
        key = enrollment_key(number, await store.secret(ENROLLMENTS))
        hint = number[-HINT_LENGTH:]
        if key != student.enrollment_key:
            if self._changes.are_used_up(student.id, now):
                return says.too_often()
            is_theirs = await store.students.enroll(student.id, key, hint)
            self._changes.note(student.id, now)  # a refused one counts too: numbers are not to be tried out
            if not is_theirs:
                return says.cannot_be_set()
        return says.stored(hint, await _lists_with(store, student.year, number))


async def _lists_with(store: Store, year: str, number: str) -> list[Notice]:
    """Return the latest notices of the year that name the number; later ones are told when they are planned."""
    notices = await store.notices.latest(year, LOOKED_THROUGH)
    return [
        notice
        for notice in notices
        if not notice.withdrawn and any(student.enrollment == number for student in notice.facts.students)
    ]
