"""What a message pays: for a single post, and in the row or line of each of several."""

import re
from collections.abc import Iterable, Iterator

from placement_alerts.core.document import Text
from placement_alerts.core.extract.labels import Field, rows_with_header
from placement_alerts.core.matching import role_key
from placement_alerts.core.money import LAKH, Amount, Per, find_amounts, monthly_rupees, yearly_lakhs

_PAID = re.compile(r"lpa|lakh|lac|ctc|stipend|per month|per annum|₹|rs|inr|p\.?a\.?", re.IGNORECASE)
_PAY_LABEL = re.compile(
    r"\b(?:ctc|package|salary|stipend|pay|compensation|cost to company|remuneration|emoluments?|ppo|conversion"
    r"|fte|lpa|internship)\b"
)
_MONTHLY = re.compile(r"\bstipend\b")  # a column of monthly amounts
_SALARY = re.compile(
    r"\b(?:salary|ctc|pay|package|remuneration|compensation|wages?|gross|emoluments?|basic"
    r"|cost to company|take[- ]home)\b",
    re.IGNORECASE,
)
_STIPEND = re.compile(r"\b(?:stipend|intern\w*|training|trainees?|probation\w*|apprentice\w*)\b", re.IGNORECASE)
_STIPEND_LABEL = re.compile(r"\bstipend\b")
_NOT_MONTHLY = re.compile(
    r"\b(?:total|lump ?sum|consolidated|(?:for|over|in) (?:\w+ )?\d+ months|per (?:week|day|annum|year)"
    r"|weekly|annual|yearly)\b",
    re.IGNORECASE,
)
_LEAST_STIPEND = 1_000  # rupees
_TOTAL = re.compile(r"\b(?:total|gross)\b|^(?:annual )?ctc$|cost to company", re.IGNORECASE)
_SUM = re.compile(r"\b(?:grand )?total(?: ctc| package| pay)?(?=\W{0,6}(?:(?:rs|inr)\W{0,3})?[\d₹])", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:basic|hra|allowance|fixed|variable|pf|provident|gratuity|bonus|medical|performance|insurance|base"
    r"|retiral)\w*\b",
    re.IGNORECASE,
)

# how much those who are placed may still apply for, and what others got: not what this post pays
_LIMIT = re.compile(
    r"\b(?:stands? out|out of (?:the )?(?:placement )?process|(?:and-a-half|[\d.]{1,6} ?x|dream|tier) (?:rule|policy)"
    r"|as per (?:the )?(?:placement |institute |college |t&p )(?:policy|rules?)"
    r"|(?:remain |be |are |is )?(?:eligible|allowed|permitted)"
    r" (?:for|to (?:sit|appear|apply))[^.]{0,40}\b(?:compan\w+|offers?|drives?|packages?))\b",
    re.IGNORECASE,
)


# what others got before: "three of our students were absorbed in the past at 18 LPA"
_PAST = re.compile(
    r"\b(?:in the past|(?:last|previous) (?:year|season|batch)|(?:your|our) seniors"
    r"|(?:were|was|got) (?:absorbed|converted))\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;()](?!\d)|(?<=\w)\.\s+(?=[A-Z])")
_SUFFIX = re.compile(r" [-–—] (?P<suffix>[^–—]{1,40})$")


def total_pay(text: Text, fields: Iterable[Field]) -> tuple[float | None, int | None]:
    """Return what the message states for a single post: lakhs a year and rupees a month."""
    fields = tuple(fields)
    stipend = monthly_rupees(
        amount for line in _pay_lines(text) if not _is_salary(line) for amount in find_amounts(line)
    )
    if stipend is None:
        columns = [field for field in fields if field.column and _MONTHLY.search(field.label)]
        stipend = monthly_rupees(amount for field in columns for amount in find_amounts(f"{field.value} per month"))
    return _yearly_pay(text, fields), stipend if stipend is not None else _labelled_stipend(fields)


def _labelled_stipend(fields: Iterable[Field]) -> int | None:
    """Return the least amount that is labelled a stipend and has no period of its own: it is a month's."""
    values = [
        amount.rupees
        for field in fields
        if _STIPEND_LABEL.search(field.label) and not _NOT_MONTHLY.search(f"{field.label} {field.value}")
        for amount in find_amounts(field.value)
        if amount.per is Per.UNSAID and not amount.excluded and _LEAST_STIPEND <= amount.rupees < LAKH * 2
    ]
    return round(min(values)) if values else None


def _yearly_pay(text: Text, fields: tuple[Field, ...]) -> float | None:
    """Return lakhs a year: the labelled total, else the least labelled value, else what any line states."""
    labelled = [field for field in fields if _PAY_LABEL.search(field.label) or _TOTAL.search(field.label)]
    totals = [
        lakhs
        for field in fields
        if _TOTAL.search(field.label) and (lakhs := _yearly(field.value, field.label)) is not None
    ]
    if totals and any(_PART.search(field.label) for field in fields):
        return max(totals)
    values = [
        lakhs
        for field in labelled
        if not _PART.search(field.label) and (lakhs := _yearly(field.value, field.label)) is not None
    ]
    if values:
        return min(values)
    amounts = [
        amount
        for line in _pay_lines(text)
        for amount in find_amounts(line)
        if amount.certain and (_PAID.search(line) or amount.per == "year") and not _is_of_stipend(amount, line)
    ]
    if (lakhs := yearly_lakhs(amounts)) is not None:
        return lakhs
    salary = monthly_rupees(amount for line in _pay_lines(text) if _is_salary(line) for amount in find_amounts(line))
    return round(12 * salary / LAKH, 2) if salary is not None else None


def _is_of_stipend(amount: Amount, said: str) -> bool:
    """Whether an amount without a period is too small for a year's pay where a stipend is spoken of."""
    return amount.per is Per.UNSAID and amount.rupees < LAKH and _STIPEND_LABEL.search(said.lower()) is not None


def _is_salary(line: str) -> bool:
    """Whether a monthly amount in the line is the pay of a post, not of an internship or a training."""
    return _SALARY.search(line) is not None and not _STIPEND.search(line)


def _yearly(value: str, label: str) -> float | None:
    totals = list(_SUM.finditer(value))
    amounts = find_amounts(value[totals[-1].start() :] if totals else value)
    if amounts:
        return yearly_lakhs(amount for amount in amounts if not _is_of_stipend(amount, label))
    if re.search(r"lpa|lakh|lac", label) and re.fullmatch(r"\W*\d{1,3}(?:\.\d+)?\W*", value):
        return yearly_lakhs(find_amounts(f"{value} LPA"))
    return None


def _pay_lines(text: Text) -> Iterator[str]:
    yield text.title
    for line in text.lines:
        sentences = re.split(r"(?<=[a-z)])[.;!?]\s+(?=[A-Z])", line.text)
        yield from (_of_today(sentence) for sentence in sentences if not _LIMIT.search(sentence))


def _of_today(sentence: str) -> str:
    """Return the sentence without the clauses that tell of the past."""
    if _PAST.search(sentence) is None:
        return sentence
    return ", ".join(clause for clause in _CLAUSE_END.split(sentence) if not _PAST.search(clause))


def own_pay(
    name: str, names: Iterable[str], text: Text, fields: tuple[Field, ...]
) -> tuple[float | None, int | None] | None:
    """Return the pay that stands in the same row or line as the post, None if there is none."""
    key = role_key(name)
    for index, row, header in rows_with_header(text.lines):
        if header and any(role_key(cell) == key or key in role_key(cell) for cell in row.cells):
            lakhs = [
                v
                for f in fields
                if f.line == index and _PAY_LABEL.search(f.label) and (v := _yearly(f.value, f.label)) is not None
            ]
            stipend = monthly_rupees(find_amounts(row.text))
            if lakhs or stipend:
                return (min(lakhs) if lakhs else None), stipend
    for line in text.lines:
        at = line.text.lower().find(name.lower())
        if at < 0:
            continue
        after = line.text[at:]
        others = [at for other in names if other != name and (at := after.lower().find(other.lower(), len(name))) > 0]
        if amounts := find_amounts(after[: min(others, default=len(after))]):
            return yearly_lakhs(amounts[:1]), monthly_rupees(amounts)
    return _pay_of_suffix(name, text)


def _pay_of_suffix(name: str, text: Text) -> tuple[float | None, int | None] | None:
    """Return the pay of a line that begins with what sets the post apart: "- Supply Chain: 6.2 LPA"."""
    suffix = _SUFFIX.search(name)
    if suffix is None:
        return None
    own = re.compile(rf"[\s*•–—-]*{re.escape(suffix['suffix'])}\s*[:–—(-]")
    paid = (amounts for line in text.lines if own.match(line.text) and (amounts := find_amounts(line.text)))
    return next(((yearly_lakhs(amounts[:1]), monthly_rupees(amounts)) for amounts in paid), None)
