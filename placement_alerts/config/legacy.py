"""The variable names of the existing bot as aliases of our settings (reference/existing-interface.md, section 6)."""

import json
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import BaseModel

from placement_alerts.config.layers import Key, Layer, annotation_of, decode

_ALIASES: Mapping[str, Key] = {
    "ACTIVE_PLACEMENT_YEAR": ("years", "active"),
    "DEFAULT_PLACEMENT_YEAR": ("years", "default"),
    "PLACEMENT_YEARS": ("years", "offered"),
    "TELEGRAM_BOT_TOKEN": ("telegram", "token"),
    "TELEGRAM_CHAT_ID": ("telegram", "default_chat"),
    "ADMIN_TELEGRAM_USER_IDS": ("telegram", "admins"),
    "PLCAMENT_EMAIL": ("sources", "mailbox", "username"),  # misspelt in this way by the existing bot
    "PLCAMENT_APP_PASSWORD": ("sources", "mailbox", "password"),
    "PLACEMENT_EMAIL": ("sources", "mailbox", "username"),
    "PLACEMENT_APP_PASSWORD": ("sources", "mailbox", "password"),
    "WEBHOOK_HOST": ("web", "host"),
    "WEBHOOK_PORT": ("web", "port"),
    "WEBHOOK_API_KEY": ("web", "api_key"),
    "CORS_ORIGINS": ("web", "cors_origins"),
    "VAPID_PRIVATE_KEY": ("webpush", "vapid_private_key"),
    "LOG_LEVEL": ("logging", "level"),
    "LOG_FILE": ("logging", "file"),
}
_OUTDATED = ("CSE_EMAIL", "CSE_ENCRYPTION_PASSWORD", "ECE_EMAIL", "ECE_ENCRYPTION_PASSWORD")
_ACCOUNTS: Key = ("sources", "superset", "accounts")


def legacy_layer(variables: Mapping[str, str], model: type[BaseModel], origin: str) -> Layer:
    """Read the names of the existing bot; those that we have no use for are passed over."""
    layer = Layer()
    for name, key in _ALIASES.items():
        if text := variables.get(name):
            try:
                layer.put(key, decode(text, annotation_of(model, key)), f"{origin} {name}")
            except ValueError as error:
                layer.problems.append(f"{name}: {error} ({origin})")
    if mail := variables.get("VAPID_EMAIL"):
        layer.put(("webpush", "subject"), f"mailto:{mail.removeprefix('mailto:')}", f"{origin} VAPID_EMAIL")
    _put_database(layer, variables, origin)
    _put_accounts(layer, variables, origin)
    layer.warnings += [
        f"{name}: is outdated and not used; name the account in sources.superset.accounts"
        for name in _OUTDATED
        if variables.get(name)
    ]
    return layer


def _put_database(layer: Layer, variables: Mapping[str, str], origin: str) -> None:
    url = variables.get("MONGO_CONNECTION_STR")
    if not url:
        return
    try:
        layer.put(
            ("database", "url"),
            with_database(url, variables.get("MONGO_DATABASE_NAME", "")),
            f"{origin} MONGO_CONNECTION_STR",
        )
    except ValueError:
        layer.problems.append(f"MONGO_CONNECTION_STR: should be mongodb://HOST/NAME ({origin})")


def with_database(url: str, name: str) -> str:
    """Return a MongoDB address that names a database; one that it names already stays."""
    parts = urlsplit(url)
    if not name or parts.path not in {"", "/"}:
        return url
    return urlunsplit(parts._replace(path="/" + quote(name, safe="")))


def _put_accounts(layer: Layer, variables: Mapping[str, str], origin: str) -> None:
    names = [name for name in ("SUPERSET_CREDENTIALS_BY_YEAR", "SUPERSET_CREDENTIALS") if variables.get(name)]
    accounts: list[object] = []
    for name in names:
        try:
            accounts += _accounts(variables[name], by_year=name.endswith("_BY_YEAR"))
        except (ValueError, TypeError, RecursionError):
            layer.problems.append(f"{name}: should be JSON, {_FORMS[name]} ({origin})")
    if accounts:
        layer.put(_ACCOUNTS, accounts, f"{origin} {' and '.join(names)}")


_FORMS = {
    "SUPERSET_CREDENTIALS": 'a list such as [{"email": "...", "password": "..."}]',
    "SUPERSET_CREDENTIALS_BY_YEAR": 'a table of years such as {"202526": [{"email": "...", "password": "..."}]}',
}


def _accounts(text: str, *, by_year: bool) -> list[object]:
    given = json.loads(text)
    lists = given if by_year else {"": given}
    if not isinstance(lists, dict) or not all(isinstance(listed, list) for listed in lists.values()):
        raise ValueError
    return [{**account, "year": year} for year, listed in lists.items() for account in listed]
