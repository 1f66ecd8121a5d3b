"""The settings as they hold: every source read once, at start, into frozen models; every problem named in one run."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource

from placement_alerts.config.layers import Key, Layer, holds_secret, own_layer, settings_of, toml_layer
from placement_alerts.config.legacy import legacy_layer
from placement_alerts.config.models import Config
from placement_alerts.errors import ConfigError

MASK = "***"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings with the origin of each that is not a default, and what the operator should be told."""

    config: Config
    origins: Mapping[Key, str]
    warnings: tuple[str, ...]


class _LayerSource(PydanticBaseSettingsSource):
    """Hands a layer's values to pydantic-settings, which merges them by precedence."""

    def __init__(self, settings: type[BaseSettings], tree: dict[str, Any]) -> None:
        super().__init__(settings)
        self._tree = tree

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:
        return self._tree.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self._tree


def load(file: Path | None = None, *, environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Loaded:
    """Read every source of settings and return what holds.

    file: as named with --config. environ: instead of the process's. folder: where config.toml and .env are looked for,
    instead of the working directory. Raises ConfigError with every problem there is, one line each.
    """
    environ = os.environ if environ is None else environ
    folder = folder or Path()
    layers = list(_layers(file, environ, folder))
    problems = [problem for layer in layers for problem in layer.problems]
    origins = {key: origin for layer in layers for key, origin in layer.origins.items()}

    class Bound(Config):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(_LayerSource(settings_cls, layer.tree) for layer in reversed(layers))

    try:
        config = Bound()
    except ValidationError as error:
        problems += [_problem(detail["loc"], detail["type"], detail["msg"], origins) for detail in error.errors()]
    if problems:
        raise ConfigError(problems)
    warnings = tuple(warning for layer in layers for warning in layer.warnings)
    return Loaded(config, MappingProxyType(origins), warnings)


def _layers(file: Path | None, environ: Mapping[str, str], folder: Path) -> Iterator[Layer]:
    named = file or (Path(environ["PLACEMENT_ALERTS_CONFIG"]) if environ.get("PLACEMENT_ALERTS_CONFIG") else None)
    yield toml_layer(named or folder / "config.toml", required=named is not None)
    dotenv = _dotenv(folder / ".env")
    for read in (legacy_layer, own_layer):
        yield read(dotenv, Config, ".env")
        yield read(environ, Config, "environment")


def _dotenv(path: Path) -> dict[str, str]:
    source = DotEnvSettingsSource(Config, env_file=path, case_sensitive=True)
    return {name: text for name, text in source.env_vars.items() if text is not None}


def _problem(location: tuple[int | str, ...], kind: str, message: str, origins: Mapping[Key, str]) -> str:
    if kind == "value_error":
        message = message.removeprefix("Value error, ")
    elif kind == "extra_forbidden":
        message = "no setting has this name"
    elif kind == "missing":
        message = "is missing"
    words = message.replace("Input should", "should").replace("Value should", "should")
    # a union adds the names of its branches to the location; they are no part of the key
    parts = [part for part in location if not re.search(r"[^\w-]", str(part))]
    name = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(map(str, parts)))
    names = tuple(str(part) for part in location)
    origin = next((origins[names[:end]] for end in range(len(names), 0, -1) if names[:end] in origins), None)
    return f"{name}: {words}" + (f" ({origin})" if origin else "")


@dataclass(frozen=True, slots=True)
class Effective:
    """One line of `config show`. value: as JSON, secrets masked."""

    key: str
    value: str
    origin: str


def effective(loaded: Loaded) -> list[Effective]:
    """Return every setting as it holds, with its origin and without its secrets."""
    lines = []
    for key, annotation in settings_of(Config):
        value = _value_of(loaded.config, key)
        shown = _shown(value, secret=holds_secret(annotation))
        lines.append(
            Effective(".".join(key), json.dumps(shown, ensure_ascii=False), loaded.origins.get(key, "default"))
        )
    return lines


def _value_of(model: BaseModel, key: Key) -> object:
    value: object = model
    for name in key:
        value = getattr(value, name)
    return value


def _shown(value: object, *, secret: bool) -> object:
    if isinstance(value, SecretStr):
        return _masked(value.get_secret_value())
    if isinstance(value, BaseModel):
        return {name: _shown(inner, secret=secret) for name, inner in value}
    if isinstance(value, tuple):
        return [_shown(inner, secret=secret) for inner in value]
    return value


def _masked(secret: str) -> str:
    """Return *** for a secret; of an address only what may be shown: scheme, host and name."""
    if secret.startswith("sqlite:///") or not secret:
        return secret
    found = re.match(r"(mongodb(?:\+srv)?://)(?:[^/?#]*@)?([^@?#]*)", secret)
    return f"{found[1]}{MASK + '@' if '@' in secret else ''}{found[2]}" if found else MASK


def secrets_of(config: BaseModel) -> Iterator[str]:
    """Yield every configured secret, for the last net of the logs; of an address its password too."""
    for _, value in config:
        yield from _secrets_in(value)


def _secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        if secret and not secret.startswith("sqlite:"):  # an embedded store's path is none
            yield secret
        if found := re.match(r"mongodb(?:\+srv)?://[^/?#:@]*:([^/?#@]+)@", secret):
            yield found[1]
    elif isinstance(value, BaseModel):
        yield from secrets_of(value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _secrets_in(inner)


@dataclass(frozen=True, slots=True)
class Component:
    """A source, channel or role, and whether it is on. key: turns it on; "" if it comes with a later version."""

    name: str
    on: bool
    key: str


def what_is_on(config: Config) -> list[Component]:
    """Return every source, channel and scheduled job with its switch."""
    token, accounts = config.telegram.token.get_secret_value(), config.sources.superset.accounts
    mailbox = config.sources.mailbox
    return [
        Component("superset", bool(accounts), "sources.superset.accounts"),
        Component("telegram", bool(token), "telegram.token"),
        Component("bot", bool(token) and config.telegram.mode != "off", "telegram.mode" if token else "telegram.token"),
        Component("webpush", bool(config.webpush.vapid_private_key.get_secret_value()), "webpush.vapid_private_key"),
        Component("update", bool(config.scheduler.update), "scheduler.update"),
        Component("mailbox", bool(mailbox.username), "sources.mailbox.username"),
        Component("official", bool(config.sources.official.url), "sources.official.url"),
        Component("assistant", bool(config.assistant.base_url), "assistant.base_url"),
    ]
