import re

import pytest

from placement_alerts.core.session import SessionId
from placement_alerts.core.student import OffReason
from placement_alerts.pipeline.signing_in import Offered, SigningIn
from tests.bot.conftest import ASHA, NOW, Desk, a_message, a_press, open_desk

BROWSER = SessionId("browser")
RAVI = {"id": 8, "is_bot": False, "first_name": "Ravi"}


@pytest.fixture
def signing_in(desk: Desk) -> SigningIn:
    """What the pages use, over the bot's store."""
    return SigningIn(desk.store, lambda: NOW)


@pytest.fixture
async def link(signing_in: SigningIn) -> Offered:
    return await signing_in.offer_link(BROWSER, "Firefox on Android")


def number_of(link: Offered) -> str:
    """Return what the button with the browser's number sends."""
    return f"signin:number:{link.sign_in.digits}:{link.code}"


async def test_link_asks_for_the_number_and_does_not_tell_it(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message(f"/start {link.code}"))

    asked = desk.telegram.named("sendMessage")[-1]
    assert asked["text"].startswith("Sign in the browser Firefox on Android? Press the number that your browser shows.")
    assert not re.search(r"\d", asked["text"])
    numbers, no = asked["reply_markup"]["inline_keyboard"]
    assert [one["text"] for one in numbers] == await signing_in.choices(link.sign_in)
    assert number_of(link) in [one["callback_data"] for one in numbers]
    assert [one["text"] for one in no] == ["No"]
    assert all(len(one["callback_data"].encode()) <= 64 for one in numbers + no)


async def test_wrong_number_ends_the_sign_in(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    wrong = next(one for one in await signing_in.choices(link.sign_in) if one != link.sign_in.digits)
    await desk.hear(message=a_message(f"/start {link.code}"))
    await desk.hear(callback_query=a_press(f"signin:number:{wrong}:{link.code}"))
    await desk.hear(callback_query=a_press(number_of(link)))

    assert await signing_in.take(link.code, session_id=BROWSER) is None
    first, second = desk.telegram.notified()
    assert first.startswith("That is not the number that the browser shows")
    assert second.startswith("This sign-in is out of date.")
    assert len(desk.telegram.named("editMessageReplyMarkup")) == 2


async def test_asking_signs_nobody_in(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(message=a_message(f"/start {link.code}"))

    assert await signing_in.is_confirmed(link.code, BROWSER) is False


async def test_right_number_signs_the_browser_in_as_who_pressed(
    desk: Desk, signing_in: SigningIn, link: Offered
) -> None:
    await desk.hear(message=a_message(f"/start {link.code}"))
    await desk.hear(callback_query=a_press(number_of(link)))

    student = await signing_in.take(link.code, session_id=BROWSER)
    assert student == await desk.store.students.by_address("telegram", "7")
    assert desk.telegram.notified() == ["Signed in: go back to your browser."]
    assert len(desk.telegram.named("editMessageReplyMarkup")) == 1


async def test_no_leaves_the_strangers_browser_out(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(message=a_message(f"/start {link.code}"))
    await desk.hear(callback_query=a_press(f"signin:no:{link.code}"))

    assert await signing_in.asked(link.code) is None
    assert await signing_in.take(link.code, session_id=BROWSER) is None
    assert desk.telegram.notified() == ["That browser stays signed out."]
    assert len(desk.telegram.named("editMessageReplyMarkup")) == 1


async def test_who_never_pressed_start_is_registered_first(desk: Desk, link: Offered) -> None:
    await desk.hear(message=a_message(f"/start {link.code}"))

    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    assert student.addresses[0].off is None
    welcome, question = desk.telegram.said()
    assert welcome.startswith("Welcome!")
    assert question.startswith("Sign in the browser")


async def test_signing_in_does_not_turn_stopped_notices_on(desk: Desk, link: Offered) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/stop"))
    await desk.hear(message=a_message(f"/start {link.code}"))

    student = await desk.store.students.by_address("telegram", "7")
    assert student is not None
    assert student.addresses[0].off is OffReason.STOPPED


async def test_second_press_is_too_late_for_somebody_else(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(message=a_message("/start", chat=8, person=RAVI))
    await desk.hear(callback_query=a_press(number_of(link)))
    await desk.hear(callback_query=a_press(number_of(link), person=RAVI))

    student = await signing_in.take(link.code, session_id=BROWSER)
    assert student is not None
    assert student.addresses[0].value == "7"
    assert desk.telegram.notified()[-1].startswith("This sign-in is out of date.")


async def test_used_link_is_told_to_be_out_of_date(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(message=a_message(f"/start {link.code}"))
    await desk.hear(callback_query=a_press(number_of(link)))
    await signing_in.take(link.code, session_id=BROWSER)
    await desk.hear(message=a_message(f"/start {link.code}"))
    await desk.hear(callback_query=a_press(number_of(link)))

    assert desk.telegram.said()[-1].startswith("This sign-in is out of date.")
    assert desk.telegram.notified()[-1].startswith("This sign-in is out of date.")


@pytest.mark.parametrize(
    "data",
    [
        "signin:number:",
        "signin:number:47:in_",
        "signin:number:47",
        "signin:number:' OR 1=1",
        "signin:number:47:" + "A" * 47,
        "signin:number:\u0665:\u0665",
    ],
)
async def test_forged_press_confirms_nothing(desk: Desk, data: str) -> None:
    await desk.hear(message=a_message("/start"))
    await desk.hear(callback_query=a_press(data))

    assert desk.telegram.notified()[-1].startswith("This sign-in is out of date.")


async def test_press_of_somebody_unknown_confirms_nothing(desk: Desk, signing_in: SigningIn, link: Offered) -> None:
    await desk.hear(callback_query=a_press(number_of(link)))

    assert desk.telegram.notified() == ["Press /start first, so that I know you."]
    assert await signing_in.is_confirmed(link.code, BROWSER) is False


async def test_link_in_a_group_is_left_alone(desk: Desk, link: Offered) -> None:
    await desk.hear(message=a_message(f"/start@alerts_bot {link.code}", chat=-100, kind="supergroup"))

    assert not any(said.startswith("Sign in") for said in desk.telegram.said())


async def test_code_is_given_with_the_place_to_type_it(desk: Desk, signing_in: SigningIn) -> None:
    async with open_desk(desk.telegram, desk.bot, desk.store, public_url="https://alerts.example.org") as public:
        await public.hear(message=a_message("/start"))
        await public.hear(message=a_message("/signin"))

    said = desk.telegram.said()[-1]
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", said)
    assert "https://alerts.example.org/sign-in" in said
    assert code is not None
    assert await signing_in.take(code[0]) == await desk.store.students.by_address("telegram", "7")


async def test_code_needs_a_student(desk: Desk) -> None:
    await desk.hear(message=a_message("/signin", person=ASHA))

    assert desk.telegram.said() == ["Press /start first, so that I know you."]


async def test_help_names_the_command(desk: Desk) -> None:
    await desk.hear(message=a_message("/help"))

    assert "/signin" in desk.telegram.said()[0]
