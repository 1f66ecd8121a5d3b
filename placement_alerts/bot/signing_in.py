"""Signing a browser in: the question under a deep link, and one-time codes. Nothing in a link or press is believed."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from placement_alerts.bot import sign_in_texts, texts
from placement_alerts.bot.answers import Answers
from placement_alerts.bot.commands import CHANNEL, Addressed, Now, start
from placement_alerts.bot.settings import BotSettings
from placement_alerts.pipeline.signing_in import LINK_PREFIX, Confirmation, SigningIn
from placement_alerts.store.base import Store


def make_signing_in_router() -> Router:
    """Return a fresh router. Put it before the commands': it takes the /start of a sign-in link."""
    router = Router(name="signing-in")
    private = F.chat.type == ChatType.PRIVATE
    linked = Command("start", ignore_case=True, magic=F.args.startswith(LINK_PREFIX))
    router.message.register(ask, private, Addressed(), linked)
    router.message.register(give_code, private, Addressed(), Command("signin", ignore_case=True))
    router.callback_query.register(confirm, F.data.startswith(sign_in_texts.NUMBER_BUTTON))
    router.callback_query.register(refuse, F.data.startswith(sign_in_texts.NO_BUTTON))
    return router


async def ask(
    message: Message,
    command: CommandObject,
    store: Store,
    answers: Answers,
    settings: BotSettings,
    now: Now,
    signing_in: SigningIn,
) -> None:
    """Ask whether the browser behind the link is the student's; who never pressed Start is registered first.

    A student who stopped notices signs in without turning them on again.
    """
    if await store.students.by_address(CHANNEL, str(message.chat.id)) is None:
        await start(message, store, answers, settings, now)
    code = command.args or ""
    asked = await signing_in.asked(code)
    if asked is None:
        await answers.say(message.chat.id, sign_in_texts.out_of_date())
    else:
        choices = await signing_in.choices(asked)
        await answers.show(message.chat.id, sign_in_texts.question(asked.label, choices, code))


async def give_code(
    message: Message, store: Store, answers: Answers, settings: BotSettings, signing_in: SigningIn
) -> None:
    """Give the student a one-time code for the sign-in page."""
    student = await store.students.by_address(CHANNEL, str(message.chat.id))
    if student is None:
        await answers.say(message.chat.id, texts.start_first())
        return
    offered = await signing_in.offer_code(student.id)
    await answers.say(message.chat.id, sign_in_texts.code(offered.code, settings.page("/sign-in")))


async def confirm(
    query: CallbackQuery, store: Store, answers: Answers, settings: BotSettings, signing_in: SigningIn
) -> None:
    """Sign the browser in as the person who pressed, if they pressed the number that it shows."""
    person = query.from_user.id
    student = await store.students.by_address(CHANNEL, str(person))
    if student is None:
        await answers.notify(person, query.id, texts.PRESS_START_FIRST)
        return
    digits, _, code = (query.data or "").removeprefix(sign_in_texts.NUMBER_BUTTON).partition(":")
    confirmed = await signing_in.confirm(code, student.id, digits)
    await answers.notify(person, query.id, sign_in_texts.CONFIRMED[confirmed])
    if confirmed is Confirmation.DONE:
        await answers.say(person, sign_in_texts.signed_in(settings.page("/settings")))
    await _take_buttons(query, answers)


async def refuse(query: CallbackQuery, answers: Answers, signing_in: SigningIn) -> None:
    """Leave the browser as it is, whatever is pressed later."""
    await signing_in.refuse((query.data or "").removeprefix(sign_in_texts.NO_BUTTON))
    await answers.notify(query.from_user.id, query.id, sign_in_texts.REFUSED)
    await _take_buttons(query, answers)


async def _take_buttons(query: CallbackQuery, answers: Answers) -> None:
    if query.message is not None:
        await answers.take_buttons(query.message.chat.id, query.message.message_id)
