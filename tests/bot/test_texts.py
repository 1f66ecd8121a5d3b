import re

from placement_alerts.bot import texts
from placement_alerts.bot.texts import COMMANDS


def test_menu_keeps_to_telegrams_limits() -> None:
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", command.name) for command in COMMANDS)
    assert all(1 <= len(command.description) <= 256 for command in COMMANDS)


def test_answers_to_presses_keep_to_telegrams_limit() -> None:
    assert max(len(text) for text in (texts.SEEN, texts.BUTTON_OUT_OF_DATE, texts.PRESS_START_FIRST)) <= 200


def test_help_names_every_command() -> None:
    text, _ = texts.help_text().render()

    assert all(f"/{command.name} " in text for command in COMMANDS)


def test_without_links_web_says_so() -> None:
    assert texts.web(()).render()[0] == "No links have been set up yet."
