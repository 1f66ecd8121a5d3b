"""What the simulated Bot API accepts: texts, entities, keyboards (reference/telegram.md, sections 2 and 3). Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

TEXT_LIMIT = 4096  # UTF-16 units
DATA_LIMIT = 64  # bytes
BUTTONS_LIMIT = 100
ENTITIES_KEPT = 100

_NESTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_OPAQUE = frozenset({"pre", "code"})
_KNOWN = _NESTABLE | _OPAQUE | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "text_link", "text_mention",
    "blockquote", "expandable_blockquote", "custom_emoji", "date_time",
}  # fmt: skip

Params = Mapping[str, Any]


class ApiError(Exception):
    """An answer with `ok: false`. parameters: retry_after or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> ApiError:
    """Return the error 400 with Telegram's usual opening."""
    return ApiError(400, f"Bad Request: {reason}")


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def structure(params: Params, name: str) -> Any:
    """Return a parameter that is JSON: as text from a form, as it is from a JSON body; None when absent."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise bad_request(f"can't parse {name} JSON object") from error


def number(params: Params, name: str) -> int | None:
    """Return a whole number; None when absent."""
    value = params.get(name)
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise bad_request(f'field "{name}" must be a valid Number') from error


def text_of(params: Params) -> tuple[str, list[dict[str, Any]]]:
    """Return text and entities as Telegram keeps them: trimmed, checked."""
    raw = params.get("text")
    if not isinstance(raw, str) or not raw.strip():
        raise bad_request("message text is empty")
    entities = structure(params, "entities") or []
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    check_entities(raw, entities)
    text, entities = trimmed(raw, entities)
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, entities[:ENTITIES_KEPT]


def check_entities(text: str, entities: Sequence[Mapping[str, Any]]) -> None:
    """Raise ApiError unless every entity lies in the text, on whole characters, and overlaps none but by nesting."""
    spans = []
    for entity in entities:
        kind, start, end = entity.get("type"), entity.get("offset"), entity.get("length")
        if kind not in _KNOWN:
            raise bad_request(f"can't parse entities: unsupported entity type {kind!r}")
        if not isinstance(start, int) or not isinstance(end, int) or start < 0 or end <= 0:
            raise bad_request("can't parse entities: entity has wrong offset or length")
        if start + end > units(text):
            raise bad_request("can't parse entities: entity ends after the end of the text")
        if kind == "text_link" and not str(entity.get("url", "")).startswith(("http://", "https://", "tg://")):
            raise bad_request("can't parse entities: wrong HTTP URL of a text_link")
        spans.append((start, -(start + end), str(kind)))
    if spans:
        _check_whole_characters(text, {place for start, end, _ in spans for place in (start, -end)})
        _check_nesting(sorted(spans))


def trimmed(text: str, entities: Sequence[Mapping[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Return the text without blanks at its ends, and the entities moved and clipped to it."""
    short = text.strip()
    if short == text:
        return text, [dict(entity) for entity in entities]
    lead = units(text[: len(text) - len(text.lstrip())])
    total = units(short)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(total, entity["offset"] + entity["length"] - lead)
        if start < end:
            kept.append({**entity, "offset": start, "length": end - start})
    return short, kept


def keyboard_of(params: Params) -> list[list[dict[str, Any]]] | None:
    """Return the rows of an inline keyboard; None without one. Raises ApiError for buttons that Telegram refuses."""
    markup = structure(params, "reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    rows: list[list[dict[str, Any]]] = markup["inline_keyboard"]
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return rows or None


def _check_button(button: Mapping[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad_request("can't parse inline keyboard button: text buttons must be non-empty")
    data, url = button.get("callback_data"), button.get("url")
    if data is None and url is None:
        raise bad_request("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(str(data).encode()) <= DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")


def _check_whole_characters(text: str, places: set[int]) -> None:
    if text.isascii():
        return
    raw = text.encode("utf-16-le", "surrogatepass")
    for place in places:
        if 2 * place < len(raw) and 0xDC <= raw[2 * place + 1] <= 0xDF:
            raise bad_request("can't parse entities: entity begins or ends in the middle of a character")


def _check_nesting(spans: Sequence[tuple[int, int, str]]) -> None:
    """spans: (start, minus end, type), outer ones first."""
    around: list[tuple[int, str]] = []
    for start, minus_end, kind in spans:
        around = [outer for outer in around if outer[0] > start]
        for outer_end, outer_kind in around:
            if -minus_end > outer_end:
                raise bad_request("can't parse entities: entities overlap without containing one another")
            if outer_kind in _OPAQUE or not (kind in _NESTABLE or outer_kind in _NESTABLE):
                raise bad_request(f"can't parse entities: {kind} cannot be in {outer_kind}")
        around.append((-minus_end, kind))
