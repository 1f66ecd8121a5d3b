"""One way to log: structlog events, one a line, with secrets taken out as a last net."""

import logging
import logging.handlers
import os
import re
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import Processor

FILE_BYTES = 10 * 1024 * 1024
FILES_KEPT = 5
MASK = "***"

# a shorter secret would blacken ordinary words
_SECRET_MIN = 4  # characters
_QUIET = ("aiogram", "aiohttp", "aioimaplib", "aiosqlite", "apscheduler", "asyncio", "motor", "pymongo")
_PATTERNS = (
    (re.compile(r"/bot\d+(?::|%3[Aa])[^/\s\"']+"), f"/bot{MASK}"),
    (re.compile(r"\b\d{5,20}:[A-Za-z0-9_-]{30,}"), MASK),  # a bot token on its own
    (re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic|custom)\s+)?[^\s\"',}]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(\bx-api-key[\"']?\s*[:=]\s*[\"']?)[^\s\"',}]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(mongodb(?:\+srv)?|https?)://[^/\s@\"']+@"), rf"\1://{MASK}@"),
    (re.compile(r"(?i)([?&](?:ticket|token|key)=)[^&\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(/calendar/)[^/\s\"'?]+(\.ics)"), rf"\1{MASK}\2"),
    (re.compile(r"\b(pa_|whsec_)[A-Za-z0-9_+/=-]{20,}"), rf"\1{MASK}"),
)

Redact = Callable[[str], str]


def set_up_logs(
    *,
    level: str = "info",
    as_json: bool = False,
    file: Path | None = None,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every event, our own and the libraries', to `stream` (stdout) and, if named, to a file that rotates.

    level: debug, info, warning or error. as_json: one object a line, for machines. secrets: never written.
    May be called again: the set-up is replaced, so no line is doubled.
    """
    logging.raiseExceptions = False  # a log that cannot be written (disk full, closed pipe) must not stop the work
    redact = redactor(secrets)
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stdout)]
    if file is not None:
        handlers.append(private_file_handler(file))
    colours = not as_json and file is None and handlers[0].stream.isatty()  # type: ignore[attr-defined]  # ours
    for handler in handlers:
        handler.setFormatter(_formatter(redact, as_json=as_json, colours=colours))
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler.formatter, _RedactingFormatter)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a module's logger made before this call would keep the old set-up
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _add_time,
    ]


def _add_time(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    event["time"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def _formatter(redact: Redact, *, as_json: bool, colours: bool) -> logging.Formatter:
    def clean(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: _cleaned(value, redact) for name, value in event.items()}

    last: Processor
    if as_json:
        last = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    else:
        last = structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time", sort_keys=False)
    return _RedactingFormatter(
        redact,
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            clean,
            last,
        ],
    )


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Cleans the finished line once more: a secret may have been put together by formatting."""

    def __init__(self, redact: Redact, **settings: Any) -> None:
        super().__init__(**settings)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def _cleaned(value: object, redact: Redact) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {redact(str(name)): _cleaned(inner, redact) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(inner, redact) for inner in value]
    return redact(str(value))


def redactor(secrets: Iterable[str]) -> Redact:
    """Return a function that takes secrets out of a text: plain, URL-encoded, JSON-escaped and base64."""
    forms = sorted({form for secret in secrets if len(secret) >= _SECRET_MIN for form in _forms(secret)}, key=len)
    known = re.compile("|".join(map(re.escape, reversed(forms)))) if forms else None

    def redact(text: str) -> str:
        if known is not None:
            text = known.sub(MASK, text)
        for pattern, mask in _PATTERNS:
            text = pattern.sub(mask, text)
        return text

    return redact


def _forms(secret: str) -> Iterable[str]:
    encoded = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield repr(secret)[1:-1]
    yield secret.replace("\\", "\\\\").replace('"', '\\"')
    # inside a longer base64 text the secret may begin at any of three phases; its inner part then looks the same
    for phase in range(3):
        inner = b64encode(b"\0" * phase + encoded).decode().rstrip("=")
        core = inner[(phase * 8 + 5) // 6 : len(inner) - (1 if (phase + len(encoded)) % 3 else 0)]
        if len(core) >= 2 * _SECRET_MIN:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def private_file_handler(path: Path) -> logging.Handler:
    """Return a handler whose files rotate by size and are readable by their owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _PrivateFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")


class _PrivateFile(logging.handlers.RotatingFileHandler):
    def _open(self) -> Any:
        def private(path: str, flags: int) -> int:
            descriptor = os.open(path, flags, 0o600)
            os.fchmod(descriptor, 0o600)  # the file may be there already, with the rights of an older release
            return descriptor

        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=private)  # the handler closes it
