import io
import json
import logging
import logging.handlers
import stat
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog

from placement_alerts.logs import redactor, set_up_logs

TOKEN = "123456789:AAF-marker_marker-marker_marker00"
PASSWORD = 'p"ß/marker&word+1'


@pytest.fixture(autouse=True)
def _untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


def set_up(**settings: Any) -> io.StringIO:
    stream = io.StringIO()
    set_up_logs(stream=stream, **settings)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_line_has_time_level_event_and_fields() -> None:
    stream = set_up(as_json=True)

    structlog.get_logger("placement_alerts.x").info("delivery.sent", delivery="d1", took_s=0.21)

    (line,) = lines(stream)
    assert line["time"].endswith("Z")
    assert len(line["time"]) == len("2026-01-01T00:00:00.000Z")
    del line["time"]
    assert line == {"level": "info", "event": "delivery.sent", "delivery": "d1", "took_s": 0.21}


def test_console_line_is_readable() -> None:
    stream = set_up()

    structlog.get_logger().warning("source.failed", source="superset")

    assert "source.failed" in stream.getvalue()
    assert "source=superset" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_level_is_kept_and_libraries_speak_from_warning_up() -> None:
    stream = set_up(as_json=True, level="debug")

    structlog.get_logger().debug("queue.looked")
    logging.getLogger("aiogram.event").info("Update id=1 is handled")
    logging.getLogger("pymongo.command").debug("Command started")
    logging.getLogger("aiogram.dispatcher").error("Failed to fetch updates - %s", "TelegramNetworkError")

    assert [line["event"] for line in lines(stream)] == [
        "queue.looked",
        "Failed to fetch updates - TelegramNetworkError",
    ]


def test_second_set_up_doubles_no_line() -> None:
    set_up(as_json=True)
    stream = set_up(as_json=True)

    structlog.get_logger().info("process.started")

    assert len(lines(stream)) == 1


@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_taken_out_of_every_corner(as_json: bool) -> None:
    stream = set_up(as_json=as_json, secrets=[PASSWORD, TOKEN])
    log = structlog.get_logger("placement_alerts.x")

    log.info("peer.asked", url=f"http://127.0.0.1/bot{TOKEN}/getMe", headers={"Authorization": "Custom marker-key"})
    log.info("peer.asked", body=[PASSWORD, quote(PASSWORD, safe=""), b64encode(PASSWORD.encode()).decode()])
    log.info("peer.asked", basic=b64encode(f"me:{PASSWORD}".encode()).decode(), url="mongodb://me:marker@db/x")
    logging.getLogger("aiohttp.client").warning("GET /bot%s/getMe with %r", TOKEN, PASSWORD)
    try:
        raise RuntimeError(f"no answer from https://api.telegram.org/bot{TOKEN}/sendMessage")
    except RuntimeError:
        log.exception("bot.failed")

    text = stream.getvalue()
    assert "marker" not in text
    assert "Traceback" in text
    assert b64encode(PASSWORD.encode()).decode()[4:12] not in text


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
@pytest.mark.parametrize("after", [b"", b"z", b"zz"])
def test_secret_inside_base64_is_found_at_every_phase(before: bytes, after: bytes) -> None:
    encoded = b64encode(before + PASSWORD.encode() + after).decode()

    assert "***" in redactor([PASSWORD])(f"sent {encoded}")


def test_ordinary_text_stays() -> None:
    text = "delivery n1.2.a3 sent at 2026-11-21T10:15:30.123Z to /api/v1/notices?after=7, ratio 3:4"

    assert redactor([PASSWORD])(text) == text


def test_file_is_readable_by_its_owner_only_and_rotates(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "run.log"
    path.parent.mkdir()
    path.write_text("from an older release\n")
    path.chmod(0o666)
    set_up(as_json=True, file=path)

    structlog.get_logger().info("process.started")
    (handler,) = [h for h in logging.getLogger().handlers if isinstance(h, logging.handlers.RotatingFileHandler)]
    handler.doRollover()
    structlog.get_logger().info("process.stopped")

    assert {file.name for file in path.parent.iterdir()} == {"run.log", "run.log.1"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert "process.stopped" in path.read_text()
    assert (handler.maxBytes, handler.backupCount) == (10 * 1024 * 1024, 5)


@pytest.mark.parametrize(
    "secret",
    [
        "/calendar/j9DgDZ6fGJ4ERj0A5uVA5Z5R4ybKcODrD4M6-ZR6iP4.ics",
        "pa_j9DgDZ6fGJ4ERj0A5uVA5Z5R4ybKcODrD4M6-ZR6iP4",
        "whsec_j9DgDZ6fGJ4ERj0A5uVA5Z5R4ybKcODrD4M6+ZR6iP4=",
    ],
)
def test_what_opens_a_calendar_or_the_api_is_masked(secret: str) -> None:
    stream = set_up()

    structlog.get_logger().error("request.failed", path=f"GET {secret} HTTP/1.1")

    assert "j9DgDZ6fGJ4" not in stream.getvalue()
