"""The placement year that a plus-alias of a recipient names (reference/mailbox.md, section 4)."""

import re
from collections.abc import Iterable

_ALIAS = re.compile(r"\+(?P<tag>[\w-]{6,16})@")


def years_of(recipients: Iterable[str]) -> tuple[str, ...]:
    """Return the years that aliases name, each once, e.g. "202526" for `x+2025-26@`; other tags name none."""
    found = (_year(match["tag"]) for recipient in recipients for match in _ALIAS.finditer(recipient[:500]))
    return tuple(dict.fromkeys(year for year in found if year))


def _year(tag: str) -> str | None:
    digits = re.sub(r"[-_]", "", tag)
    if not re.fullmatch(r"20\d{4}", digits):
        return None
    return digits if int(digits[4:]) == (int(digits[:4]) + 1) % 100 else None
