"""The bot as people meet it: real polling against the simulated Bot API, which refuses what Telegram refuses."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from placement_alerts.bot.answers import Answers
from placement_alerts.bot.polling import Polling
from placement_alerts.bot.reviews import ReviewDesk
from placement_alerts.core.review import Answer, ReviewId
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_chats import ChatMessage
from placement_alerts.store.base import Store
from tests.bot.conftest import a_dispatcher
from tests.builders import a_mail, a_policy, a_review, facts

ASHA, OFFICE = 7, 9


@dataclass
class Talk:
    """The running bot, the office's desk of questions, and the chats."""

    telegram: SimulatedTelegram
    store: Store

    def of_bot(self, chat: int) -> list[ChatMessage]:
        """Return what the bot said in a chat, in order."""
        return [message for message in self.telegram.world.chats[chat].messages.values() if message.from_bot]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for the chats to change until it happened."""
        async with asyncio.timeout(20):
            while not happened():
                await self.telegram.world.changed()

    async def ask(self, chat: int, text: str, answers: int = 1) -> ChatMessage:
        """Say something and return the last of the bot's answers."""
        wanted = len(self.of_bot(chat)) + answers
        self.telegram.world.say(chat, text)
        await self.until(lambda: len(self.of_bot(chat)) == wanted)
        return self.of_bot(chat)[-1]


@pytest.fixture
async def talk(store: Store) -> AsyncIterator[Talk]:
    async with SimulatedTelegram() as telegram:
        for person in (ASHA, OFFICE):
            telegram.add_person(person)
        session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.base_url))
        bot = Bot(telegram.token, session=session)
        answers = Answers(bot)
        polling = Polling(bot, *a_dispatcher(store, answers), answers, admins=(OFFICE,))
        reviews = ReviewDesk(store, answers, (OFFICE,))
        async with asyncio.TaskGroup() as group:
            group.create_task(polling.run())
            group.create_task(reviews.run())
            yield Talk(telegram, store)
            reviews.stop()
            polling.stop()
        await session.close()


async def test_a_student_registers_gives_a_number_and_reads_on(talk: Talk) -> None:
    await talk.store.policies.save(a_policy(content="A rule.\n\n" * 1_000))

    welcome = await talk.ask(ASHA, "/start")
    noted = await talk.ask(ASHA, "/enrollment 22103998")
    policy = await talk.ask(ASHA, "/policy 2026", answers=3)

    assert "/enrollment" in welcome.text
    assert noted.text.startswith("Noted")
    assert "A rule." in policy.text


async def test_a_held_mail_comes_to_the_office_is_released_by_a_press_and_loses_its_buttons(talk: Talk) -> None:
    await talk.store.reviews.ask(a_review(mail=a_mail(), facts=facts()))
    await talk.until(lambda: bool(talk.of_bot(OFFICE)))
    (question,) = talk.of_bot(OFFICE)
    assert question.keyboard is not None
    release = question.keyboard[0][0]["callback_data"]

    talk.telegram.world.press(OFFICE, question.id, release)
    await talk.until(lambda: question.keyboard is None)

    review = await talk.store.reviews.get(ReviewId("r1"))
    assert review is not None
    assert (review.answer, review.answered_by) == (Answer.RELEASE, str(OFFICE))
    assert talk.of_bot(ASHA) == []


async def test_a_student_who_presses_the_offices_button_answers_nothing(talk: Talk) -> None:
    await talk.store.reviews.ask(a_review())
    welcome = await talk.ask(ASHA, "/start")

    talk.telegram.world.press(ASHA, welcome.id, "review:r1:release")
    await talk.ask(ASHA, "/help")

    (still_open,) = await talk.store.reviews.open(10)
    assert still_open.answer is None
