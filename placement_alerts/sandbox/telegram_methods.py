"""The methods of the simulated Bot API, each a function of the state and the call's parameters."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from placement_alerts.sandbox.telegram_chats import BOT, DELETABLE_AFTER, Chat, ChatMessage, World, message_object
from placement_alerts.sandbox.telegram_rules import (
    ApiError,
    Params,
    bad_request,
    keyboard_of,
    number,
    structure,
    text_of,
)


def send_message(world: World, params: Params) -> Any:
    """Accept a message."""
    chat = _chat(world, params)
    text, entities = text_of(params)
    keyboard = keyboard_of(params)
    message = world.write(
        chat,
        text,
        from_bot=True,
        entities=entities,
        keyboard=keyboard,
        reply_to=_reply_to(chat, params),
        silent=_flag(params, "disable_notification"),
    )
    return message_object(chat, message)


def edit_message_text(world: World, params: Params) -> Any:
    """Change text and keyboard of a message of the bot."""
    chat = _chat(world, params)
    message = _own_message(chat, params, "edit", "edited")
    text, entities = text_of(params)
    keyboard = keyboard_of(params)
    if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    message.text, message.entities, message.keyboard = text, entities, keyboard
    return _edited(world, chat, message)


def edit_message_reply_markup(world: World, params: Params) -> Any:
    """Change the keyboard of a message of the bot."""
    chat = _chat(world, params)
    message = _own_message(chat, params, "edit", "edited")
    keyboard = keyboard_of(params)
    if keyboard == message.keyboard:
        raise bad_request("message is not modified")
    message.keyboard = keyboard
    world.touch(chat, message)
    return message_object(chat, message)


def delete_message(world: World, params: Params) -> Any:
    """Take a message away, within 48 hours."""
    chat = _chat(world, params)
    message = _own_message(chat, params, "delete", "deleted")
    if time.time() - message.date > DELETABLE_AFTER.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    world.touch(chat, message)
    return True


def answer_callback_query(world: World, params: Params) -> Any:
    """Answer a button press, once."""
    chat_id = world.callbacks.pop(str(params.get("callback_query_id")), None)
    if chat_id is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = str(params.get("text") or "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if text:
        chat = world.chats[chat_id]
        world.touch(chat)
        chat.toast = (world.tick, text)
    return True


def send_chat_action(world: World, params: Params) -> Any:
    """Show for some seconds that the bot works."""
    chat = _chat(world, params)
    chat.action_at = time.time()
    world.touch(chat)
    return True


def set_my_commands(world: World, params: Params) -> Any:
    """Keep a list of commands for a scope."""
    commands = structure(params, "commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, description = str(command.get("command", "")), str(command.get("description", ""))
        if not (1 <= len(name) <= 32 and name.islower() and name.replace("_", "").isalnum() and name.isascii()):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(params)] = commands
    world.tick += 1
    world.commands_tick = world.tick
    return True


def get_my_commands(world: World, params: Params) -> Any:
    """Return the commands of a scope."""
    return world.commands.get(_scope(params), [])


def get_me(world: World, params: Params) -> Any:
    """Return the bot."""
    return {
        **BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
    }  # fmt: skip


def set_webhook(world: World, params: Params) -> Any:
    """Keep the address, but send nothing there: polling ends."""
    world.webhook_url = str(params.get("url") or "")
    return True


def delete_webhook(world: World, params: Params) -> Any:
    """Let polling be used again."""
    world.webhook_url = ""
    if _flag(params, "drop_pending_updates"):
        world.updates.clear()
    return True


METHODS: Mapping[str, Callable[[World, Params], Any]] = {
    "getme": get_me,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
}
"""By their names in small letters: the real server does not mind the case either."""

FREE = frozenset({"getme", "getupdates", "getmycommands", "setwebhook", "deletewebhook"})
"""Methods that the flood control does not count."""


def _chat(world: World, params: Params) -> Chat:
    chat_id = number(params, "chat_id")
    chat = world.chats.get(chat_id) if chat_id is not None else None
    if chat is None:
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        parameters = {"migrate_to_chat_id": chat.migrated_to}
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", parameters)
    if chat.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    if not chat.started:
        raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
    return chat


def _own_message(chat: Chat, params: Params, verb: str, done: str) -> ChatMessage:
    message = chat.messages.get(number(params, "message_id") or 0)
    if message is None or message.deleted:
        raise bad_request(f"message to {verb} not found")
    if not message.from_bot:
        raise bad_request(f"message can't be {done}")
    return message


def _reply_to(chat: Chat, params: Params) -> int | None:
    reply = structure(params, "reply_parameters")
    if not isinstance(reply, dict):
        return None
    message = chat.messages.get(reply.get("message_id", 0))
    if message is None or message.deleted:
        raise bad_request("message to be replied not found")
    return message.id


def _edited(world: World, chat: Chat, message: ChatMessage) -> Any:
    message.edit_date = int(time.time())
    world.touch(chat, message)
    return message_object(chat, message)


def _scope(params: Params) -> str:
    scope = structure(params, "scope")
    kind = scope.get("type", "default") if isinstance(scope, dict) else "default"
    chat = scope.get("chat_id", "") if isinstance(scope, dict) else ""
    return f"{kind} {chat} {params.get('language_code') or ''}".strip()


def _flag(params: Params, name: str) -> bool:
    return params.get(name) in (True, "true", "True", "1")
