"""What the name of a person looks like in a list."""

import re

LONGEST_NAME = 60  # characters
PHONE = re.compile(r"\+?91[- ]?[6-9]\d{4}[- ]?\d{5}|\b[6-8]\d{9}\b|\b9[0-8]\d{8}\b")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’ -])*")
NO_NAME = re.compile(
    r"\b(?:students?|candidates?|name|enrol\w*|roll|numbers?|following|shortlist\w*|select\w*|list|round"
    r"|interview\w*|test|slot|panel|am|pm|b\.?tech|m\.?tech|cse|ece|branch"
    r"|company|role|engineer|developer|analyst|intern|trainee|technolog\w+|pvt|ltd|has|have|been|is|are|the|of"
    r"|for|in|on|at|to|with|by|from|noc|approved|issued|please|serial"
    r"|congrat\w*|date|time|venue|link|campus|details?|department|dear|package|location|lpa|offer\w*|associate"
    r"|executive|position|degree|score|marks|cgpa|it|bt|mca|systems?|reporting)\b",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"^(?:(?:mr|ms|mrs|miss)\.?|dear|hi|hello|our|humare|hamare) ", re.IGNORECASE)
RELATION = re.compile(r"\s*\(?\b[SDWC]/[oO]\b.*")  # "Asha Rao D/o Ravi Rao": whose child a student is
_OFFICE_WORD = re.compile(
    r"\b(?:cell|office|team|committee|college|institute|university|placements?|training|services|club|private"
    r"|limited|board|regards|thanks)\b",
    re.IGNORECASE,
)


def as_name(text: str, *, strict: bool = True) -> str | None:
    """Return the text if it can be a person's name, else None. strict: refuse what holds other words."""
    name = re.sub(r"^\W*(?:\d{1,3}[.)]?\s+)?|[\s,;:*-]+$", "", RELATION.sub("", PHONE.sub(" ", text))).strip()
    name = _HONORIFIC.sub("", re.sub(r"\s+", " ", name))
    if not 2 < len(name) <= LONGEST_NAME or not _NAME.fullmatch(name) or len(name.split()) > 6:
        return None
    if strict and (NO_NAME.search(name) or not name[0].isupper()):
        return None
    return name


def full_name(text: str) -> str | None:
    """Return the text if it is a person's name of at least two words that stands for itself, else None."""
    name = as_name(text)
    return (
        name
        if name is not None
        and 2 <= len(name.split()) <= 5
        and all(word[0].isupper() for word in name.split())
        and not _OFFICE_WORD.search(name)
        else None
    )
