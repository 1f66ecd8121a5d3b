"""The kinds of values that settings have, each checked in words a person can act on. No message repeats the value."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """A table of config.toml. Strict: a number in quotes is a mistake worth a word."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# name, lowest, highest, words that may stand for a number
_CRON_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_CRON_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,2}))?", re.ASCII)


def check_year(text: str) -> str:
    """Return a placement year such as "202526": its second half is the first year plus one, modulo 100."""
    if not re.fullmatch(r"20\d{4}", text, re.ASCII) or (int(text[2:4]) + 1) % 100 != int(text[4:]):
        raise ValueError('should be a placement year of six digits such as "202526"')
    return text


def check_cron(text: str) -> str:
    """Return a cron text of five fields, or "" for never.

    Days of the week are names only: 0 is Sunday to cron and Monday to APScheduler, so a number would be misread.
    """
    fields = text.split()
    if text and len(fields) != len(_CRON_FIELDS):
        raise ValueError("should have five fields: minute, hour, day, month, day of the week")
    for field, (name, lowest, highest, words) in zip(fields, _CRON_FIELDS, strict=False):
        for part in field.lower().split(","):
            if not _is_cron_part(part, lowest, highest, words):
                raise ValueError(f"the field for the {name} should be {_expected(name, lowest, highest)}")
    return text


def _is_cron_part(part: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    found = _CRON_PART.fullmatch(part)
    if found is None:
        return False
    first, last = (lowest, highest) if found["first"] is None else _cron_ends(found, lowest, words)
    if first is None or last is None or not lowest <= first <= last <= highest:
        return False
    # "5/10" means different things to different programs, and APScheduler refuses a step longer than its range
    return found["step"] is None or 1 <= int(found["step"]) <= last - first


def _cron_ends(found: re.Match[str], lowest: int, words: tuple[str, ...]) -> tuple[int | None, int | None]:
    first = _cron_number(found["first"], lowest, words)
    return first, first if found["last"] is None else _cron_number(found["last"], lowest, words)


def _cron_number(text: str, lowest: int, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + lowest
    if words == _DAYS or not text.isdecimal():
        return None
    return int(text)


def _expected(name: str, lowest: int, highest: int) -> str:
    if name == "day of the week":
        return "* or names of days such as mon-fri"
    return f"* or numbers from {lowest} to {highest}, such as 8-20/2 or 0,30"


def check_timezone(text: str) -> str:
    """Return the name of a time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('should be the name of a time zone such as "Asia/Kolkata"') from None
    return text


def check_email(text: str) -> str:
    """Return an e-mail address, as far as a glance can tell."""
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text) or len(text) > 254:
        raise ValueError("should be an e-mail address")
    return text


def check_web_address(text: str) -> str:
    """Return an http(s) address without credentials, query, fragment and closing slash."""
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("should be an address such as https://host/path, without user, query and fragment")
    return text.rstrip("/")


def check_link(text: str) -> str:
    """Return an http(s) address that may be shown to students."""
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise ValueError("should be an address that begins with https:// or http://")
    return text


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    return parts if usable and not re.search(r"[\s\x00-\x1f\x7f]", text) else None


def check_database_url(secret: SecretStr) -> SecretStr:
    """Return the address of a store that `store.open_store` knows."""
    url = secret.get_secret_value()
    embedded = url.startswith("sqlite:///") and len(url) > len("sqlite:///")
    if not embedded and not re.match(r"mongodb(\+srv)?://[^\s/?#]", url):
        raise ValueError("should be sqlite:///FILE or mongodb://HOST/NAME")
    return secret


def check_bot_token(secret: SecretStr) -> SecretStr:
    """Return a bot token as BotFather writes it, or an empty one."""
    token = secret.get_secret_value()
    if token and not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{1,200}", token, re.ASCII):
        raise ValueError("should be a bot token as BotFather gives it: digits, a colon, letters")
    return secret


def check_chat(text: str) -> str:
    """Return a chat id in decimal, a public @name, or ""."""
    if text and not re.fullmatch(r"-?\d{1,20}|@\w{4,64}", text, re.ASCII):
        raise ValueError('should be a chat id such as "-1001234567890" or a public name such as "@placements"')
    return text


def check_public_key(text: str) -> str:
    """Return a public key as base64 of its DER form."""
    try:
        der = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        der = b""
    if not der.startswith(b"\x30"):  # an ASN.1 SEQUENCE, as every SubjectPublicKeyInfo is
        raise ValueError("should be a public key: base64 of its DER form, on one line")
    return text


def check_origin(text: str) -> str:
    """Return a web origin: scheme, host, port; never "*"."""
    parts = _split(text)
    if parts is None or parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.path or parts.query:
        raise ValueError("should be an origin such as https://app.college.example, without a path; * is not accepted")
    return text


def check_network(text: str) -> str:
    """Return an IP address or network."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise ValueError('should be an address or network such as "10.0.0.7" or "10.0.0.0/8"') from None
    return text


def check_api_key(secret: SecretStr) -> SecretStr:
    """Return a key that is hard to guess, or an empty one."""
    return _checked_length(secret, 16)


def check_cookie_key(secret: SecretStr) -> SecretStr:
    """Return a key that cookies may be signed with, or an empty one."""
    return _checked_length(secret, 32)


def _checked_length(secret: SecretStr, shortest: int) -> SecretStr:
    if secret.get_secret_value() and not shortest <= len(secret.get_secret_value()) <= 1000:
        raise ValueError(f"should have at least {shortest} characters, such as `openssl rand -base64 48` gives")
    return secret


def check_vapid_key(secret: SecretStr) -> SecretStr:
    """Return a VAPID private key: 32 bytes in base64url, or PEM; or an empty one."""
    text = secret.get_secret_value().strip()
    raw = re.fullmatch(r"[A-Za-z0-9_-]{43}=?", text, re.ASCII)
    if text and not raw and not text.startswith("-----BEGIN "):
        raise ValueError("should be a key as `placement-alerts vapid` makes it: 43 characters of base64url, or PEM")
    return SecretStr(text)


def check_contact(text: str) -> str:
    """Return whom a push service may write to (reference/webpush.md, section 3: Apple refuses local ones)."""
    mail = re.fullmatch(r"mailto:[^\s@<>]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}", text, re.ASCII)
    parts = _split(text) if text.startswith("https://") else None
    host = parts.hostname or "" if parts else ""
    if not (mail or "." in host) or text.endswith((".local", ".localhost")) or host.endswith((".local", ".localhost")):
        raise ValueError("should be a real contact such as mailto:office@college.example or https://college.example")
    return text


def _or_empty(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda text: check(text) if text else text)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _chat_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Seconds = Annotated[float, Field(gt=0, le=3600)]
Year = Annotated[str, AfterValidator(check_year)]
YearOrEmpty = Annotated[str, _or_empty(check_year)]
Email = Annotated[str, AfterValidator(check_email)]
Cron = Annotated[str, AfterValidator(check_cron)]
TimeZone = Annotated[str, AfterValidator(check_timezone)]
WebAddress = Annotated[str, AfterValidator(check_web_address)]
WebAddressOrEmpty = Annotated[str, _or_empty(check_web_address)]
Link = Annotated[str, AfterValidator(check_link)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(check_database_url)]
BotToken = Annotated[SecretStr, AfterValidator(check_bot_token)]
Chat = Annotated[str, BeforeValidator(_chat_text), AfterValidator(check_chat)]
PublicKey = Annotated[str, AfterValidator(check_public_key)]
Origin = Annotated[str, AfterValidator(check_origin)]
Network = Annotated[str, AfterValidator(check_network)]
ApiKey = Annotated[SecretStr, AfterValidator(check_api_key)]
CookieKey = Annotated[SecretStr, AfterValidator(check_cookie_key)]
VapidKey = Annotated[SecretStr, AfterValidator(check_vapid_key)]
Contact = Annotated[str, Field(max_length=300), _or_empty(check_contact)]
LowerCase = BeforeValidator(_lower)
