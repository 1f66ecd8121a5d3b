"""Where settings come from: config.toml, .env, the environment and files of secrets, each as one layer of values.

Later layers win: config.toml, names of the existing bot (.env, environment), our own names (.env, environment). So a
real variable wins over the file, and our own name wins over an alias (reference/operations.md, section 1).
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import BaseModel, SecretStr

PREFIX = "PLACEMENT_ALERTS__"
SECRET_BYTES_MAX = 65_536  # a larger secret is a wrong file

Key = tuple[str, ...]


@dataclass(slots=True)
class Layer:
    """Values of one origin as a tree of sections, the origin of each, and what was wrong or worth a warning."""

    tree: dict[str, Any] = field(default_factory=dict)
    origins: dict[Key, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def put(self, key: Key, value: object, origin: str) -> None:
        """Set a value; a section given as a table sets each of its keys."""
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                self.put((*key, str(name)), inner, origin)
            return
        branch = self.tree
        for name in key[:-1]:
            below = branch.setdefault(name, {})
            if not isinstance(below, dict):  # "telegram = 3" beside "[telegram.x]": the model reports the first
                return
            branch = below
        branch[key[-1]] = value
        self.origins[key] = origin


def toml_layer(path: Path, *, required: bool) -> Layer:
    """Read config.toml. required: the file was named by the operator, so it has to be there."""
    layer = Layer()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if required:
            layer.problems.append(f"{path}: there is no such file")
        return layer
    except OSError as error:
        layer.problems.append(f"{path}: cannot be read ({type(error).__name__})")
        return layer
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        layer.problems.append(f"{path}: is not TOML{_place(error)}")
        return layer
    for name, value in tables.items():
        layer.put((name,), value, str(path))
    return layer


def _place(error: Exception) -> str:
    # the rest of the text may repeat a part of the file, and that may be a secret
    found = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
    return f" ({found[1]})" if found else ""


def own_layer(variables: Mapping[str, str], model: type[BaseModel], origin: str) -> Layer:
    """Read PLACEMENT_ALERTS__SECTION__KEY and, for secrets, ..._FILE. An empty variable counts as not set."""
    layer = Layer()
    mine = {name: text for name, text in variables.items() if name.startswith(PREFIX) and text}
    for name in sorted(mine, key=lambda name: (name.count("__"), name)):  # a key wins over the table around it
        key = tuple(name.removeprefix(PREFIX).lower().split("__"))
        place = f"{origin} {name}"
        if annotation := annotation_of(model, key):
            _put_text(layer, key, annotation, mine[name], place)
        elif _is_secret_file(model, key):
            _put_secret_file(layer, key, model, mine, name)
        else:
            layer.problems.append(f"{name}: no setting has this name ({origin})")
    return layer


def _is_secret_file(model: type[BaseModel], key: Key) -> bool:
    annotation = annotation_of(model, _without_file(key))
    return key[-1].endswith("_file") and annotation is not None and holds_secret(annotation)


def _without_file(key: Key) -> Key:
    return (*key[:-1], key[-1].removesuffix("_file"))


def _put_secret_file(layer: Layer, key: Key, model: type[BaseModel], mine: Mapping[str, str], name: str) -> None:
    if name.removesuffix("_FILE") in mine:
        layer.problems.append(f"{name}: is set beside {name.removesuffix('_FILE')}; keep one of the two")
        return
    path = Path(mine[name])
    try:
        with path.open("rb") as file:
            content = file.read(SECRET_BYTES_MAX + 1)
            if path.stat().st_mode & 0o004:
                layer.warnings.append(f"{name}: the file is readable by others; chmod 600 it")
        text = content.decode()
    except OSError as error:
        layer.problems.append(f"{name}: the file cannot be read ({type(error).__name__})")
        return
    except UnicodeDecodeError:
        layer.problems.append(f"{name}: the file is not text")
        return
    if len(content) > SECRET_BYTES_MAX:
        layer.problems.append(f"{name}: the file is larger than {SECRET_BYTES_MAX} bytes")
        return
    target = _without_file(key)
    _put_text(layer, target, annotation_of(model, target), text.removesuffix("\n").removesuffix("\r"), f"file {name}")


def _put_text(layer: Layer, key: Key, annotation: object, text: str, origin: str) -> None:
    try:
        layer.put(key, decode(text, annotation), origin)
    except ValueError as error:
        layer.problems.append(f"{'.'.join(key)}: {error} ({origin})")


def decode(text: str, annotation: object) -> object:
    """Return the value that the text of a variable stands for; lists and tables are JSON.

    Raises ValueError whose text says what was expected, never what was there.
    """
    if annotation is bool:
        if text not in {"true", "false"}:
            raise ValueError("should be true or false")
        return text == "true"
    if annotation in {int, float}:
        if not re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text, re.ASCII):
            raise ValueError("should be a number")
        return float(text) if "." in text else int(text)
    if _is_text(annotation):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("should be JSON") from None


def _is_text(annotation: object) -> bool:
    return annotation in {str, SecretStr} or str(annotation).startswith("typing.Literal")


def annotation_of(model: type[BaseModel], key: Key) -> object | None:
    """Return the type of a setting or section; None if there is none of that name."""
    annotation: object = model
    for name in key:
        if not _is_section(annotation) or name not in annotation.model_fields:
            return None
        annotation = annotation.model_fields[name].annotation
    return annotation


def _is_section(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def holds_secret(annotation: object) -> bool:
    """Say whether a setting of this type is or contains a secret."""
    if annotation is SecretStr:
        return True
    if _is_section(annotation):
        return any(holds_secret(info.annotation) for info in annotation.model_fields.values())
    return any(holds_secret(inner) for inner in getattr(annotation, "__args__", ()))


def settings_of(model: type[BaseModel], above: Key = ()) -> Iterator[tuple[Key, object]]:
    """Yield every setting with its type, in the order of the models."""
    for name, info in model.model_fields.items():
        key = (*above, name)
        if _is_section(info.annotation):
            yield from settings_of(info.annotation, key)
        else:
            yield key, info.annotation
