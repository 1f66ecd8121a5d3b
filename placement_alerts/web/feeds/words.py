"""What a feed may say of a notice: facts and text without students, e-mail addresses and odd characters. Pure."""

import re

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.fields import fields
from placement_alerts.core.notice import Notice
from placement_alerts.core.visibility import html_names_students

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2
HIDDEN = "(address on the portal)"


def cleaned(text: str) -> str:
    """Return the text without e-mail addresses and without what neither XML nor a calendar may hold."""
    return _EMAIL.sub(HIDDEN, _NO_XML.sub("", text))


def shown_title(notice: Notice) -> str:
    """Return the title on one line."""
    return " ".join(cleaned(notice.title).split())


def shown_lines(notice: Notice) -> list[str]:
    """Return the lines of the text that name no student."""
    lines = notice.text.strip().splitlines()
    naming = naming_lines(lines, notice.facts.students)
    return [cleaned(line) for index, line in enumerate(lines) if index not in naming]


def fact_lines(notice: Notice) -> list[str]:
    """Return what is stated, label by label."""
    return [cleaned(f"{field.label}: {field.value}") for field in fields(notice)]


def may_show_html(notice: Notice) -> bool:
    """Say whether the notice's own HTML shows no more than its shown lines do."""
    return not html_names_students(notice) and _EMAIL.search(notice.html) is None
