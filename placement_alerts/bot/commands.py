"""The students' commands. A handler first stores what was asked, then says so."""

from collections.abc import Callable
from datetime import datetime

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
from aiogram.types import Message

from placement_alerts.bot import texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.settings import BotSettings
from placement_alerts.core.student import Address, Joined, OffReason, Student
from placement_alerts.store.base import Store

CHANNEL = "telegram"

Now = Callable[[], datetime]


class Addressed(Filter):
    """A command that is ours: in groups only one that names us, "/help@our_bot"; elsewhere one that names no other."""

    async def __call__(self, message: Message, bot: Bot) -> bool:
        """Say whether it is."""
        first = (message.text or "").split(maxsplit=1)[:1]
        command, at, name = first[0].partition("@") if first else ("", "", "")
        if not command.startswith("/"):
            return False
        if not at:
            return message.chat.type == ChatType.PRIVATE
        return name.lower() == ((await bot.me()).username or "").lower()


def make_command_router() -> Router:
    """Return a fresh router; aiogram attaches a router to one dispatcher only."""
    router = Router(name="commands")
    mine = router.message.register
    private = F.chat.type == ChatType.PRIVATE
    for name, handler in (("start", start), ("stop", stop), ("status", status), ("help", help_), ("web", web)):
        mine(handler, private, Addressed(), Command(name, ignore_case=True))
    mine(unknown_command, private, Addressed())
    mine(foreign_command, private, F.text.startswith("/"))
    mine(free_text, private)
    mine(in_group, Addressed())
    return router


async def start(message: Message, store: Store, answers: Answers, settings: BotSettings, now: Now) -> None:
    """Register the student or turn notices on again. A deep link's payload is accepted and means nothing here."""
    sender = message.from_user
    names = {
        "first_name": sender.first_name if sender else None,
        "last_name": sender.last_name if sender else None,
        "username": sender.username if sender else None,
    }
    joined, student = await store.students.join(CHANNEL, str(message.chat.id), settings.default_year, names, now())
    match joined:
        case Joined.NEW:
            answer = texts.welcome(student.year, settings.links)
        case Joined.RETURNED:
            answer = texts.welcome_back(student.year, settings.links)
        case Joined.ALREADY:
            answer = texts.already_active()
    await answers.say(message.chat.id, answer)


async def stop(message: Message, store: Store, answers: Answers, now: Now) -> None:
    """Turn notices off at once; what was still due is given up."""
    student = await store.students.by_address(CHANNEL, str(message.chat.id))
    address = address_of(student, message.chat.id)
    was_on = False
    if address is not None:
        was_on = await store.students.switch_off(address.id, OffReason.STOPPED)
        await store.deliveries.close_address(address.id, OffReason.STOPPED.value, now())
    await answers.say(message.chat.id, texts.stopped(was_on=was_on))


async def status(message: Message, store: Store, answers: Answers) -> None:
    """Say whether notices come, and what we know of the student."""
    student = await store.students.by_address(CHANNEL, str(message.chat.id))
    address = address_of(student, message.chat.id)
    is_on = address is not None and address.off is None
    await answers.say(message.chat.id, texts.status(student, message.chat.id, is_on=is_on))


async def help_(message: Message, answers: Answers) -> None:
    """Say what the bot does."""
    await answers.say(message.chat.id, texts.help_text())


async def web(message: Message, answers: Answers, settings: BotSettings) -> None:
    """Show the configured links."""
    await answers.say(message.chat.id, texts.web(settings.links))


async def unknown_command(message: Message, answers: Answers) -> None:
    """Help a person who tried a command that we do not have."""
    await answers.say(message.chat.id, texts.unknown_command())


async def foreign_command(message: Message) -> None:
    """Leave a command alone that names another bot."""


async def free_text(message: Message, answers: Answers) -> None:
    """Help a person who wrote, or sent a picture."""
    await answers.say(message.chat.id, texts.free_text())


async def in_group(message: Message, bot: Bot, answers: Answers) -> None:
    """Say in a group where we can be talked to."""
    await answers.say(message.chat.id, texts.in_group((await bot.me()).username), message.message_thread_id)


def address_of(student: Student | None, chat_id: int) -> Address | None:
    """Return the student's address for this chat."""
    addresses = student.addresses if student else ()
    return next((one for one in addresses if (one.channel, one.value) == (CHANNEL, str(chat_id))), None)
